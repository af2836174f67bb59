"""Whether bank statements cover the months that the product asks for, month by month."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from extractors.model import Document
from validators.account_rows import Account, Row, account, page_numbers, row_value
from validators.codes import finding
from validators.model import Case, Finding, Party, Unchecked, Value, sure, value
from validators.pieces import pieces
from validators.registry import rule
from validators.say import paper, person
from validators.sides import chinese_day, day_of

SHORT_BY = 10
"""Days by which a period may fall short of n times 30: six months end some days before the day of the check."""
JOINED = timedelta(days=3)
"""Statements that follow one another within this are one period."""

Month = tuple[int, int]
Said = Iterator[Finding | Unchecked]


@dataclass(frozen=True, slots=True)
class Period:
    """What a statement covers: by its header, else the whole months between its first and last entry."""

    document: Document
    first: date
    last: date
    rows: Account | None


@rule("statement_gap", needs=("bank_statement",))
def statement_gap(case: Case) -> Said:
    """流水应覆盖产品要求的月数，其间每个月都有交易（银行公开办事指南：近6至12个月流水）。"""
    blocks: list[tuple[Party | None, list[Period], bool]] = []
    for party, statements in _holders(case):
        periods = [period for document in statements if (period := _period(document, case.as_of)) is not None]
        if len(periods) < len(statements):
            where = paper(case, statements[0])
            yield Unchecked(f"{where}没有读到起止日期和交易日期，未能核对流水期间", tuple(d.id for d in statements))
        if periods:
            block = _latest_block(periods)
            blocks.append((party, block, len(periods) > len(block)))
    enough = [party for party, block, _ in blocks if party and _days(block) >= _days_asked(_months_asked(case, party)) > 0]
    for party, block, interrupted in blocks:
        if not _spared(case, party, enough):
            yield from _too_short(case, party, block, interrupted)
        yield from _empty(case, block)


def _spared(case: Case, party: Party | None, enough: Sequence[Party]) -> bool:
    """Whether somebody else's statement meets the row of the checklist, so that this one is handed in besides: any of several
    may meet it, or nobody knows whose this one is."""
    others = [each for each in enough if each != party]
    if party is None:
        return bool(others)
    rows = [r for r in case.policy.requirements if "bank_statement" in r.types and party.role in r.roles]
    return bool(rows) and all(r.any_of and any(each.role in r.roles for each in others) for r in rows)


def _days(block: Sequence[Period]) -> int:
    return (max(each.last for each in block) - min(each.first for each in block)).days + 1


def _days_asked(months: int) -> int:
    return 30 * months - SHORT_BY if months else 0


def _holders(case: Case) -> list[tuple[Party | None, list[Document]]]:
    """The statements of each party; those of nobody in particular one by one."""
    found: dict[str, tuple[Party | None, list[Document]]] = {}
    for document in case.of("bank_statement"):
        party = case.party(document)
        found.setdefault(party.id if party else f"?{document.id}", (party, []))[1].append(document)
    return list(found.values())


def _period(document: Document, as_of: date) -> Period | None:
    rows = account(document)
    if sure(document, "period_from") and sure(document, "period_until"):
        first, last = day_of(document, "period_from"), day_of(document, "period_until")
        if first is not None and last is not None and first <= last:
            return Period(document, first, last, rows)
    days = [row.day for row in rows.rows if row.day] if rows else []
    if not days:
        return None
    last = max(days)
    return Period(document, min(days).replace(day=1), max(last, min(month_end(last), as_of)), rows)


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _latest_block(periods: Sequence[Period]) -> list[Period]:
    """The periods that join on to the latest one without a hole."""
    ordered = sorted(periods, key=lambda period: period.last, reverse=True)
    block = [ordered[0]]
    for period in ordered[1:]:
        if period.last + JOINED >= min(each.first for each in block):
            block.append(period)
    return block


def _too_short(case: Case, party: Party | None, block: Sequence[Period], interrupted: bool) -> Said:
    asked = _months_asked(case, party)
    if not asked:
        return
    first, last = min(each.first for each in block), max(each.last for each in block)
    days = _days(block)
    if days >= _days_asked(asked):
        return
    more = "，此前的流水与之不连续" if interrupted else ""
    covered = f"{chinese_day(first)}至{chinese_day(last)}（{days}天{more}）"
    who = person(party)
    yield finding(
        "statement_gap",
        [each.document for each in block],
        values=[value for each in block for value in _bounds(each)],
        for_manager=f"{who + '的' if who else ''}银行流水只覆盖{covered}，产品要求{asked}个月。",
        for_broker=f"请补充连续{asked}个月的银行流水（现有{chinese_day(first)}至{chinese_day(last)}）。",
        detail={"kind": "coverage", "from": str(first), "until": str(last), "days": days, "months_asked": asked},
    )


def _months_asked(case: Case, party: Party | None) -> int:
    """The months of statement that the checklist asks of a party; of somebody unknown what the product asks at all."""
    if party is None:
        return int(case.policy.limits.get("statement_months_min", 0))
    rows = (r for r in case.policy.requirements if "bank_statement" in r.types and party.role in r.roles)
    return max((row.months for row in rows), default=0)


def _bounds(period: Period) -> tuple[Value, ...]:
    if "period_from" in period.document.fields and "period_until" in period.document.fields:
        return value(period.document, "period_from"), value(period.document, "period_until")
    if period.rows is None:
        return ()
    return row_value(period.document, period.rows.rows[0]), row_value(period.document, period.rows.rows[-1])


def _empty(case: Case, block: Sequence[Period]) -> Said:
    seen: set[Month] = set()
    possible: set[Month] = set()
    lost: set[Month] = set()
    for period in block:
        if period.rows is None:
            yield Unchecked(f"{paper(case, period.document)}没有读到交易明细，未能逐月核对", (period.document.id,))
            return
        days = [row.day for row in period.rows.rows]
        seen |= {(day.year, day.month) for day in days if day is not None}
        possible |= _maybe(days, period)
        lost |= set(_whole_months(period)) if pieces(case, period.document) else _on_lost_pages(period, period.rows.rows)
    asked = sorted({month for period in block for month in _whole_months(period)})
    empty = [month for month in asked if month not in seen | lost]
    if gone := sorted((set(asked) & lost) - seen):
        reason = f"{_listed(gone)}的交易可能在缺少的页上，或在被当作另一份流水的页上，补齐后再核对该月是否有交易"
        yield Unchecked(f"{paper(case, block[0].document)}{reason}", tuple(p.document.id for p in block))
    if unclear := [month for month in empty if month in possible]:
        reason = f"{_listed(unclear)}附近有交易日期未读出，未能核对该月是否有交易"
        yield Unchecked(f"{paper(case, block[0].document)}{reason}", tuple(p.document.id for p in block))
    if sure_empty := [month for month in empty if month not in possible]:
        yield _empty_finding(case, block, sure_empty)


def _maybe(days: Sequence[date | None], period: Period) -> set[Month]:
    """The months that an entry whose date was not read may belong to: between its neighbours' dates."""
    found: set[Month] = set()
    for i, day in enumerate(days):
        if day is None:
            before = next((d for d in reversed(days[:i]) if d is not None), period.first)
            after = next((d for d in days[i + 1 :] if d is not None), period.last)
            found |= set(months(before, after))
    return found


