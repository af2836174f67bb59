"""How the work goes, in figures: counted over the cases that somebody may see, by dates and states only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from intake.acting import Act
from intake.database import now
from intake.scope import visible
from intake.tables import cases, corrections, organisations, reports, work

CHINA = ZoneInfo("Asia/Shanghai")
DAYS = 30


@dataclass(frozen=True, slots=True)
class Agency:
    """How an agency hands in: cases, and how many of those handed in were complete in the first report after that."""

    name: str
    cases: int
    handed_in: int
    complete_at_first: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the last `DAYS` days. `by_day`: (day, opened, handed in); hours and seconds are medians, None where there is nothing to count."""

    by_day: tuple[tuple[str, int, int], ...]
    opened: int
    handed_in: int
    complete_at_first: int
    hours_to_hand_in: float | None
    seconds_a_page: float | None
    corrections: int
    agencies: tuple[Agency, ...]


def of(act: Act) -> Figures:
    """The figures of the cases that `act.scope` may see."""
    since = now() - timedelta(days=DAYS)
    wanted = select(cases.c.id, cases.c.agency_id, cases.c.created_at, cases.c.completed_at, cases.c.completed_inputs)
    rows = act.tx.execute(wanted.where(visible(act.scope), cases.c.created_at >= since)).all()
    handed = [row for row in rows if row.completed_at]
    first = _complete_at_first(act, since)
    waited = [(row.completed_at - row.created_at).total_seconds() / 3600 for row in handed]
    names = dict(act.tx.execute(select(organisations.c.id, organisations.c.name)).all())
    by_agency = [
        Agency(names.get(id, "—"), len(mine), sum(bool(row.completed_at) for row in mine), sum(row.id in first for row in mine))
        for id in sorted({row.agency_id for row in rows}, key=lambda id: names.get(id, ""))
        if (mine := [row for row in rows if row.agency_id == id])
    ]
    return Figures(
        _by_day([row.created_at for row in rows], [row.completed_at for row in handed]), len(rows), len(handed),
        len(first), median(waited) if waited else None, _seconds_a_page(act, since), _corrections(act, since), tuple(by_agency),
    )  # fmt: skip


def _complete_at_first(act: Act, since: datetime) -> set[str]:
    """Cases whose first report on what had been handed in said `complete`."""
    first = (
        select(reports.c.case_id, func.min(reports.c.version).label("version"))
        .join(cases, cases.c.id == reports.c.case_id)
        .where(visible(act.scope), cases.c.created_at >= since, reports.c.inputs >= cases.c.completed_inputs)
        .group_by(reports.c.case_id)
        .subquery()
    )
    same = (reports.c.case_id == first.c.case_id) & (reports.c.version == first.c.version)
    return set(act.tx.execute(select(reports.c.case_id).join(first, same).where(reports.c.verdict == "complete")).scalars())


def _seconds_a_page(act: Act, since: datetime) -> float | None:
    wanted = select(work.c.started_at, work.c.done_at, work.c.pages_done).join(cases, cases.c.id == work.c.case_id)
    done = (work.c.kind == "read") & (work.c.state == "done") & (work.c.pages_done > 0) & (work.c.created_at >= since)
    rows = act.tx.execute(wanted.where(visible(act.scope), done).order_by(work.c.seq.desc()).limit(2000)).all()
    each = [(row.done_at - row.started_at).total_seconds() / row.pages_done for row in rows if row.started_at and row.done_at]
    return median(each) if each else None


def _corrections(act: Act, since: datetime) -> int:
    wanted = select(func.count()).select_from(corrections).join(cases, cases.c.id == corrections.c.case_id)
    return int(act.tx.execute(wanted.where(visible(act.scope), corrections.c.created_at >= since)).scalar() or 0)


def _by_day(opened: Sequence[datetime], handed_in: Sequence[datetime]) -> tuple[tuple[str, int, int], ...]:
    started, ended = Counter(map(_day, opened)), Counter(map(_day, handed_in))
    days = [_day(now() - timedelta(days=n)) for n in reversed(range(14))]
    return tuple((day, started[day], ended[day]) for day in days)


def _day(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%m-%d")
