"""Whether the service lives, and whether it can work."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import text

from api.http.auth import need
from api.http.door import door
from api.http.problems import ALWAYS, told
from intake import errors
from intake.database import reading
from intake.scope import Scope

router = APIRouter(tags=["health"])


@router.get("/health")
def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/ready", responses=told(errors.Unavailable))
def ready(request: Request) -> Response:
    """The database answers: requests can be served."""
    with reading(door(request).engine) as tx:
        tx.execute(text("SELECT 1"))
    return JSONResponse({"status": "ready"})


FIGURES: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **told(*ALWAYS)}


@router.get("/metrics", response_class=Response, responses=FIGURES)
def metrics(request: Request, scope: Annotated[Scope, need("audit")]) -> Response:
    """Figures for Prometheus, which comes with a key that allows `audit`."""
    return Response(request.app.state.metrics.text(door(request)), media_type="text/plain; version=0.0.4; charset=utf-8")
