"""All pages, put into the application."""

from __future__ import annotations

from fastapi import FastAPI

from api.web import account, broker, entry, manager, person, pictures, steering


def install(app: FastAPI) -> None:
    """Adds the pages to the application that serves the API."""
    person.install(app)
    for each in (entry, account, pictures, broker, manager, steering):
        app.include_router(each.router)
