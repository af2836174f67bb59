"""Cases: open, list, read, change, hand in, close."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from api.http import schemas, views
from api.http.auth import Reads, Writes, reveal_wanted
from api.http.door import Answer, door, once, plain
from api.http.problems import ALWAYS, CHANGES, told
from intake import audit, cases, errors
from intake.acting import Act
from intake.scope import Scope

router = APIRouter(tags=["cases"])
STEP = (*ALWAYS, *CHANGES, errors.NotFound, errors.Conflict, errors.CaseClosed)
CaseId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of a case.")]
Reveal = Annotated[bool, Query(description="Personal data in full: a recorded act, for those who may.")]


@router.post("/cases", status_code=201, response_model=schemas.Case, responses=told(*ALWAYS, *CHANGES))
def open_case(request: Request, body: schemas.NewCase, scope: Writes) -> Response:
    """Open a case."""
    asked = body.model_dump(mode="json")

    def do(act: Act) -> Answer:
        new = cases.NewCase(body.branch_id, body.agency_id, body.reference, body.product, declared(body))
        case = cases.open_case(act, new)
        return shown(case, scope, 201, Location=f"/v1/cases/{case.id}")

    return once(request, scope, (plain(asked),), do)


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


@router.post("/cases/{case_id}/complete", response_model=schemas.Case, responses=told(*STEP))
def complete(request: Request, case_id: CaseId, scope: Writes) -> Response:
    """Say that everything has been handed in."""
    return once(request, scope, (), lambda act: shown(cases.complete(act, case_id), scope))


def declared(body: schemas.Declared) -> dict[str, Any]:
    """What is kept of what was declared, besides product and reference."""
    return {
        "loan": body.loan.model_dump(exclude_none=True) if body.loan else None,
        "parties": [party.model_dump(exclude_none=True) for party in body.parties],
        "as_of": body.as_of.isoformat() if body.as_of else None,
    }


def shown(case: cases.Case, scope: Scope, status: int = 200, **headers: str) -> Answer:
    """A case as an answer, sealed with its own key while it is kept."""
    return Answer(views.case(case, views.eyes(scope)), status, {"ETag": views.etag(case), **headers}, case.id)
