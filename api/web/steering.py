"""Pages for those who steer: figures for managers; people, machines, workers and limits for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.http.door import door
from api.http.routes.admin import governed
from api.web import words
from api.web.person import Administrator, Manager
from api.web.render import CHINA, page
from intake import figures, people, work
from intake.acting import Act
from intake.scope import SCOPES
from intake.tables import clients
from validators.codes import CODES
from validators.papers import type_label
from validators.policy import load_policy, products
from worker.paper import wording

router = APIRouter(include_in_schema=False)


@router.get("/figures")
def figures_page(request: Request, session: Manager) -> Response:
    """How the work goes."""
    with door(request).look(session.scope) as act:
        found = figures.of(act)
    most = max((max(opened, handed) for _, opened, handed in found.by_day), default=0)
    fields = [(_called(about), number) for about, number in found.corrected]
    return page(request, "figures.html", session, figures=found, most=max(most, 1), fields=fields, titles=CODES)


def _called(about: str) -> str:
    """`收入证明 · 月收入` for `income_proof.monthly_income`."""
    type, _, field = about.partition(".")
    return " · ".join(part for part in (type_label(type), wording.label(type, field) if field else "类型或归属") if part)


@router.get("/admin")
def administration(request: Request, session: Administrator) -> Response:
    """People, machines, workers and queue, products and limits in force."""
    here = door(request)
    keeps = session.scope.allows("accounts")
    with here.look(session.scope) as act:
        every = governed(act) if keeps else {}
        found = people.people_of(act.tx, act.vault, list(every)) if keeps else []
        machines = _machines(act, list(every))
        depth = work.depth(act.tx)
    today = datetime.now(CHINA).date()
    return page(
        request, "admin.html", session, keeps=keeps, organisations=every, people=found, machines=machines, depth=depth, words=words,
        waiting=here.bell.length(), policies=[load_policy(each, today) for each in products()],
        scopes=[each for each in SCOPES if each not in ("accounts", "settings")],
    )  # fmt: skip


def _machines(act: Act, organisation_ids: list[str]) -> list[Any]:
    wanted = clients.select().where(clients.c.organisation_id.in_(organisation_ids)).order_by(clients.c.name)
    return list(act.tx.execute(wanted).all())
