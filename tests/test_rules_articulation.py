"""Rules between statements: cash, periods, profit and equity."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Document
from samples.ledger import Books
from samples.ledger_plants import plant
from tests.builders import case, document, outcome, read, run_rule, unchecked, unsure
from tests.test_rules_statements import KINDS, drawn, sheet_of

CASH = "cash_mismatch"
PERIOD = "period_mismatch"
PROFIT = "profit_equity_mismatch"


def whole(book: Books) -> list[Document]:
    """The three statements of the books, of a whole year."""
    start = {"period_from": str(book.period_from)}
    return [sheet_of(book, kind, **({} if kind == "balance_sheet" else start)) for kind in KINDS]


@given(st.integers(0, 10_000), st.sampled_from(["enterprise", "small"]), st.booleans())
@settings(max_examples=25, deadline=None)
def test_books_that_articulate_never_fire(seed: int, standard: Any, loss: bool) -> None:
    packet = case(*whole(drawn(seed, standard=standard, loss=loss)))
    for rule in (CASH, PERIOD, PROFIT):
        assert run_rule(rule, packet) == []
    assert outcome(CASH, packet) == outcome(PERIOD, packet) == outcome(PROFIT, packet) == "passed"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("standard", ["enterprise", "small"])
def test_planted_breaks_are_found(seed: int, standard: Any) -> None:
    for rule in (CASH, PROFIT):
        packet = case(*whole(plant(drawn(seed, standard=standard), rule, random.Random(seed))))
        assert [f.code for f in run_rule(rule, packet)] == [rule]
        other = PROFIT if rule == CASH else CASH
        assert run_rule(other, packet) == []


def balance(**changes: Any) -> Document:
    fields = {
        "as_of": "2025-12-31",
        "unit": "元",
        "cash.end": "500.00",
        "cash.begin": "300.00",
        "paid_in_capital.end": "1000.00",
        "paid_in_capital.begin": "1000.00",
        "surplus_reserve.end": "30.00",
        "surplus_reserve.begin": "20.00",
        "retained_earnings.end": "190.00",
        "retained_earnings.begin": "100.00",
    }
    return document("balance_sheet", **(fields | changes))


def flow(**changes: Any) -> Document:
    fields = {
        "period_from": "2025-01-01",
        "period_until": "2025-12-31",
        "unit": "元",
        "cash_begin.current": "300.00",
        "cash_end.current": "500.00",
    }
    return document("cash_flow_statement", **(fields | changes))


def income(**changes: Any) -> Document:
    fields = {"period_from": "2025-01-01", "period_until": "2025-12-31", "unit": "元", "net_profit.current": "100.00"}
    return document("income_statement", **(fields | changes))


def test_cash_that_differs_fires_with_both_sides_and_names_restricted_cash() -> None:
    (found,) = run_rule(CASH, case(balance(), flow(**{"cash_end.current": "460.00"})))
    assert (found.code, found.detail["gap"]) == (CASH, "40.00")
    assert set(found.fields) == {"cash.end", "cash_end.current"} and "受限资金" in found.for_manager
    (more,) = run_rule(CASH, case(balance(), flow(**{"cash_end.current": "540.00"})))
    assert "反而多于" in more.for_manager


def test_cash_that_the_sheet_names_as_restricted_is_no_mismatch() -> None:
    named = balance(**{"other:其中：受限制的货币资金.end": "40.00"})
    assert outcome(CASH, case(named, flow(**{"cash_end.current": "460.00"}))) == "passed"


def test_cash_in_another_unit_or_unsurely_read_is_for_a_person() -> None:
    (unit,) = run_rule(CASH, case(balance(), flow(**{"cash_end.current": "5000000.00", "cash_begin.current": None})))
    assert unit.code == "low_confidence" and "单位" in unit.for_manager
    (digit,) = run_rule(CASH, case(balance(), flow(**{"cash_end.current": unsure("560.00")})))
    assert digit.code == "low_confidence"
    (twin,) = run_rule(CASH, case(balance(), flow(**{"cash_end.current": read("800.00", 0.95)})))
    assert twin.code == "low_confidence"


def test_opening_cash_is_compared_only_where_the_flow_begins_with_the_year() -> None:
    late = flow(period_from="2025-07-01", **{"cash_begin.current": "777.00"})
    assert run_rule(CASH, case(balance(), late)) == []
    (found,) = run_rule(CASH, case(balance(), flow(**{"cash_begin.current": "777.00"})))
    assert found.detail["column"] == "begin"


def test_cash_cannot_be_checked_without_both_sheets_of_one_period() -> None:
    assert outcome(CASH, case(flow())) == "not_checked"
    assert outcome(CASH, case(balance(), flow(period_until="2024-12-31"))) == "not_checked"
    assert outcome(CASH, case(balance())) == "not_applicable"


def test_statements_of_two_companies_are_not_compared() -> None:
    mine, other = balance(company="甲科技有限公司"), flow(company="乙贸易有限公司", **{"cash_end.current": "1.00"})
    assert run_rule(CASH, case(mine, other)) == []
    owned = {"balance_sheet": "one", "cash_flow_statement": "two"}
    assert run_rule(CASH, case(balance(), flow(**{"cash_end.current": "1.00"}), party_of=owned)) == []


def test_statements_of_different_periods_fire_once_and_name_all() -> None:
    (found,) = run_rule(PERIOD, case(balance(), income(period_until="2025-11-30"), flow()))
    assert found.code == PERIOD and set(found.documents) == {"balance_sheet", "income_statement", "cash_flow_statement"}
    assert "2025-11-30" in found.for_manager and found.for_broker


def test_a_further_year_of_one_statement_is_no_contradiction() -> None:
    older = document("balance_sheet", doc_id="older", as_of="2024-12-31")
    assert outcome(PERIOD, case(balance(), older, income(), flow())) == "passed"
    assert outcome(PERIOD, case(balance(as_of="2025-12"), income())) == "passed"


def test_periods_that_were_not_surely_read_or_not_at_all() -> None:
    (found,) = run_rule(PERIOD, case(balance(), income(period_until=unsure("2025-11-30"))))
    assert found.code == "low_confidence"
    assert outcome(PERIOD, case(balance(), income(period_until=None))) == "not_checked"


def test_equity_that_grows_by_more_than_the_profit_fires() -> None:
    (found,) = run_rule(PROFIT, case(balance(), income(**{"net_profit.current": "60.00"})))
    assert (found.code, found.severity, found.detail["gap"]) == (PROFIT, "minor", "-40.00")


def test_equity_that_grows_by_less_is_a_distribution_or_unknown() -> None:
    result = income(**{"net_profit.current": "160.00"})
    paid = flow(**{"other:分配股利、利润或偿付利息支付的现金.current": "75.00"})
    assert outcome(PROFIT, case(balance(), result, paid)) == "passed"
    assert outcome(PROFIT, case(balance(), result)) == "not_checked"
    assert "利润分配" in unchecked(PROFIT, case(balance(), result))[0].reason
    little = flow(**{"other:分配股利、利润或偿付利息支付的现金.current": "5.00"})
    assert [f.code for f in run_rule(PROFIT, case(balance(), result, little))] == [PROFIT]


def test_no_reserve_no_distribution() -> None:
    kept = balance(**{"surplus_reserve.end": "20.00"})
    (found,) = run_rule(PROFIT, case(kept, income(**{"net_profit.current": "160.00"})))
    assert "没有看到" in found.for_manager


def test_profit_of_part_of_a_year_or_unsure_equity() -> None:
    assert outcome(PROFIT, case(balance(), income(period_from="2025-10-01"))) == "not_checked"
    shaky = balance(**{"retained_earnings.end": unsure("790.00")})
    assert [f.code for f in run_rule(PROFIT, case(shaky, income()))] == ["low_confidence"]
