"""Specimens of `bank_statement`: printed at the counter, downloaded, or taken as a screenshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from random import Random
from typing import Any

from samples import flows, people, seals
from samples.bank_styles import PORTRAIT, STYLES, Style
from samples.figures import money
from samples.flows import Flow, Row
from samples.paper import Form, Paper, Part
from samples.people import AS_OF
from samples.typeset import typeset

VARIANTS = {part: tuple(styles) for part, styles in STYLES.items()}
Data = dict[str, Any]
LAST_DAY = date(2026, 10, 31)


@dataclass(frozen=True)
class Sums:
    """Money in and out, and how many entries of each."""

    came: int
    left: int
    came_count: int
    left_count: int


def sums(rows: Sequence[Row]) -> Sums:
    """Both sums of some rows."""
    came = [row.amount for row in rows if row.amount > 0]
    left = [-row.amount for row in rows if row.amount < 0]
    return Sums(sum(came), sum(left), len(came), len(left))


def make(rng: Random, part: Part, variant: str | None = None, **facts: Any) -> Paper:
    """A statement. Facts: `flow` (flows.Flow), else `kind` (`personal`, `company`), `holder`, `account`, `employer`,
    `salary`, `turnover`, `first`, `last`, `opening`, `per_month`, `skip_month` invent one.

    `plant`: `running_balance_broken`, `amount_raised`, `page_removed`, `totals_mismatch`, `unusual_flow`,
    `statement_gap` (a month without entries; only where the flow is invented here). `printed_on`: day of printing.
    """
    plant = facts.get("plant")
    kind = facts["flow"].kind if "flow" in facts else facts.get("kind") or rng.choice(("personal", "company"))
    fitting = [style.name for style in STYLES[part].values() if kind in style.kinds]
    style = STYLES[part][variant or rng.choice(fitting)]
    if kind not in style.kinds:
        kind = style.kinds[0]
    flow = facts.get("flow") or _invented(rng, kind, facts)
    flow = _planted(rng, style, flow, plant)
    printed_on = facts.get("printed_on") or min(AS_OF, people.day_between(rng, flow.period_until, AS_OF))
    return _drawn(rng, part, style, flow, plant, printed_on)


def _invented(rng: Random, kind: str, facts: Data) -> Flow:
    last = facts.get("last") or LAST_DAY
    first = facts.get("first") or _months_before(last, 5)
    if facts.get("plant") == "statement_gap" and "skip_month" not in facts:
        facts = {**facts, "skip_month": rng.choice(list(flows.months(first, last))[1:-1])}
    shared = {key: facts[key] for key in ("account", "opening", "per_month", "skip_month") if key in facts}
    if kind == "company":
        holder = facts.get("holder") or people.company(rng).name
        return flows.company(rng, holder=holder, first=first, last=last, turnover=facts.get("turnover", 0), **shared)
    employer = facts.get("employer") or people.company(rng).name
    salary = facts.get("salary", rng.randrange(50, 300) * 100)
    holder = facts.get("holder") or people.person(rng).name
    return flows.personal(rng, holder=holder, first=first, last=last, employer=employer, salary=salary, **shared)


def _months_before(day: date, count: int) -> date:
    """The first day of the month so many months before that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, 1)


def _planted(rng: Random, style: Style, flow: Flow, plant: str | None) -> Flow:
    """The flow with a fault in a row that no page begins or ends with, so that no other printed figure contradicts."""
    if plant in ("running_balance_broken", "amount_raised"):
        ordered = tuple(reversed(flow.rows)) if style.newest_first else flow.rows
        edges = {id(row) for page in paginate(ordered, style) for row in (page[0], page[-1])}
        inner = [i for i, row in enumerate(flow.rows) if id(row) not in edges]
        if plant == "running_balance_broken":
            return flows.break_balance(flow, rng, rng.choice(inner))
        return flows.raise_credit(flow, rng, rng.choice([i for i in inner if flow.rows[i].amount > 0]))
    if plant == "unusual_flow":
        return flows.in_and_out(flow, rng)
    return flow


