"""How the work goes, in figures: counted over the cases that somebody may see, by dates and states only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from intake.acting import Act
from intake.database import now
from intake.scope import visible
from intake.tables import cases, corrections, organisations, reports, work

CHINA = ZoneInfo("Asia/Shanghai")
DAYS = 30
SHORTCOMINGS, MOST = 5, 15
"""Rows shown of what is wanting per agency, and of fields put right."""


@dataclass(frozen=True, slots=True)
class Agency:
    """How an agency hands in: cases, and how many of those handed in were complete in the first report after that; hours until then
    (median), and what the first report found wanting most often: (code, cases)."""

    name: str
    cases: int
    handed_in: int
    complete_at_first: int
    hours_to_hand_in: float | None
    shortcomings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the last `DAYS` days. `by_day`: (day, opened, handed in); hours and seconds are medians, None where there is nothing to count.
    `seconds_at_worst`: what nine of ten pages take at most. `corrected`: (type and field, how often people put it right)."""

    by_day: tuple[tuple[str, int, int], ...]
    opened: int
    handed_in: int
    complete_at_first: int
    hours_to_hand_in: float | None
    seconds_a_page: float | None
    seconds_at_worst: float | None
    corrections: int
    corrected: tuple[tuple[str, int], ...]
    agencies: tuple[Agency, ...]


def of(act: Act) -> Figures:
    """The figures of the cases that `act.scope` may see."""
    since = now() - timedelta(days=DAYS)
    wanted = select(cases.c.id, cases.c.agency_id, cases.c.created_at, cases.c.completed_at, cases.c.completed_inputs)
    rows = act.tx.execute(wanted.where(visible(act.scope), cases.c.created_at >= since)).all()
    handed = [row for row in rows if row.completed_at]
    at_first = _first_reports(act, since)
    first = {id for id, (verdict, _) in at_first.items() if verdict == "complete"}
    seconds = _seconds_a_page(act, since)
    waited = [(row.completed_at - row.created_at).total_seconds() / 3600 for row in handed]
    names = dict(act.tx.execute(select(organisations.c.id, organisations.c.name)).all())
    by_agency = [
        _agency(names.get(id, "—"), mine, at_first)
        for id in sorted({row.agency_id for row in rows}, key=lambda id: names.get(id, ""))
        if (mine := [row for row in rows if row.agency_id == id])
    ]
    every = _corrections(act, since)
    return Figures(
        _by_day([row.created_at for row in rows], [row.completed_at for row in handed]), len(rows), len(handed),
        len(first), median(waited) if waited else None, median(seconds) if seconds else None,
        sorted(seconds)[int(0.9 * (len(seconds) - 1))] if seconds else None, sum(n for _, n in every), every[:MOST], tuple(by_agency),
    )  # fmt: skip


def _agency(name: str, mine: Sequence[Any], at_first: Mapping[str, tuple[str, Sequence[str]]]) -> Agency:
    handed = [row for row in mine if row.completed_at]
    hours = [(row.completed_at - row.created_at).total_seconds() / 3600 for row in handed]
    found = [at_first[row.id] for row in handed if row.id in at_first]
    wanting = Counter(code for verdict, codes in found if verdict != "complete" for code in codes)
    complete = sum(verdict == "complete" for verdict, _ in found)
    return Agency(name, len(mine), len(handed), complete, median(hours) if hours else None, tuple(wanting.most_common(SHORTCOMINGS)))


def _first_reports(act: Act, since: datetime) -> dict[str, tuple[str, Sequence[str]]]:
    """Case → verdict and codes of the first report on what had been handed in."""
    first = (
        select(reports.c.case_id, func.min(reports.c.version).label("version"))
        .join(cases, cases.c.id == reports.c.case_id)
        .where(visible(act.scope), cases.c.created_at >= since, reports.c.inputs >= cases.c.completed_inputs)
        .group_by(reports.c.case_id)
        .subquery()
    )
    same = (reports.c.case_id == first.c.case_id) & (reports.c.version == first.c.version)
    rows = act.tx.execute(select(reports.c.case_id, reports.c.verdict, reports.c.codes).join(first, same))
    return {row.case_id: (row.verdict, row.codes.split()) for row in rows}


def _seconds_a_page(act: Act, since: datetime) -> list[float]:
    wanted = select(work.c.started_at, work.c.done_at, work.c.pages_done).join(cases, cases.c.id == work.c.case_id)
    done = (work.c.kind == "read") & (work.c.state == "done") & (work.c.pages_done > 0) & (work.c.created_at >= since)
    rows = act.tx.execute(wanted.where(visible(act.scope), done).order_by(work.c.seq.desc()).limit(2000)).all()
    return [(row.done_at - row.started_at).total_seconds() / row.pages_done for row in rows if row.started_at and row.done_at]


def _corrections(act: Act, since: datetime) -> tuple[tuple[str, int], ...]:
    """(type and field, how often the bank put it right), the most frequent first; what brokers claimed is none."""
    wanted = select(corrections.c.about, func.count().label("n")).join(cases, cases.c.id == corrections.c.case_id)
    wanted = wanted.where(visible(act.scope), corrections.c.created_at >= since, corrections.c.claimed.is_(False))
    return tuple((row.about, int(row.n)) for row in act.tx.execute(wanted.group_by(corrections.c.about).order_by(func.count().desc())))


def _by_day(opened: Sequence[datetime], handed_in: Sequence[datetime]) -> tuple[tuple[str, int, int], ...]:
    started, ended = Counter(map(_day, opened)), Counter(map(_day, handed_in))
    days = [_day(now() - timedelta(days=n)) for n in reversed(range(14))]
    return tuple((day, started[day], ended[day]) for day in days)


def _day(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%m-%d")
