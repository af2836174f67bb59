"""Reports of a case: all versions, as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from api.http import views
from api.http.auth import Reads, reveal_wanted
from api.http.door import door
from api.http.problems import ALWAYS, told
from api.http.routes.cases import CaseId, Reveal
from intake import audit, errors, reports

router = APIRouter(tags=["reports"])
Version = Annotated[str, Path(pattern=r"^(latest|[1-9][0-9]{0,8})$", description="A version, or `latest`.")]


@router.get("/cases/{case_id}/reports/{version}", responses=told(*ALWAYS, errors.NotFound))
def get_report(request: Request, case_id: CaseId, version: Version, scope: Reads, reveal: bool = False) -> Response:
    """A report, by the contract; shaped and masked for whoever asks."""
    here = door(request)
    number = None if version == "latest" else int(version)
    if reveal_wanted(scope, reveal):
        with here.act(scope) as act:
            found = reports.get(act, case_id, number)
            audit.record(act.tx, "report.reveal", actor=scope.actor, case_id=case_id, detail={"version": found.version})
            content = reports.content(act, here.blobs, found)
    else:
        with here.look(scope) as act:
            found = reports.get(act, case_id, number)
            content = reports.content(act, here.blobs, found)
    return JSONResponse(views.report(content, views.eyes(scope, reveal)), headers={"ETag": f'"{found.sha256}"'})


__all__ = ["Reveal", "router"]
