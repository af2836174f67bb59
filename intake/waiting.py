"""What waits for the bank's people: its cases by urgency, with filters, and what is new for whoever looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, update

from intake import cases, lookup
from intake.acting import Act
from intake.cases import Case
from intake.database import insert_or_hold, now
from intake.scope import visible
from intake.tables import cases as table
from intake.tables import visits

QUEUE = "queue"
VISIT = timedelta(minutes=30)
"""Whoever comes back after this long makes a new visit: what changed since the last one is new to him."""
SOON = timedelta(hours=4)
"""A case that is due within this time is about to miss it."""
AGES = {"day": (None, 1), "week": (1, 7), "older": (7, None)}
"""Days since a case was opened: more than, at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; what is "" or None does not count. `due`: `late` or `soon`; `age`: of `AGES`; `new`: since when, to whom."""

    stage: str = ""
    verdict: str = ""
    age: str = ""
    due: str = ""
    called: str = ""
    new: bool = False


def listed(act: Act, wanted: Wanted, since: datetime | None, start: int, most: int) -> list[Case]:
    """Cases from place `start` on: first those in review by the time that is left to them, then the others, the last changed first."""
    moment = now()
    asked = [visible(act.scope), *_conditions(act, wanted, since, moment)]
    urgent = and_(*asked, table.c.stage == "review")
    number = int(act.tx.execute(select(func.count()).select_from(table).where(urgent)).scalar() or 0) if start else 0
    first = select(table).where(urgent).order_by(table.c.due_at, table.c.seq).limit(most).offset(start)
    rows = list(act.tx.execute(first).all()) if wanted.stage in ("", "review") else []
    if len(rows) < most and wanted.stage != "review":
        rest = select(table).where(and_(*asked, table.c.stage.not_in(("review", "erased"))))
        place = max(0, start - number)
        rows += act.tx.execute(rest.order_by(table.c.updated_at.desc(), table.c.seq.desc()).limit(most - len(rows)).offset(place)).all()
    return cases.of_rows(act, rows)


def _conditions(act: Act, wanted: Wanted, since: datetime | None, moment: datetime) -> Iterable[ColumnElement[bool]]:
    if wanted.stage:
        yield table.c.stage == wanted.stage
    if wanted.verdict:
        yield table.c.verdict == wanted.verdict
    if wanted.age in AGES:
        least, most = AGES[wanted.age]
        if least is not None:
            yield table.c.created_at < moment - timedelta(days=least)
        if most is not None:
            yield table.c.created_at >= moment - timedelta(days=most)
    if wanted.due in ("late", "soon"):
        yield table.c.stage == "review"
        yield table.c.due_at < (moment if wanted.due == "late" else moment + SOON)
    if wanted.due == "soon":
        yield table.c.due_at >= moment
    if wanted.called:
        yield lookup.called(act.vault, wanted.called)
    if wanted.new:
        yield _new(act, since)


def _new(act: Act, since: datetime | None) -> ColumnElement[bool]:
    """The condition that a case changed after the visit before, and after this person looked into it last."""
    mine = and_(visits.c.user_id == act.scope.actor, visits.c.place == table.c.id)
    unseen = ~exists().where(mine, visits.c.at >= table.c.updated_at)
    return unseen if since is None else and_(unseen, table.c.updated_at > since)


def new_to(act: Act, those: Iterable[Case], since: datetime | None) -> set[str]:
    """Which of these cases are new to whoever looks."""
    ids = [case.id for case in those]
    return set(act.tx.execute(select(table.c.id).where(table.c.id.in_(ids), _new(act, since))).scalars())


def come(act: Act) -> datetime | None:
    """Somebody opens the queue: when his visit before this one ended, None at his first."""
    moment = now()
    row = insert_or_hold(act.tx, visits, user_id=act.scope.actor, place=QUEUE, at=moment)
    over = moment - row.at > VISIT
    since: datetime | None = row.at if over else row.since
    mine = (visits.c.user_id == act.scope.actor) & (visits.c.place == QUEUE)
    act.tx.execute(update(visits).where(mine).values(since=since, at=moment))
    return since


def seen_all(act: Act) -> None:
    """He has seen what is there: from now on only what changes is new."""
    moment = now()
    act.tx.execute(delete(visits).where(visits.c.user_id == act.scope.actor))
    act.tx.execute(insert(visits).values(user_id=act.scope.actor, place=QUEUE, since=moment, at=moment))


def seen(act: Act, case_id: str) -> None:
    """He looks into a case."""
    moment = now()
    insert_or_hold(act.tx, visits, user_id=act.scope.actor, place=case_id, at=moment)
    mine = (visits.c.user_id == act.scope.actor) & (visits.c.place == case_id)
    act.tx.execute(update(visits).where(mine).values(at=moment))
