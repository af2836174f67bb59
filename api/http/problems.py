"""What is answered when it did not work: problem details (RFC 9457) with a stable code; never what was sent or went wrong inside."""

from __future__ import annotations

import logging
import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.exceptions import HTTPException

from intake import errors
from intake.errors import RequestRefused, YushenError

_LOG = logging.getLogger(__name__)
DISK_FULL = "53100"
"""PostgreSQL's word for it."""
MEDIA = "application/problem+json"
PLAIN: dict[int, tuple[str, str]] = {
    400: ("invalid", errors.Invalid.sentence),
    404: (errors.NotFound.code, errors.NotFound.sentence),
    405: ("method_not_allowed", "此地址不支持该方法。"),
    406: ("invalid", errors.Invalid.sentence),
    413: (errors.TooLarge.code, "请求内容超过大小上限。"),
    415: (errors.FileRefused.code, "不支持这种请求内容类型。"),
    431: ("invalid", errors.Invalid.sentence),
}
"""Statuses that the framework gives by itself → code and sentence."""


def problem(
    request: Request, status: int, code: str, title: str, *, retryable: bool = False, headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    """A problem as JSON. `request_id` finds it in the log."""
    body = {"type": f"urn:yushen:problem:{code}", "code": code, "title": title, "status": status, "retryable": retryable, **more}
    body["request_id"] = getattr(request.state, "id", "")
    return JSONResponse(body, status, headers, media_type=MEDIA)


def refused(request: Request, error: YushenError) -> JSONResponse:
    """The answer to an error of our own."""
    headers: dict[str, str] = {}
    after = getattr(error, "retry_after_s", 0)
    if after:
        headers["Retry-After"] = str(after)
    if error.http_status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="yushen"'
    more = {"errors": [{"at": error.at, "title": error.sentence}]} if isinstance(error, errors.Invalid) and error.at else {}
    return problem(request, error.http_status, error.code, error.sentence, retryable=error.retryable, headers=headers, **more)


def install(app: FastAPI) -> None:
    """Every way in which a request can fail ends in a problem."""

    @app.exception_handler(YushenError)
    async def ours(request: Request, error: YushenError) -> JSONResponse:
        return refused(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        told = [{"at": _place(each["loc"]), "title": _why(each)} for each in error.errors()[:20]]
        if any(each["loc"][:2] == ("header", "if-match") and each["type"] == "missing" for each in error.errors()):
            return refused(request, errors.MatchNeeded())
        return problem(request, 422, errors.Invalid.code, errors.Invalid.sentence, errors=told)

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> JSONResponse:
        code, title = PLAIN.get(error.status_code, ("invalid", errors.Invalid.sentence))
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_allowed(app, request.url.path)) or headers.get("Allow", headers.get("allow", ""))
            headers.pop("allow", None)
        return problem(request, error.status_code, code, title, headers=headers)

    @app.exception_handler(OperationalError)
    @app.exception_handler(DBAPIError)
    async def database(request: Request, error: DBAPIError) -> JSONResponse:
        _LOG.error("database: %s", type(error.orig).__name__)
        full = getattr(error.orig, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(error.orig, "sqlstate", "") == DISK_FULL
        return refused(request, errors.StorageFull() if full else errors.Unavailable())

    @app.exception_handler(Exception)
    async def inside(request: Request, error: Exception) -> JSONResponse:
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f"{where.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{where.tb_lineno}" if where else "?"
        _LOG.error("%s at %s, request %s", type(error).__name__, place, getattr(request.state, "id", ""))
        return problem(request, 500, YushenError.code, YushenError.sentence, retryable=True)


def _allowed(app: FastAPI, path: str) -> list[str]:
    """All methods of a path: the framework names those of one route only."""
    found: set[str] = set()
    for pattern, operations in app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern)), path):
            found |= {method.upper() for method in operations}
    return sorted(found)


def _place(loc: tuple[Any, ...]) -> str:
    """Where in the request: a JSON pointer into the body, or `query:name`, `header:name`, `path:name`."""
    source, *rest = (each if isinstance(each, int) or _NAME.fullmatch(each) else "?" for each in loc)
    if source == "body":
        return "/" + "/".join(str(each) for each in rest if each != "root")
    return ":".join([str(source), *(str(each) for each in rest)])


_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]{0,40}")
"""A name as ours are. Any other was made by whoever asks, and may be a person's: it is not said back."""


_WHYS = {
    "missing": "缺少此项。",
    "extra_forbidden": "没有这一项。",
    "json_invalid": "不是有效的 JSON。",
    "string_too_long": "太长。",
    "string_too_short": "太短。",
    "string_pattern_mismatch": "格式不符。",
    "literal_error": "不是允许的取值。",
    "enum": "不是允许的取值。",
}


def _why(each: Any) -> str:
    """Why, without what was sent."""
    return _WHYS.get(each["type"], "类型或取值不符。")


def told(*kinds: type[YushenError] | int) -> dict[int | str, dict[str, Any]]:
    """The problems a route may answer, for OpenAPI: our errors by class, the framework's by status."""
    by_status: dict[int, list[tuple[str, str]]] = {}
    for kind in kinds:
        status, said = (kind, PLAIN[kind]) if isinstance(kind, int) else (kind.http_status, (kind.code, kind.sentence))
        if said not in by_status.setdefault(status, []):
            by_status[status].append(said)
    return {status: _described(status, said) for status, said in sorted(by_status.items())}


def _described(status: int, said: list[tuple[str, str]]) -> dict[str, Any]:
    examples = {
        code: {"value": {"type": f"urn:yushen:problem:{code}", "code": code, "title": title, "status": status, "retryable": status == 503}}
        for code, title in said
    }
    content = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
    return {"description": " · ".join(f"`{code}` {title}" for code, title in said), "content": content}


Kinds = tuple[type[YushenError] | int, ...]
ALWAYS: Kinds = (errors.Unauthenticated, errors.Forbidden, errors.Throttled, errors.Unavailable, errors.Invalid, 400)
"""What any route may answer."""
CHANGES: Kinds = (errors.KeyNeeded, errors.KeyReused, errors.StillRunning, 413, 415)
"""What any route under an Idempotency-Key may answer besides."""
MATCHES: Kinds = (errors.MatchNeeded, errors.Changed)
"""What any route under If-Match may answer besides."""


__all__ = ["ALWAYS", "CHANGES", "MATCHES", "MEDIA", "RequestRefused", "install", "problem", "refused", "told"]
