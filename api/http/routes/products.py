"""Products: which papers each asks of whom. The limits are the bank's own."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from api.http import schemas_more as schemas
from api.http.auth import Reads
from api.http.problems import ALWAYS, told
from api.http.schemas import Day
from intake import errors, events
from intake.scope import Scope
from validators.policy import load_policy, products

router = APIRouter(tags=["products"])


@router.get("/products", response_model=list[schemas.Checklist], responses=told(*ALWAYS))
def list_products(request: Request, scope: Reads, as_of: Day | None = None) -> Response:
    """All products with their checklists, as in force on a day (today)."""
    return JSONResponse([_product(each, as_of, scope) for each in products()])


@router.get("/products/{product}", response_model=schemas.Checklist, responses=told(*ALWAYS, errors.NotFound))
def get_product(
    request: Request, product: Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")], scope: Reads, as_of: Day | None = None
) -> Response:
    """A product with its checklist, as in force on a day (today)."""
    if product not in products():
        raise errors.NotFound
    return JSONResponse(_product(product, as_of, scope))


def _product(product: str, as_of: date | None, scope: Scope) -> dict[str, Any]:
    policy = load_policy(product, as_of or date.today())
    rows = [
        {key: value for key, value in asdict(row).items() if key in schemas.Requirement.model_fields} for row in policy.requirements
    ]
    limits = None if events.outsider(scope) else dict(policy.limits)
    asked = [schemas.Requirement(**row) for row in rows]
    shown = schemas.Checklist(id=policy.product, label=policy.label, version=policy.version, requirements=asked, limits=limits)
    return shown.model_dump(mode="json")
