"""The audit log for those who verify it: export, signed head, public key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.http import schemas_more as schemas
from api.http.auth import need
from api.http.door import door
from api.http.problems import ALWAYS, told
from intake import audit, checkpoints
from intake.errors import Forbidden
from intake.scope import Scope

router = APIRouter(tags=["audit"])
Audits = Annotated[Scope, need("audit")]
EXPORT: dict[int | str, dict[str, Any]] = {200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}}


@router.get("/audit/export", response_class=Response, responses={**EXPORT, **told(*ALWAYS)})
def export(request: Request, scope: Audits) -> Response:
    """The whole log, as `yushen audit verify` wants it: every leaf, and a signed checkpoint over all. A recorded act."""
    if scope.kind != "bank":
        raise Forbidden
    here = door(request)
    with here.act(scope) as act:
        audit.record(act.tx, "audit.export", actor=scope.actor)
        checkpoints.checkpoint(act.tx, here.vault)

    def lines() -> Iterator[str]:
        with here.act(scope) as act:
            yield from checkpoints.export(act.tx, here.vault)

    return StreamingResponse(lines(), media_type="application/x-ndjson")


@router.get("/audit/checkpoint", response_model=schemas.Checkpoint, responses=told(*ALWAYS))
def head(request: Request, scope: Audits) -> Response:
    """The signed head of the log as it is now, to be kept outside, and the key that verifies it."""
    if scope.kind != "bank":
        raise Forbidden
    here = door(request)
    with here.act(scope) as act:
        note = checkpoints.checkpoint(act.tx, here.vault)
    return JSONResponse({"note": note, "key": checkpoints.public_key(here.vault)})