def _drawn(rng: Random, part: Part, style: Style, flow: Flow, plant: str | None, printed_on: date) -> Paper:
    ordered = tuple(reversed(flow.rows)) if style.newest_first else flow.rows
    pages = paginate(ordered, style)
    totals = sums(flow.rows)
    if plant == "totals_mismatch":
        totals = Sums(totals.came + rng.randrange(5, 90) * 100_000, totals.left, totals.came_count, totals.left_count)
    removed = _removed_page(rng, pages) if plant == "page_removed" else None
    header = _header(rng, style, flow, totals, printed_on)
    drawn = [_page(style, flow, pages, at, totals) for at in range(len(pages)) if at != removed]
    data = {
        "title": style.title.format(bank=flow.account.bank),
        "bank": flow.account.bank,
        "subtitle": _period(style, flow) if style.subtitle else "",
        "header": [{"label": label, "value": value} for label, value in header],
        "columns": [{"heading": c.heading, "width": c.width, "align": c.align} for c in style.columns],
        "pages": drawn,
        "seal": style.seal,
        "holder": flow.holder,
        "font": rng.randrange(2),
        "variant": style.name,
    }
    assets = {"seal.png": _seal(rng, part, style, flow)} if style.seal else {}
    pdf = typeset(f"{part}/{style.template}.typ", data, assets)
    count, size = _extent(pdf)
    if count != len(drawn):
        raise ValueError(f"{count} pages were drawn where {len(drawn)} were laid out")
    kept = [row for at, page in enumerate(pages) if at != removed for row in page]
    truth = _truth(style, flow, dict(style.header), totals, kept)
    notes = {"planted": plant or "", "rows_hit": list(flow.rows_hit), "pages": len(pages), "page_removed": removed}
    form: Form = "a4" if style.size_mm == PORTRAIT else "sheet"
    return Paper("bank_statement", pdf, truth, form, size, part, style.name, notes=notes)


def paginate(rows: Sequence[Row], style: Style) -> list[tuple[Row, ...]]:
    """The rows in the order of printing, page by page."""
    if not style.rows:
        return [tuple(rows)]
    cuts = [0, *range(style.first_rows, len(rows), style.rows), len(rows)]
    return [tuple(rows[a:b]) for a, b in pairwise(cuts)]


def _removed_page(rng: Random, pages: Sequence[object]) -> int:
    if len(pages) < 3:
        raise ValueError("a page can be removed from the middle of three or more only")
    return rng.randrange(1, len(pages) - 1)


def _page(style: Style, flow: Flow, pages: Sequence[Sequence[Row]], at: int, totals: Sums) -> Data:
    """What stands on one page: rows, carried balances, sums, page number."""
    before = sum(len(page) for page in pages[:at])
    rows = pages[at]
    mine = sums(rows)
    show = style.notation.show
    last = at == len(pages) - 1
    return {
        "rows": [[_cell(style, column.key, row, before + i + 1) for column in style.columns] for i, row in enumerate(rows)],
        "entries": [_entry(style, row) for row in rows] if style.template == "bank_app" else [],
        "brought": show(pages[at - 1][-1].balance if at else flow.opening) if style.carried else "",
        "forward": show(rows[-1].balance) if style.carried else "",
        "page_out": show(mine.left) if style.totals == "page" else "",
        "page_in": show(mine.came) if style.totals == "page" else "",
        "total_out": show(totals.left) if last and style.totals in ("page", "end") else "",
        "total_in": show(totals.came) if last and style.totals in ("page", "end") else "",
        "count_out": totals.left_count,
        "count_in": totals.came_count,
        "number": style.page_text.format(page=at + 1, of=len(pages)),
        "first": at == 0,
        "last": last,
    }


def _entry(style: Style, row: Row) -> Data:
    """An entry of an app's list, which has lines where others have columns."""
    cells = {key: _cell(style, key, row, 0) for key in ("summary", "amount", "balance")}
    return cells | {"party": row.counterparty, "when": row.at.strftime("%Y-%m-%d %H:%M:%S"), "came": row.amount > 0}


