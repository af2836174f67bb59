"""Coherent invented books: balance sheet at two dates, income and cash flow of two periods.

Amounts are integer fen. Every identity of the printed forms holds to the cent, retained earnings move with net profit
less reserve and dividends, and the cash flow ends at the cash of the balance sheet.
"""

from __future__ import annotations

import calendar
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from samples.ledger_forms import FORMS, FormLine, Kind, Standard

Amounts = dict[str, int]
Span = Literal["year", "to_date", "quarter"]
Table = Mapping[str, Mapping[str, int]]
"""Column (`end`, `begin`, `current`, `prior`, `current_month`) to amounts by line key."""


@dataclass(frozen=True)
class Books:
    """One company's statements for one period: the three tables by document type; `planted` names what was broken."""

    company: str
    standard: Standard
    period_from: date
    as_of: date
    tables: Mapping[Kind, Table]
    planted: tuple[str, ...] = ()

    def table(self, kind: Kind) -> Table:
        return self.tables[kind]


def books(
    rng: random.Random,
    *,
    company: str,
    as_of: date,
    standard: Standard = "enterprise",
    span: Span = "year",
    grain: int = 1,
    revenue: int | None = None,
    loss: bool = False,
) -> Books:
    """Invent books up to `as_of`.

    `grain`: fen that every amount is a multiple of (what one printed last digit is worth). `revenue`: yearly, in yuan.
    `span`: `year` and `quarter` compare with the period before, `to_date` also has the last month by itself.
    `loss`: the period ends with a loss.
    """
    months = {"year": 12, "quarter": 3, "to_date": as_of.month}[span]
    yearly = (revenue or int(10 ** rng.uniform(6.5, 8.3))) * 100
    invent = _Inventor(rng, grain, standard)
    income = invent.income(int(yearly * months / 12), loss)
    before = invent.opening(yearly)
    after, used = invent.closing(before, income, yearly)
    flows = invent.cash(income["revenue"], before, after, used)
    prior_income = invent.income(int(yearly * months / 12 * rng.uniform(0.75, 1.1)), False)
    prior_flows = invent.prior_cash(flows, before["cash"])
    tables: dict[Kind, dict[str, Amounts]] = {
        "balance_sheet": {"end": after, "begin": before},
        "income_statement": {"current": income, "prior": prior_income},
        "cash_flow_statement": {"current": flows, "prior": prior_flows},
    }
    if span == "to_date":
        tables["income_statement"]["current_month"] = invent.month_of(income, "income_statement", months)
        tables["cash_flow_statement"]["current_month"] = invent.month_of(flows, "cash_flow_statement", months)
    first = date(as_of.year, max(1, as_of.month - months + 1), 1)
    return Books(company, standard, first, as_of, tables)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def total_up(amounts: Amounts, lines: tuple[FormLine, ...]) -> Amounts:
    """The amounts with every computed line set to its sum, and absent lines of the form set to nought."""
    whole = {line.key: amounts.get(line.key, 0) for line in lines if line.mark != "#"}
    for line in lines:
        if line.terms:
            whole[line.key] = sum(sign * whole[key] for sign, key in line.terms)
    return whole


