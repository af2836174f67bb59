"""Whether the service lives, and whether it can work."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import text

from api.http.door import door
from api.http.problems import told
from intake import errors
from intake.database import reading

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
