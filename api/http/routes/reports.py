"""Reports of a case: all versions; as JSON, as HTML or PDF, with their proof; and what stands in the newest: papers and findings."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from api.http import schemas, views
from api.http.auth import Reads, reveal_wanted
from api.http.door import door
from api.http.problems import ALWAYS, told
from api.http.routes.cases import CaseId, Reveal
from api.http.routes.files import opened
from intake import audit, checkpoints, corrections, errors, files, people, reports, work
from intake.acting import Act
from worker.paper import wording
from worker.paper.workbook import workbook

router = APIRouter(tags=["reports"])
Version = Annotated[str, Path(pattern=r"^(latest|[1-9][0-9]{0,8})$", description="A version, or `latest`.")]
Form = Literal["html", "pdf"]
WAIT_S = 10.0
"""How long a request for a paper waits until it is printed."""
TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
PRINTED: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {"schema": {"type": "string"}}, "application/pdf": {"schema": {"type": "string", "format": "binary"}}}},
    202: {
        "description": "Still being printed: ask again after Retry-After seconds.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
}


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}}


def _number(version: str) -> int | None:
    return None if version == "latest" else int(version)


@router.get("/cases/{case_id}/reports", response_model=list[schemas.ReportEntry], responses=told(*ALWAYS, errors.NotFound))
def list_reports(request: Request, case_id: CaseId, scope: Reads) -> Response:
    """All reports of a case, the newest first."""
    with door(request).look(scope) as act:
        found = reports.listed(act, case_id)
    return JSONResponse([views.report_entry(each, views.eyes(scope)) for each in found])


@router.get("/cases/{case_id}/reports/{version}", response_model=schemas.Report, responses=told(*ALWAYS, errors.NotFound))
def get_report(request: Request, case_id: CaseId, version: Version, scope: Reads, reveal: Reveal = False) -> Response:
    """A report, by the contract; shaped and masked for whoever asks."""
    with opened(request, scope, case_id, reveal) as act:
        found = reports.get(act, case_id, _number(version))
        shown = _shaped(request, act, found, views.eyes(scope, reveal))
    return JSONResponse(shown)


def _shaped(request: Request, act: Act, found: reports.Report, eyes: views.Eyes) -> dict[str, Any]:
    content = reports.content(act, door(request).blobs, found)
    return views.report(content, files.names(act, found.case_id), eyes)


@router.get("/cases/{case_id}/documents", response_model=schemas.Documents, responses=told(*ALWAYS, errors.NotFound))
def documents(request: Request, case_id: CaseId, scope: Reads, reveal: Reveal = False) -> Response:
    """The papers of the newest report with their fields."""
    with opened(request, scope, case_id, reveal) as act:
        found = reports.get(act, case_id)
        shown = _shaped(request, act, found, views.eyes(scope, reveal))
    return JSONResponse({"report": found.version, "current": found.current, "documents": shown["documents"]})


@router.get("/cases/{case_id}/findings", response_model=schemas.Findings, responses=told(*ALWAYS, errors.NotFound))
def findings(request: Request, case_id: CaseId, scope: Reads, reveal: Reveal = False) -> Response:
    """The findings of the newest report, with what was decided on each since."""
    eyes = views.eyes(scope, reveal)
    with opened(request, scope, case_id, reveal) as act:
        found = reports.get(act, case_id)
        shown = _shaped(request, act, found, eyes)
        decided = corrections.decided(act.tx, act.vault.box(act.tx, case_id), case_id)
    told = views.findings(shown, decided, eyes)
    return JSONResponse({"report": found.version, "current": found.current, "findings": told})


@router.get("/cases/{case_id}/reports/{version}/proof", response_model=dict[str, Any], responses=told(*ALWAYS, errors.NotFound))
def proof(request: Request, case_id: CaseId, version: Version, scope: Reads) -> Response:
    """That the report stands in the audit log: its leaf, the path to the root, and the signed checkpoint that holds it."""
    with door(request).look(scope) as act:
        found = reports.get(act, case_id, _number(version))
        shown = checkpoints.proof(act.tx, found.leaf)
    return JSONResponse({"report_sha256": found.sha256, **shown})


@router.get(
    "/cases/{case_id}/reports/{version}/xlsx", response_class=Response, responses={**WORKBOOK, **told(*ALWAYS, errors.NotFound)}
)
def get_workbook(request: Request, case_id: CaseId, version: Version, scope: Reads) -> Response:
    """The fields and findings of a report as an Excel workbook of text cells, for the bank: personal data in full, so a recorded act."""
    reveal_wanted(scope, True)
    here = door(request)
    with here.act(scope) as act:
        found = reports.get(act, case_id, _number(version))
        audit.record(act.tx, "report.reveal", actor=scope.actor, case_id=case_id, detail={"version": found.version, "form": "xlsx"})
        content = reports.content(act, here.blobs, found)
        fixed = [each for each in corrections.listed(act, case_id) if each.kind == "field" and each.undone_at is None]
        names = people.names(act.tx, act.vault, [each.by for each in fixed])
    changed = {(e.document, str(e.content["field"])): (names.get(e.by, e.by), wording.moment(e.created_at.isoformat())) for e in fixed}
    name = f'attachment; filename="{case_id}-{found.version}.xlsx"'
    return Response(workbook(content, changed), media_type=XLSX, headers={"Content-Disposition": name})


@router.get(
    "/cases/{case_id}/reports/{version}/{form}", response_class=Response, responses={**PRINTED, **told(*ALWAYS, errors.NotFound)}
)
def get_paper(request: Request, case_id: CaseId, version: Version, form: Form, scope: Reads) -> Response:
    """A report as HTML or PDF, for the bank: with pictures and personal data in full, so a recorded act. It is printed when it is first
    asked for; 202 while that lasts."""
    reveal_wanted(scope, True)
    here = door(request)
    with here.act(scope) as act:
        found = reports.get(act, case_id, _number(version))
        audit.record(act.tx, "report.reveal", actor=scope.actor, case_id=case_id, detail={"version": found.version, "form": form})
        state = work.paper(act.tx, case_id, found.version, form)
        if state is None or state[0] == "failed":
            act.rings.append(work.enqueue_paper(act.tx, case_id, found.version, form))
    until = time.monotonic() + WAIT_S
    while True:
        with here.look(scope) as act:
            state = work.paper(act.tx, case_id, found.version, form)
            if state is not None and state[0] == "done" and state[1] is not None:
                data = act.vault.box(act.tx, case_id).open(here.blobs.get(state[1]), state[1])
                break
        if state is not None and state[0] in ("failed", "dropped"):
            raise errors.Unavailable("报告文书未能生成，请稍后重试。")
        if time.monotonic() > until:
            return JSONResponse({"state": "printing"}, 202, {"Retry-After": "2"})
        time.sleep(0.2)
    kind = "attachment" if form == "pdf" else "inline"
    name = f'{kind}; filename="{case_id}-{found.version}.{form}"'
    # The page's own policy (no scripts, nothing loaded) stands in it; the header allows the styles and pictures it carries.
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
    return Response(data, media_type=TYPES[form], headers={"Content-Disposition": name, "Content-Security-Policy": policy})
