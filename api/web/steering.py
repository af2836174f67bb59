"""Pages for those who steer: figures for managers; people, machines, workers and limits for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select

from api.http.door import door
from api.http.routes.admin import bank_settings, governed
from api.web import words
from api.web.person import Administrator, Manager
from api.web.render import CHINA, page
from intake import figures, people, work
from intake.acting import Act
from intake.machines import credentials_of
from intake.scope import SCOPES
from intake.tables import agency_branches, clients
from intake.tables import work as rows
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
        machines = _machines(act, list(every)) if keeps else []
        depth = work.depth(act.tx)
        serves, running = _served(act, list(every)), _running(act)
        mine = bank_settings(act) if keeps and session.scope.kind == "bank" else None
    today = datetime.now(CHINA).date()
    return page(
        request, "admin.html", session, keeps=keeps, organisations=every, people=found, machines=machines, depth=depth, words=words,
        waiting=here.bell.length(), serves=serves, running=running, mine=mine, policies=[load_policy(each, today) for each in products()],
        scopes=[each for each in SCOPES if each not in ("accounts", "settings")],
    )  # fmt: skip


def _machines(act: Act, organisation_ids: list[str]) -> list[dict[str, Any]]:
    """The machines with their secrets and keys that still hold; never what those are."""
    wanted = clients.select().where(clients.c.organisation_id.in_(organisation_ids)).order_by(clients.c.name)
    standing = [(row, credentials_of(act.tx, row.id)) for row in act.tx.execute(wanted).all()]
    return [{"row": row, "keys": [each for each in keys if each.revoked_at is None]} for row, keys in standing]


def _served(act: Act, organisation_ids: list[str]) -> dict[str, list[str]]:
    """Agency → the branches that it may hand in to."""
    found: dict[str, list[str]] = {}
    for row in act.tx.execute(agency_branches.select().where(agency_branches.c.agency_id.in_(organisation_ids))):
        found.setdefault(row.agency_id, []).append(row.branch_id)
    return found


def _running(act: Act) -> list[Any]:
    """Who works at what just now: kinds and times, no case."""
    wanted = select(rows.c.worker, rows.c.kind, rows.c.started_at, rows.c.pages_done, rows.c.crashes).where(rows.c.state == "running")
    return list(act.tx.execute(wanted.order_by(rows.c.started_at)).all())
