"""Figures of a packet side by side: stated income against wages received, the flow of each statement, sheets of two periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.web import charts
from validators.account_rows import Row as Entry
from validators.amounts import fen
from validators.salary import is_wage
from worker.paper import wording

Row = Mapping[str, Any]
SHEETS = ("balance_sheet", "income_statement", "cash_flow_statement")
COLUMNS = {"end": "期末", "begin": "期初", "current": "本期", "current_month": "本月", "prior": "上期"}
MONTHS = 36
"""Months that a chart shows at most: the last ones."""


@dataclass(frozen=True, slots=True)
class Move:
    """An entry of an account whose day and amount were read."""

    day: date
    amount: int
    balance: int | None
    wage: bool
    row: Row


@dataclass(frozen=True, slots=True)
class Account:
    """A bank statement's entries, oldest first; `unread`: how many lack a day or an amount."""

    paper: Row
    moves: tuple[Move, ...]
    unread: int

    def months(self) -> list[str]:
        """All months from the first entry to the last, also those without any."""
        return _months([move.day for move in self.moves])

    def by_month(self) -> dict[str, list[Move]]:
        """The entries of each month that has any."""
        found: dict[tuple[int, int], list[Move]] = {}
        for move in self.moves:
            found.setdefault((move.day.year, move.day.month), []).append(move)
        return {f"{year}-{month:02d}": moves for (year, month), moves in found.items()}


def income(report: Row) -> list[dict[str, Any]]:
    """For each income proof whose owner has statements: the stated monthly income, wages per month, and the chart of both."""
    papers = report["documents"]
    found = []
    for proof in (each for each in papers if each["type"] == "income_proof"):
        stated = fen(_value(proof, "monthly_income"))
        employer = _value(proof, "employer") or ""
        theirs = [p for p in papers if p["type"] == "bank_statement" and p["party"] == proof["party"]]
        accounts = [account(each, employer) for each in theirs]
        names = _months([move.day for each in accounts for move in each.moves])
        if stated is None or not names:
            continue
        parts = [each.by_month() for each in accounts]
        wages = [(name, [move for part in parts for move in part.get(name, ()) if move.wage]) for name in names]
        sums = [sum(move.amount for move in moves) for _, moves in wages]
        axis = charts.scale([stated, *sums])
        rows = [{"month": name, "fen": total, "share": total / stated if stated else None, "at": [m.row.get("evidence") for m in moves]}
                for (name, moves), total in zip(wages, sums, strict=True)]  # fmt: skip
        found.append({
            "paper": proof, "stated": stated, "field": proof["fields"]["monthly_income"], "rows": rows, "axis": axis, "y": axis.y(stated),
            "bars": charts.bars([[("wage", total)] for total in sums], axis), "labels": charts.labels(names),
            "average": round(sum(sums) / len(sums)), "unread": sum(each.unread for each in accounts),
        })  # fmt: skip
    return found


def flows(report: Row) -> list[dict[str, Any]]:
    """For each bank statement: what came in and went out per month, and the balance over time."""
    found = []
    for paper in (each for each in report["documents"] if each["type"] == "bank_statement"):
        told = account(paper)
        names = told.months()
        if not names:
            continue
        rows: list[dict[str, Any]] = []
        parts = told.by_month()
        for name in names:
            moves = parts.get(name, [])
            balances = [move.balance for move in moves if move.balance is not None]
            at = moves[0].row.get("evidence") if moves else None
            rows.append({
                "month": name, "in": sum(m.amount for m in moves if m.amount > 0), "out": -sum(m.amount for m in moves if m.amount < 0),
                "count": len(moves), "balance": balances[-1] if balances else None, "least": min(balances, default=None), "at": at,
            })  # fmt: skip
        axis = charts.scale([amount for row in rows for amount in (row["in"], row["out"])])
        known = [(move.day, move.balance) for move in told.moves if move.balance is not None]
        level = charts.scale([balance for _, balance in known])
        found.append({
            "paper": paper, "rows": rows, "axis": axis, "bars": charts.bars([[("in", r["in"]), ("out", r["out"])] for r in rows], axis),
            "labels": charts.labels(names), "level": level, "line": charts.line(_over_time(known, names), level), "unread": told.unread,
        })  # fmt: skip
    return found


def _over_time(known: Sequence[tuple[date, int]], names: Sequence[str]) -> list[tuple[float, int]]:
    """The balances at the end of days, each at its share of the months shown."""
    start, last = date.fromisoformat(f"{names[0]}-01"), dict(known)
    end = _next(date.fromisoformat(f"{names[-1]}-01"))
    return [((day - start).days / (end - start).days, balance) for day, balance in sorted(last.items()) if day >= start]