def _cell(style: Style, key: str, row: Row, index: int) -> str:
    if key.startswith("="):
        return key[1:]
    show = style.notation.show
    signed = ("+" if style.plus and row.amount > 0 else "") + show(row.amount)
    flagged = any(column.key == "flag" for column in style.columns)
    cells = {
        "index": str(index),
        "date": row.at.strftime(style.date_format),
        "time": row.at.strftime("%H:%M:%S"),
        "datetime": row.at.strftime(style.date_format + " %H:%M:%S"),
        "summary": row.summary,
        "purpose": row.purpose or ("" if "summary" in {column.key for column in style.columns} else row.summary),
        "out": show(-row.amount) if row.amount < 0 else style.nothing,
        "in": show(row.amount) if row.amount > 0 else style.nothing,
        "amount": show(abs(row.amount)) if flagged else signed,
        "flag": style.flags[0] if row.amount > 0 else style.flags[1],
        "direction": "贷",
        "balance": show(row.balance),
        "name": row.counterparty,
        "account": row.counterparty_account,
        "party": " ".join(part for part in (row.counterparty, row.counterparty_account) if part),
        "currency": "CNY",
        "channel": row.channel,
        "serial": row.serial,
    }
    return cells[key]


def account_text(style: Style, number: str) -> str:
    """The account number as printed: in groups of four, or with its middle masked."""
    if style.masked:
        return f"{number[:4]} **** **** {number[-4:]}"
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4)) if style.group_digits else number


def _header(rng: Random, style: Style, flow: Flow, totals: Sums, printed_on: date) -> list[tuple[str, str]]:
    first, last = (day.strftime(style.date_format) for day in (flow.period_from, flow.period_until))
    show = style.notation.show
    stamp = datetime(printed_on.year, printed_on.month, printed_on.day, rng.randrange(9, 17), rng.randrange(60))
    values = {
        "holder": flow.holder,
        "account": account_text(style, flow.account.number),
        "currency": "人民币",
        "period": _period(style, flow),
        "first": first,
        "last": last,
        "printed": stamp.strftime("%Y-%m-%d %H:%M:%S"),
        "branch": flow.account.branch,
        "opening": show(flow.opening),
        "closing": show(flow.closing),
        "total_in": show(totals.came),
        "total_out": show(totals.left),
        "kind": "ALL/全币种",
        "teller": f"{rng.randrange(10**5, 10**6)}",
        "code": "".join(rng.choice("ABCDEFGHJKMNPQRSTUVWXYZ23456789") for _ in range(8)),
    }
    return [(label, values[key]) for label, key in style.header]


def _period(style: Style, flow: Flow) -> str:
    first, last = (day.strftime(style.date_format) for day in (flow.period_from, flow.period_until))
    return style.period_format.format(first=first, last=last)


def _truth(style: Style, flow: Flow, header: dict[str, str], totals: Sums, kept: Sequence[Row]) -> Data:
    """Only what the style prints; transactions in the order of printing."""
    keys = set(header.values())
    columns = {column.key for column in style.columns}
    truth: Data = {
        "bank": flow.account.bank,
        "account_holder": flow.holder,
        "account_number": account_text(style, flow.account.number).replace(" ", ""),
        "transactions": [_transaction(row, style, columns) for row in kept],
    }
    if keys & {"period", "first"} or style.subtitle:
        truth |= {"period_from": flow.period_from.isoformat(), "period_until": flow.period_until.isoformat()}
    if "opening" in keys or style.carried:
        truth["opening_balance"] = money(flow.opening)
    if "closing" in keys or style.carried:
        truth["closing_balance"] = money(flow.closing)
    if style.totals:
        truth |= {"total_in": money(totals.came), "total_out": money(totals.left)}
    return truth


def _transaction(row: Row, style: Style, columns: set[str]) -> dict[str, str]:
    party = row.counterparty if columns & {"name", "party"} or style.template == "bank_app" else ""
    summary = row.summary if "summary" in columns or style.template == "bank_app" else row.purpose or row.summary
    return {
        "date": row.at.date().isoformat(),
        "summary": summary,
        "counterparty": party,
        "amount": money(row.amount),
        "balance": money(row.balance),
    }


def _seal(rng: Random, part: Part, style: Style, flow: Flow) -> bytes:
    if style.name in ("ruled", "teller", "slip"):
        return seals.company_seal(flow.account.branch, rng, style.seal_lines[0], part=part)
    return seals.oval_seal(flow.account.bank, rng, style.seal_lines, part=part)


def _extent(pdf: bytes) -> tuple[int, tuple[float, float]]:
    """Number of pages, and width and height of the first in mm."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        width, height = document[0].get_size()
        return len(document), (round(width / 72 * 25.4, 1), round(height / 72 * 25.4, 1))
    finally:
        document.close()