def _on_lost_pages(period: Period, rows: Sequence[Row]) -> set[Month]:
    """The months that pages may show whose numbers are missing between two pages that are there: `missing_page` speaks of them."""
    numbers = page_numbers(period.document)
    found: set[Month] = set()
    for a, b in pairwise(rows):
        here, there = numbers.get(a.page), numbers.get(b.page)
        if here is not None and there is not None and abs(there - here) > 1 and a.day and b.day:
            found |= set(months(a.day, b.day))
    return found


def months(first: date, last: date) -> Iterator[Month]:
    """Every month from the first day's to the last day's."""
    month = (first.year, first.month)
    while month <= (last.year, last.month):
        yield month
        month = (month[0] + month[1] // 12, month[1] % 12 + 1)


def _whole_months(period: Period) -> Iterator[Month]:
    for year, month in months(period.first, period.last):
        start = date(year, month, 1)
        if period.first <= start and month_end(start) <= period.last:
            yield year, month


def _empty_finding(case: Case, block: Sequence[Period], months: Sequence[Month]) -> Finding:
    around = [pair for month in months if (pair := _neighbours(block, month)) is not None]
    values = [row_value(period.document, row) for period, rows in around for row in rows]
    run_on = bool(around) and all(_runs_on(period, rows) for period, rows in around)
    told = "前后余额衔接，可能确无交易，请核实该账户是否为主要账户" if run_on else "不能由余额证明该期间确无交易"
    listed = _listed(months)
    names = tuple(f"{year}-{month:02d}" for year, month in months)
    return finding(
        "statement_gap",
        [each.document for each in block],
        values=values or [value for each in block for value in _bounds(each)],
        for_manager=f"{paper(case, block[0].document)}{listed}没有任何交易；{told}。",
        for_broker=f"银行流水{listed}没有交易记录。请提供完整流水；如该账户当月确无交易，请补充常用账户的流水。",
        detail={"kind": "empty_month", "months": names, "balance_runs_on": run_on},
    )


def _neighbours(block: Sequence[Period], month: Month) -> tuple[Period, tuple[Row, Row]] | None:
    """The entries on both sides of a month, where one statement has both."""
    for period in block:
        for a, b in pairwise(period.rows.rows if period.rows else ()):
            if a.day and b.day and (a.day.year, a.day.month) < month < (b.day.year, b.day.month):
                return period, (a, b)
    return None


def _runs_on(period: Period, rows: tuple[Row, Row]) -> bool:
    assert period.rows is not None
    return any(step.gap == 0 and rows[1] in step.rows for step in period.rows.steps)


def _listed(months: Sequence[Month]) -> str:
    return "、".join(f"{year}年{month}月" for year, month in months)
