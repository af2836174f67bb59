"""The HTTP API: `create_app` puts it together."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http import problems, schemas
from api.http.auth import scope_of
from api.http.door import Door
from api.http.metrics import Measured, Metrics
from api.http.routes import access, admin, cases, events, files, health, log, products, reports, uploads, webhooks, work
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


REQUIRED = {"idempotency-key": r"^[!-~]{1,255}$", "if-match": r'^(\*|"[0-9]{1,9}")$'}
"""Headers without which a change is refused, and their form."""


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
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False},
    )
    app.state.door = here
    app.state.metrics = Metrics()
    problems.install(app)
    app.include_router(health.router)
    for routes in (files, uploads):  # first: routes are looked through in this order, and these are the busy ones
        app.include_router(routes.router, prefix="/v1", max_body_size=settings.packet_bytes + SLACK)
    for routes in (cases, reports, work, events, webhooks, products, access, admin, log):
        app.include_router(routes.router, prefix="/v1", max_body_size=BODY)
    _described(app, settings)
    web_pages.install(app)
    app.add_middleware(Measured, metrics=app.state.metrics)
    app.add_middleware(Envelope, body=BODY, upload=settings.packet_bytes + SLACK)
    return app


def _described(app: FastAPI, settings: Settings) -> None:
    """The description of the API at /v1/openapi.json; in production for those only who are known."""
    guarded = [Depends(scope_of)] if settings.production else []

    @app.get("/v1/openapi.json", include_in_schema=False, dependencies=guarded)
    def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    made = app.openapi

    def completed() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(made())
        return app.openapi_schema

    app.openapi = completed  # type: ignore[method-assign]


def _completed(described: dict[str, Any]) -> dict[str, Any]:
    """With the shape of problems in place of the framework's own 422, and with headers marked as required that are (they are declared
    as optional so that their absence gets a problem of its own)."""
    parts = described.setdefault("components", {}).setdefault("schemas", {})
    parts["Problem"] = schemas.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts.pop("HTTPValidationError", None)
    parts.pop("ValidationError", None)
    for path in described["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in REQUIRED:
                    parameter |= {"required": True, "schema": {"type": "string", "pattern": REQUIRED[parameter["name"]]}}
    return described
