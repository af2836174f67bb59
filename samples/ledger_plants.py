"""Faults planted into books: each function breaks one identity in the newest column and leaves all others whole."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from samples.ledger import Amounts, Books
from samples.ledger_forms import Kind

Tables = dict[Kind, dict[str, Amounts]]
Breaker = Callable[[random.Random, Tables], None]


def plant(book: Books, what: str, rng: random.Random) -> Books:
    """The books with one thing broken in the newest column: a key of `PLANTS`."""
    tables = {kind: {column: dict(cells) for column, cells in table.items()} for kind, table in book.tables.items()}
    PLANTS[what](rng, tables)
    return replace(book, tables=tables, planted=(*book.planted, what))


def _add(amounts: Amounts, by: int, *keys: str) -> None:
    for key in keys:
        if key in amounts:  # `parent_equity` stands on consolidated sheets only
            amounts[key] += by


def _slip(rng: random.Random, amount: int) -> int:
    """A difference that no rounding explains: 3 to 9 % of the amount, whole hundreds of yuan, at least 10,000 yuan."""
    return max(1_000_000, round(amount * rng.uniform(0.03, 0.09) / 10_000) * 10_000)


def _unbalance(rng: random.Random, tables: Tables) -> None:
    end = tables["balance_sheet"]["end"]
    by = _slip(rng, end["total_assets"])
    _add(end, by, "accounts_receivable", "current_assets", "total_assets")


def _balance_subtotal(rng: random.Random, tables: Tables) -> None:
    end = tables["balance_sheet"]["end"]
    _add(end, _slip(rng, end["current_assets"]), "other_receivables")


def _income_subtotal(rng: random.Random, tables: Tables) -> None:
    current = tables["income_statement"]["current"]
    _add(current, _slip(rng, current["revenue"]), "admin_expenses")


def _cash_subtotal(rng: random.Random, tables: Tables) -> None:
    current = tables["cash_flow_statement"]["current"]
    _add(current, _slip(rng, current["sales_receipts"]), "other_operating_paid")


def _cash(rng: random.Random, tables: Tables) -> None:
    end = tables["balance_sheet"]["end"]
    by = _slip(rng, end["total_assets"])
    _add(end, by, "cash", "current_assets", "total_assets")
    _add(end, by, "other_payables", "current_liabilities", "total_liabilities", "total_liabilities_and_equity")


def _profit_equity(rng: random.Random, tables: Tables) -> None:
    end = tables["balance_sheet"]["end"]
    by = 2 * abs(tables["income_statement"]["current"]["net_profit"]) + _slip(rng, end["total_assets"])
    _add(end, by, "retained_earnings", "parent_equity", "total_equity", "total_liabilities_and_equity")
    _add(end, by, "accounts_receivable", "current_assets", "total_assets")


PLANTS: dict[str, Breaker] = {
    "balance_sheet_unbalanced": _unbalance,
    "subtotal_mismatch": _balance_subtotal,
    "income_subtotal_mismatch": _income_subtotal,
    "cash_flow_subtotal_mismatch": _cash_subtotal,
    "cash_mismatch": _cash,
    "profit_equity_mismatch": _profit_equity,
}