def account(paper: Row, employer: str | None = None) -> Account:
    """The entries of a statement, oldest first; which are wages only where an employer is given."""
    field = paper["fields"].get("transactions")
    rows = field["value"] if field and isinstance(field["value"], list) else []
    moves, unread = [], 0
    for row in rows:
        day, amount = _day(row.get("date")), fen(row.get("amount"))
        if day is None or amount is None:
            unread += 1
            continue
        moves.append(Move(day, amount, fen(row.get("balance")), employer is not None and _wage(row, day, amount, employer), row))
    if moves and moves[0].day > moves[-1].day:  # printed with the newest on top
        moves.reverse()
    return Account(paper, tuple(sorted(moves, key=lambda move: move.day)), unread)


def _wage(row: Row, day: date, amount: int, employer: str) -> bool:
    summary, other = str(row.get("summary") or ""), str(row.get("counterparty") or "")
    return is_wage(Entry(0, day, summary, other, amount, None, 1.0, None, "ocr"), employer)


def sheets(report: Row) -> list[dict[str, Any]]:
    """The financial statements of each kind and party, all their periods beside each other, the newest first, with what changed."""
    kinds: dict[tuple[str, Any], list[Row]] = {}
    for paper in report["documents"]:
        if paper["type"] in SHEETS:
            kinds.setdefault((paper["type"], paper["party"]), []).append(paper)
    return [_sheet(papers) for _, papers in sorted(kinds.items(), key=lambda item: SHEETS.index(item[0][0]))]


def _sheet(papers: Sequence[Row]) -> dict[str, Any]:
    newest = sorted(papers, key=lambda paper: _value(paper, "as_of") or _value(paper, "period_until") or "", reverse=True)
    columns = []
    for paper in newest:
        there = {wording.column(name)[1] for name in paper["fields"]} - {""}
        when = _value(paper, "as_of") or _value(paper, "period_until") or "?"
        columns += [(paper, name, f"{when} {COLUMNS[name]}") for name in COLUMNS if name in there]
    lines = dict.fromkeys(line for paper in newest for line, column in map(wording.column, paper["fields"]) if column)
    rows = []
    for each in lines:
        cells = [_cell(paper, f"{each}.{column}") for paper, column, _ in columns]
        rows.append({"label": wording.label(newest[0]["type"], each), "cells": cells, "change": _change(cells, columns)})
    return {"paper": newest[0], "heads": [head for _, _, head in columns], "rows": rows, "compared": _pair(columns)}


def _pair(columns: Sequence[tuple[Row, str, str]]) -> tuple[int, int] | None:
    """Which two columns are compared: the newest period and the one before: a sheet's own, else the next sheet's of the same kind."""
    before = {"end": "begin", "current": "prior"}
    first = next((n for n, (_, name, _) in enumerate(columns) if name in before), None)
    if first is None:
        return None
    paper, name, _ = columns[first]
    own = next((n for n, (other, column, _) in enumerate(columns) if other is paper and column == before[name]), None)
    later = next((n for n, (other, column, _) in enumerate(columns) if other is not paper and column == name), None)
    second = own if own is not None else later
    return None if second is None else (first, second)


def _change(cells: Sequence[Row | None], columns: Sequence[tuple[Row, str, str]]) -> float | None:
    """By how much the newer figure differs from the older, as a share of it; None where that says nothing."""
    pair = _pair(columns)
    if pair is None:
        return None
    now, then = (fen(cell["value"]) if cell else None for cell in (cells[pair[0]], cells[pair[1]]))
    return None if now is None or not then else (now - then) / abs(then)


def _cell(paper: Row, name: str) -> Row | None:
    field = paper["fields"].get(name)
    return None if field is None else {**field, "id": f"{paper['id']}.{name}", "shown": wording.shown(name, field["value"])}


def _value(paper: Row, name: str) -> str | None:
    field = paper["fields"].get(name)
    return field["value"] if field and isinstance(field["value"], str) else None


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _months(days: Sequence[date]) -> list[str]:
    return list(_every(min(days), max(days)))[-MONTHS:] if days else []


def _every(first: date, last: date) -> Iterator[str]:
    month = first.replace(day=1)
    while month <= last:
        yield f"{month:%Y-%m}"
        month = _next(month)


def _next(month: date) -> date:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1, day=1)
