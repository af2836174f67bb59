"""The HTTP API: `create_app` puts it together."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http import problems, schemas
from api.http.door import Door
from api.http.routes import cases, files, health, reports
from api.web import pages as web_pages
from intake import database, errors, storage, vault
from intake.settings import Settings
from worker import queue

BODY = 256 << 10
"""Bytes of a body that brings no file."""
SLACK = 1 << 20
"""What a form adds to its files."""
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"cache-control": b"no-store",
    b"referrer-policy": b"no-referrer",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"x-frame-options": b"DENY",
    b"cross-origin-resource-policy": b"same-origin",
}
"""On every answer that says nothing else itself."""


class Envelope:
    """Around everything: an id for each request, and the headers of HEADERS on each answer."""

    def __init__(self, app: ASGIApp, body: int, upload: int) -> None:
        self.app = app
        self.body, self.upload = body, upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id = secrets.token_hex(8)
        scope.setdefault("state", {})["id"] = id

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                named = {name.lower() for name, _ in headers}
                headers += [(name, value) for name, value in HEADERS.items() if name not in named]
                message["headers"] = [*headers, (b"x-request-id", id.encode())]
            await send(message)

        if self._too_long(scope):
            await problems.refused(Request(scope), errors.TooLarge("请求内容超过大小上限。"))(scope, receive, sending)
            return
        await self.app(scope, receive, sending)

    def _too_long(self, scope: Scope) -> bool:
        """Whether the request says itself that it brings too much. One that says nothing is counted while it is read."""
        length = dict(scope["headers"]).get(b"content-length", b"0")
        most = self.upload if brings_files(scope["path"]) else self.body
        return not length.isdigit() or int(length) > most


def brings_files(path: str) -> bool:
    """Whether the body of a request to this path may be large."""
    return path.endswith("/files") or "/uploads/" in path


def opened(settings: Settings) -> Door:
    """The parts that the API works with."""
    keys = vault.opened(settings)
    return Door(settings, database.connect(settings.url), keys, storage.opened(settings), queue.opened(settings))


def create_app(settings: Settings, door: Door | None = None) -> FastAPI:
    """The application. The database is to be migrated before."""
    here = door or opened(settings)

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        yield
        here.engine.dispose()

    app = FastAPI(
        title="Yushen 预审",
        version="1",
        lifespan=living,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False},
    )
    app.state.door = here
    problems.install(app)
    app.include_router(health.router)
    app.include_router(cases.router, prefix="/v1", max_body_size=BODY)
    app.include_router(files.router, prefix="/v1", max_body_size=settings.packet_bytes + SLACK)
    app.include_router(reports.router, prefix="/v1")
    web_pages.install(app)
    app.add_middleware(Envelope, body=BODY, upload=settings.packet_bytes + SLACK)
    _complete(app)
    return app


def _complete(app: FastAPI) -> None:
    """OpenAPI with the shape of problems, and without the framework's own 422."""
    made = app.openapi

    def openapi() -> dict[str, object]:
        if app.openapi_schema is None:
            described = made()
            parts = described.setdefault("components", {}).setdefault("schemas", {})
            parts["Problem"] = schemas.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            parts.pop("HTTPValidationError", None)
            parts.pop("ValidationError", None)
            app.openapi_schema = described
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
