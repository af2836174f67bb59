"""Cases: open, list, read, change, hand in, decide, close, reopen, hold, erase."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from api.http import schemas, views
from api.http.auth import Reads, Writes, need, reveal_wanted
from api.http.door import Answer, Keyed, Match, door, once, plain
from api.http.problems import ALWAYS, CHANGES, MATCHES, told
from intake import audit, cases, errors, retention
from intake.acting import Act
from intake.scope import Scope

router = APIRouter(tags=["cases"])
STEP = (*ALWAYS, *CHANGES, errors.NotFound, errors.Conflict, errors.CaseClosed)
CaseId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of a case.")]
Reveal = Annotated[bool, Query(description="Personal data in full: a recorded act, for those who may.")]
Decides = Annotated[Scope, need("cases:write", "decide")]
Erases = Annotated[Scope, need("erase")]
PAGE = 100


@router.post("/cases", status_code=201, response_model=schemas.Case, responses=told(*ALWAYS, *CHANGES))
def open_case(request: Request, body: schemas.NewCase, scope: Writes, _key: Keyed) -> Response:
    """Open a case."""

    def do(act: Act) -> Answer:
        new = cases.NewCase(body.branch_id, body.agency_id, body.reference, body.product, declared(body))
        case = cases.open_case(act, new)
        return shown(case, scope, 201, Location=f"/v1/cases/{case.id}")

    return once(request, scope, (plain(body.model_dump(mode="json")),), do)


@router.get("/cases", response_model=schemas.CasePage, responses=told(*ALWAYS))
def list_cases(
    request: Request,
    scope: Reads,
    stage: schemas.Stage | None = None,
    reference: schemas.Reference | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = 50,
    cursor: Annotated[str | None, Query(max_length=40, description="`next` of the page before.")] = None,
) -> Response:
    """The cases that the caller may see, newest first."""
    with door(request).look(scope) as act:
        found = cases.listed(act, after=_place(cursor), most=limit + 1, stage=stage, reference=reference)
    page = [views.case(case, views.eyes(scope)) for case in found[:limit]]
    return JSONResponse({"cases": page, "next": _cursor(found[limit - 1].seq) if len(found) > limit else None})


def _cursor(seq: int) -> str:
    return base64.urlsafe_b64encode(str(seq).encode()).decode().rstrip("=")


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:
        text = ""
    if not text.isdecimal() or len(text) > 18:
        raise errors.Invalid("请使用上一页返回的 next。", "query:cursor")
    return int(text)


@router.get("/cases/{case_id}", response_model=schemas.Case, responses=told(*ALWAYS, errors.NotFound))
def get_case(request: Request, case_id: CaseId, scope: Reads, reveal: Reveal = False) -> Response:
    """A case as it stands, with its progress."""
    if reveal_wanted(scope, reveal):
        with door(request).act(scope) as act:
            case = cases.get(act, case_id)
            audit.record(act.tx, "case.reveal", actor=scope.actor, case_id=case_id)
    else:
        with door(request).look(scope) as act:
            case = cases.get(act, case_id)
    return JSONResponse(views.case(case, views.eyes(scope, reveal)), headers={"ETag": views.etag(case)})


@router.put("/cases/{case_id}", response_model=schemas.Case, responses=told(*STEP, *MATCHES))
def change(request: Request, case_id: CaseId, body: schemas.Change, scope: Writes, _key: Keyed, match: Match) -> Response:
    """Declare anew, as a whole: product, loan, parties, day of the check, reference."""

    def do(act: Act) -> Answer:
        kept = cases.change(act, case_id, match, product=body.product, declared=declared(body), reference=body.reference)
        return shown(kept, scope)

    return once(request, scope, (plain(body.model_dump(mode="json")),), do)


@router.post("/cases/{case_id}/complete", response_model=schemas.Case, responses=told(*STEP))
def complete(request: Request, case_id: CaseId, scope: Writes, _key: Keyed) -> Response:
    """Say that everything has been handed in."""
    return once(request, scope, (), lambda act: shown(cases.complete(act, case_id), scope))


@router.post("/cases/{case_id}/decision", response_model=schemas.Case, responses=told(*STEP, *MATCHES))
def decide(request: Request, case_id: CaseId, body: schemas.CaseDecision, scope: Decides, _key: Keyed, match: Match) -> Response:
    """Pass or decline a case that was handed in and checked."""
    return once(request, scope, (body.decision.encode(),), lambda act: shown(cases.decide(act, case_id, body.decision, match), scope))


@router.post("/cases/{case_id}/close", response_model=schemas.Case, responses=told(*STEP))
def close(request: Request, case_id: CaseId, scope: Writes, _key: Keyed) -> Response:
    """End a case: it takes nothing more."""
    return once(request, scope, (), lambda act: shown(cases.close(act, case_id), scope))


@router.post("/cases/{case_id}/reopen", response_model=schemas.Case, responses=told(*STEP))
def reopen(request: Request, case_id: CaseId, scope: Decides, _key: Keyed) -> Response:
    """Go on with a case that was decided or closed."""
    return once(request, scope, (), lambda act: shown(cases.reopen(act, case_id), scope))


@router.put("/cases/{case_id}/hold", response_model=schemas.Case, responses=told(*STEP))
def hold(request: Request, case_id: CaseId, body: schemas.Hold, scope: Erases, _key: Keyed) -> Response:
    """Set or lift a legal hold."""

    def do(act: Act) -> Answer:
        cases.get(act, case_id)
        retention.hold(act.tx, case_id, body.held, actor=scope.actor)
        return shown(cases.get(act, case_id), scope)

    return once(request, scope, (str(body.held).encode(),), do)


@router.delete("/cases/{case_id}", status_code=204, response_class=Response, responses=told(*ALWAYS, errors.NotFound, errors.OnHold))
def erase(request: Request, case_id: CaseId, scope: Erases) -> Response:
    """Erase a case for ever: its key first. Refused under a legal hold and before the bank's shortest retention is over."""
    here = door(request)
    with here.look(scope) as act:
        cases.get(act, case_id)
    retention.erase(here.engine, here.vault, here.blobs, case_id, scope.actor)
    return Response(status_code=204)


def declared(body: schemas.Declared) -> dict[str, Any]:
    """What is kept of what was declared, besides product and reference."""
    for number, party in enumerate(body.parties):
        if not party.name and not party.id_number:
            raise errors.Invalid("请填写姓名（名称）或证件号码。", f"/parties/{number}")
    return {
        "loan": body.loan.model_dump(exclude_none=True) if body.loan else None,
        "parties": [party.model_dump(exclude_none=True) for party in body.parties],
        "as_of": body.as_of.isoformat() if body.as_of else None,
    }


def shown(case: cases.Case, scope: Scope, status: int = 200, **headers: str) -> Answer:
    """A case as an answer, sealed with its own key while it is kept."""
    return Answer(views.case(case, views.eyes(scope)), status, {"ETag": views.etag(case), **headers}, case.id)