class _Inventor:
    """Draws amounts of one company; its state is the random source, the grain and the standard."""

    def __init__(self, rng: random.Random, grain: int, standard: Standard) -> None:
        self.rng = rng
        self.grain = grain
        self.standard = standard

    def form(self, kind: Kind) -> tuple[FormLine, ...]:
        return FORMS[self.standard, kind]

    def share(self, whole: int, low: float, high: float, chance: float = 1.0) -> int:
        """A part of `whole`, on the grain; nought with probability 1 - chance."""
        part = whole * self.rng.uniform(low, high)
        return round(part / self.grain) * self.grain if self.rng.random() < chance else 0

    def lump(self, whole: int, low: float, high: float, chance: float = 1.0) -> int:
        """A round sum (of 100,000 yuan), as loans and capital are."""
        step = max(10_000_000, self.grain)
        return round(self.share(whole, low, high, chance) / step) * step

    def income(self, revenue: int, loss: bool) -> Amounts:
        cost = (0.9, 1.02) if loss else (0.58, 0.78)
        took = self.share(revenue, 1, 1)
        drawn = {
            "revenue": took,
            "cost_of_sales": self.share(took, *cost),
            "taxes_and_surcharges": self.share(took, 0.002, 0.008),
            "selling_expenses": self.share(took, 0.01, 0.05),
            "admin_expenses": self.share(took, 0.03, 0.09),
            "interest_expense": self.share(took, 0.001, 0.006),
            "investment_income": self.share(took, -0.002, 0.006, 0.4),
            "non_operating_income": self.share(took, 0.0002, 0.003, 0.7),
            "non_operating_expenses": self.share(took, 0.0001, 0.002, 0.6),
        }
        drawn["finance_expenses"] = drawn["interest_expense"] + self.share(took, -0.0008, 0.002)
        drawn |= self._income_details(took, drawn)
        drawn |= total_up(drawn, self.form("income_statement"))
        drawn["income_tax"] = self.share(max(0, drawn["total_profit"]), 0.25, 0.25)
        whole = total_up(drawn, self.form("income_statement"))
        if self.standard != "small":
            whole["continuing_profit"] = whole["net_profit"]
        if self.standard == "consolidated":
            whole["minority_profit"] = self.share(whole["net_profit"], 0.03, 0.2)
            whole["parent_profit"] = whole["net_profit"] - whole["minority_profit"]
        return whole

    def _income_details(self, took: int, drawn: Amounts) -> Amounts:
        if self.standard != "small":
            return {
                "rd_expenses": self.share(took, 0.005, 0.04, 0.7),
                "interest_income": self.share(took, 0.0001, 0.0006),
                "other_income": self.share(took, 0.0005, 0.004, 0.7),
                "credit_impairment": self.share(took, -0.004, 0.0005, 0.7),
                "asset_impairment": self.share(took, -0.003, -0.0002, 0.4),
                "disposal_gains": self.share(took, -0.001, 0.001, 0.4),
            }
        urban = self.share(drawn["taxes_and_surcharges"], 0.3, 0.45)
        return {
            "urban_construction_tax": urban,
            "education_surcharge": self.share(drawn["taxes_and_surcharges"], 0.2, 0.3),
            "property_taxes": self.share(drawn["taxes_and_surcharges"], 0.05, 0.2),
            "advertising": self.share(drawn["selling_expenses"], 0.1, 0.5, 0.7),
            "entertainment": self.share(drawn["admin_expenses"], 0.02, 0.1, 0.8),
            "government_grants": self.share(drawn["non_operating_income"], 0.3, 0.9, 0.5),
            "late_tax_fines": self.share(drawn["non_operating_expenses"], 0.05, 0.4, 0.4),
        }

    def opening(self, yearly: int) -> Amounts:
        """A balance sheet whose cash is what the claims leave over; loans grow until that is enough."""
        drawn = {
            "notes_receivable": self.share(yearly, 0.005, 0.03, 0.5),
            "accounts_receivable": self.share(yearly, 0.08, 0.22),
            "prepayments": self.share(yearly, 0.01, 0.04, 0.9),
            "other_receivables": self.share(yearly, 0.004, 0.03),
            "other_current_assets": self.share(yearly, 0.001, 0.01, 0.5),
            "construction_in_progress": self.share(yearly, 0.01, 0.06, 0.4),
            "intangible_assets": self.share(yearly, 0.005, 0.05, 0.7),
            "deferred_expenses": self.share(yearly, 0.002, 0.01, 0.6),
            "short_term_loans": self.lump(yearly, 0.03, 0.12, 0.8),
            "notes_payable": self.share(yearly, 0.01, 0.04, 0.3),
            "accounts_payable": self.share(yearly, 0.06, 0.16),
            "advances_received": self.share(yearly, 0.005, 0.04, 0.8),
            "payroll_payable": self.share(yearly, 0.004, 0.015),
            "taxes_payable": self.share(yearly, 0.003, 0.015),
            "other_payables": self.share(yearly, 0.004, 0.03),
            "long_term_loans": self.lump(yearly, 0.04, 0.15, 0.5),
            "paid_in_capital": max(self.lump(yearly, 0.05, 0.25), 100_000_000),
            "capital_reserve": self.share(yearly, 0.01, 0.05, 0.3),
            "surplus_reserve": self.share(yearly, 0.002, 0.015),
            "retained_earnings": self.share(yearly, 0.03, 0.18),
        }
        drawn |= self._fixed(yearly) | self._inventories(self.share(yearly, 0.06, 0.2)) | self._special(yearly)
        return self._settle(drawn, yearly)

    def _fixed(self, yearly: int) -> Amounts:
        cost = self.share(yearly, 0.15, 0.4)
        if self.standard != "small":
            return {"fixed_assets": cost}
        return {"fixed_assets_cost": cost, "accumulated_depreciation": self.share(cost, 0.2, 0.5)}

    def _inventories(self, whole: int) -> Amounts:
        if self.standard != "small":
            return {"inventories": whole}
        raw, work = self.share(whole, 0.2, 0.4), self.share(whole, 0.05, 0.2)
        small = self.share(whole, 0.01, 0.05)
        parts = {"raw_materials": raw, "work_in_progress": work, "turnover_materials": small}
        return {"inventories": whole, **parts, "finished_goods": whole - raw - work - small}

    def _special(self, yearly: int) -> Amounts:
        if self.standard == "small":
            return {"short_term_investments": self.share(yearly, 0.005, 0.02, 0.3)}
        minority = {"minority_interests": self.share(yearly, 0.01, 0.06)} if self.standard == "consolidated" else {}
        return minority | {
            "trading_assets": self.share(yearly, 0.01, 0.05, 0.3),
            "contract_assets": self.share(yearly, 0.005, 0.03, 0.3),
            "long_term_equity_investments": self.share(yearly, 0.01, 0.06, 0.4),
            "right_of_use_assets": self.share(yearly, 0.005, 0.03, 0.5),
            "deferred_tax_assets": self.share(yearly, 0.0005, 0.004, 0.7),
            "current_portion_liabilities": self.share(yearly, 0.002, 0.01, 0.4),
            "lease_liabilities": self.share(yearly, 0.003, 0.02, 0.5),
            "deferred_income": self.share(yearly, 0.001, 0.01, 0.4),
            "deferred_tax_liabilities": self.share(yearly, 0.0003, 0.002, 0.5),
        }

    def _settle(self, drawn: Amounts, yearly: int) -> Amounts:
        """Set cash so that the sheet balances, borrowing in steps while that leaves too little of it."""
        form = self.form("balance_sheet")
        step = max(50_000_000, self.grain)
        while True:
            whole = total_up(drawn | {"cash": 0}, form)
            cash = whole["total_liabilities_and_equity"] - whole["total_assets"]
            if cash >= yearly * 0.03:
                return total_up(drawn | {"cash": cash}, form)
            steps = max(1, int((yearly * 0.03 - cash) // step))
            drawn["short_term_loans"] = drawn.get("short_term_loans", 0) + step * steps

    def closing(self, before: Amounts, income: Amounts, yearly: int) -> tuple[Amounts, Amounts]:
        """The sheet at the end, and how the profit was used (`reserve`, `dividends`)."""
        profit = income.get("parent_profit", income["net_profit"])
        loans = ("short_term_loans", "long_term_loans")
        kept = ("paid_in_capital", "capital_reserve")
        drawn = {key: before[key] if key in kept + loans else self.share(before[key], 0.85, 1.2) for key in before}
        for key in loans:
            if before[key]:
                drawn[key] = max(0, before[key] + self.lump(before[key], -0.3, 0.4))
        if self.standard == "small":
            drawn["fixed_assets_cost"] = before["fixed_assets_cost"] + self.share(yearly, 0.0, 0.04)
            worn = self.share(before["fixed_assets_cost"], 0.04, 0.09)
            drawn["accumulated_depreciation"] = before["accumulated_depreciation"] + worn
        drawn |= self._inventories(drawn["inventories"])
        earned = max(0, profit)
        reserve = self.share(earned, 0.1, 0.1)
        dividends = min(earned, self.lump(earned, 0.2, 0.6, 0.4))  # a lump is rounded, and may be more than a small profit
        drawn["surplus_reserve"] = before["surplus_reserve"] + reserve
        drawn["retained_earnings"] = before["retained_earnings"] + profit - reserve - dividends
        if self.standard == "consolidated":
            drawn["minority_interests"] = before["minority_interests"] + income["minority_profit"]
        return self._settle(drawn, yearly), {"reserve": reserve, "dividends": dividends}

    def cash(self, revenue: int, before: Amounts, after: Amounts, used: Amounts) -> Amounts:
        """The flows between two sheets: investing and financing follow the sheets, purchases take what is left over."""
        change = {key: after[key] - before[key] for key in after}
        spent = self.share(max(0, change["non_current_assets"]) + revenue // 200, 1.0, 1.3)
        sold = self.share(revenue, 0.0002, 0.002, 0.5)
        borrowed = change["short_term_loans"] + change["long_term_loans"]
        repaid = max(0, -borrowed) + self.lump(before["short_term_loans"], 0.2, 0.8, 0.7)
        interest = self.share(revenue, 0.001, 0.006)
        drawn = {
            "capital_expenditure": spent,
            "disposal_receipts": sold,
            "loans_received": borrowed + repaid,
            "loans_repaid": repaid,
            "interest_paid": interest,
            "profit_distributed": used["dividends"],
            "dividends_interest_paid": interest + used["dividends"],
            "cash_begin": before["cash"],
            "fx_effect": self.share(revenue, -0.0005, 0.0005, 0.3) if self.standard != "small" else 0,
        }
        return self._operating(drawn, revenue, after["cash"])

    def _operating(self, drawn: Amounts, revenue: int, cash_end: int) -> Amounts:
        drawn |= {
            "sales_receipts": self.share(revenue, 1.0, 1.12),
            "tax_refunds": self.share(revenue, 0.0005, 0.006, 0.4),
            "other_operating_receipts": self.share(revenue, 0.003, 0.02),
            "payroll_paid": self.share(revenue, 0.06, 0.14),
            "taxes_paid": self.share(revenue, 0.02, 0.06),
            "other_operating_paid": self.share(revenue, 0.02, 0.06),
        }
        form = self.form("cash_flow_statement")
        while True:
            left = total_up(drawn | {"purchases_paid": 0}, form)["cash_end"] - cash_end
            if left > 0:
                return total_up(drawn | {"purchases_paid": left}, form)
            drawn["sales_receipts"] += self.share(revenue, 0.1, 0.2) - left

    def prior_cash(self, flows: Amounts, cash_end: int) -> Amounts:
        """Flows of the period before, that end where the current ones begin."""
        drawn = {key: self.share(value, 0.7, 1.1) for key, value in flows.items()}
        drawn["cash_begin"] = self.share(cash_end, 0.6, 1.3)
        return self._operating(drawn, drawn["sales_receipts"], cash_end)

    def month_of(self, whole: Amounts, kind: Kind, months: int) -> Amounts:
        """The last month of a period; in January it is the whole."""
        if months == 1:
            return dict(whole)
        form = self.form(kind)
        part = self.rng.uniform(0.7, 1.3) / months
        drawn = {key: self.share(value, part, part * 1.05) for key, value in whole.items()}
        drawn = total_up(drawn, form)
        if kind == "cash_flow_statement":
            drawn["cash_begin"] = whole["cash_end"] - drawn["net_increase"]
        elif self.standard != "small":
            drawn["continuing_profit"] = drawn["net_profit"]
        return total_up(drawn, form)
