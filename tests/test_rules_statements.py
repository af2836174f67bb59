"""Rules on one statement: balance and subtotals, on drawn books that articulate and on hand-made sheets."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Document, Field
from samples.ledger import Books, books
from samples.ledger_forms import FORMS, Kind, field_name
from samples.ledger_plants import plant
from tests.builders import case, document, outcome, read, run_rule, unchecked, unread, unsure
from validators.amounts import plain_yuan

BALANCE = "balance_sheet_unbalanced"
SUBTOTAL = "subtotal_mismatch"
KINDS: tuple[Kind, ...] = ("balance_sheet", "income_statement", "cash_flow_statement")


def sheet_of(book: Books, kind: Kind, **more: Any) -> Document:
    """A statement of the books as an extractor would hand it over: blank where the amount is nought."""
    fields: dict[str, Any] = {}
    for column, amounts in book.table(kind).items():
        for line in FORMS[book.standard, kind]:
            amount = amounts.get(line.key, 0)
            if line.mark != "#" and amount:
                fields[f"{field_name(line.key, line.name)}.{column}"] = plain_yuan(amount)
    dates = {"as_of": str(book.as_of)} if kind == "balance_sheet" else {"period_until": str(book.as_of)}
    return document(kind, company=book.company, unit="元", **dates, **(fields | more))


def drawn(seed: int, **more: Any) -> Books:
    return books(random.Random(seed), company="示例科技有限公司", as_of=date(2025, 12, 31), **more)


def simple(**changes: Any) -> Document:
    """A small balance sheet that is right in both columns; OCR, surely read."""
    fields = {
        "cash.end": "100.00",
        "inventories.end": "200.00",
        "other:交易性金融资产.end": "50.00",
        "current_assets.end": "350.00",
        "fixed_assets.end": "150.00",
        "non_current_assets.end": "150.00",
        "total_assets.end": "500.00",
        "short_term_loans.end": "120.00",
        "current_liabilities.end": "120.00",
        "non_current_liabilities.end": "0.00",
        "total_liabilities.end": "120.00",
        "paid_in_capital.end": "300.00",
        "retained_earnings.end": "80.00",
        "total_equity.end": "380.00",
        "total_liabilities_and_equity.end": "500.00",
    }
    begin = {name.replace(".end", ".begin"): value for name, value in fields.items()}
    return document("balance_sheet", as_of="2025-12-31", unit="元", **(fields | begin | changes))


def as_text(doc: Document) -> Document:
    fields = {n: Field(f.value, f.raw, 1.0, f.evidence, "text") for n, f in doc.fields.items()}
    return document(doc.type, **fields)


@given(st.integers(0, 10_000), st.sampled_from(["enterprise", "small"]), st.sampled_from(["year", "to_date", "quarter"]))
@settings(max_examples=25, deadline=None)
def test_books_that_articulate_never_fire(seed: int, standard: Any, span: Any) -> None:
    book = drawn(seed, standard=standard, span=span, loss=seed % 3 == 0)
    for kind in KINDS:
        doc = sheet_of(book, kind)
        assert run_rule(SUBTOTAL, case(doc)) == []
        assert run_rule(BALANCE, case(doc)) == []


@given(st.integers(0, 10_000), st.sampled_from(["enterprise", "small"]))
@settings(max_examples=20, deadline=None)
def test_books_in_units_of_ten_thousand_tolerate_their_rounding(seed: int, standard: Any) -> None:
    doc = sheet_of(drawn(seed, standard=standard), "balance_sheet")
    rounded = {
        name: read(plain_yuan(round(float(f.value) / 10_000) * 1_000_000), raw=str(round(float(f.value) / 10_000)))
        for name, f in doc.fields.items()
        if "." in name
    }
    assert run_rule(SUBTOTAL, case(document("balance_sheet", **{**rounded, "unit": "万元"}))) == []


PLANTED = {
    "subtotal_mismatch": ("balance_sheet", "current_assets", "end"),
    "income_subtotal_mismatch": ("income_statement", "operating_profit", "current"),
    "cash_flow_subtotal_mismatch": ("cash_flow_statement", None, "current"),
}


@pytest.mark.parametrize("standard", ["enterprise", "small"])
@pytest.mark.parametrize("what", PLANTED)
@pytest.mark.parametrize("seed", range(4))
def test_a_planted_subtotal_is_found_in_its_column_alone(what: str, standard: Any, seed: int) -> None:
    kind, total, column = PLANTED[what]
    book = plant(drawn(seed, standard=standard), what, random.Random(seed))
    found = run_rule(SUBTOTAL, case(sheet_of(book, kind)))  # type: ignore[arg-type]
    assert [f.code for f in found] == ["subtotal_mismatch"]
    assert found[0].detail["column"] == column
    assert total is None or found[0].detail["total"] == total
    assert found[0].for_broker and all(v.evidence for v in found[0].values)


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_imbalance_is_found(seed: int) -> None:
    book = plant(drawn(seed), BALANCE, random.Random(seed))
    found = run_rule(BALANCE, case(sheet_of(book, "balance_sheet")))
    assert [(f.code, f.severity, f.detail["column"]) for f in found] == [(BALANCE, "major", "end")]
    assert {"total_assets.end", "total_liabilities_and_equity.end"} <= set(found[0].fields)


def test_a_sheet_that_is_right_passes_both_rules() -> None:
    assert outcome(BALANCE, case(simple())) == "passed"
    assert outcome(SUBTOTAL, case(simple())) == "passed"


def test_equity_that_does_not_fill_up_the_assets_is_unbalanced() -> None:
    doc = simple(**{"total_equity.end": "370.00", "total_liabilities_and_equity.end": None})
    (found,) = run_rule(BALANCE, case(doc))
    assert found.code == BALANCE and found.detail["gap"] == "10.00"


def test_an_imbalance_that_one_unsure_digit_explains_is_for_a_person_to_look_at() -> None:
    (found,) = run_rule(BALANCE, case(simple(**{"total_assets.end": unsure("580.00")})))
    assert found.code == "low_confidence" and "资产总计" in found.for_manager and found.for_broker == ""


def test_a_look_alike_digit_needs_more_than_sure() -> None:
    (found,) = run_rule(BALANCE, case(simple(**{"total_assets.end": read("800.00", 0.93)})))
    assert found.code == "low_confidence"
    (found,) = run_rule(BALANCE, case(simple(**{"total_assets.end": read("800.00", 0.99)})))
    assert found.code == BALANCE


def test_balance_cannot_be_checked_without_totals() -> None:
    doc = document("balance_sheet", **{"cash.end": "1.00", "total_assets.end": "1.00"})
    assert outcome(BALANCE, case(doc)) == "not_checked"
    assert "资产总计" in unchecked(BALANCE, case(doc))[0].reason


def test_lines_that_exceed_their_total_are_wrong_even_in_one_column() -> None:
    doc = simple(**{"inventories.end": "260.00"})
    one = {n: f for n, f in doc.fields.items() if not n.endswith(".begin")}
    (found,) = run_rule(SUBTOTAL, case(document("balance_sheet", **one)))
    assert found.code == SUBTOTAL and found.detail == {"column": "end", "total": "current_assets", "gap": "-60.00"}


def test_a_total_above_its_lines_may_be_an_overlooked_line_in_one_column() -> None:
    doc = simple(**{"inventories.end": "140.00"})
    one = document("balance_sheet", **{n: f for n, f in doc.fields.items() if not n.endswith(".begin")})
    (found,) = run_rule(SUBTOTAL, case(one))
    assert found.code == "low_confidence" and "未读出的行" in found.for_manager
    assert [f.code for f in run_rule(SUBTOTAL, case(as_text(one)))] == [SUBTOTAL]
    assert [f.code for f in run_rule(SUBTOTAL, case(doc))] == [SUBTOTAL]


def test_a_line_overlooked_in_one_column_is_named_and_not_alarmed() -> None:
    (found,) = run_rule(SUBTOTAL, case(simple(**{"inventories.end": None})))
    assert found.code == "low_confidence" and "存货" in found.for_manager
    assert "存货" in unchecked(SUBTOTAL, case(simple(**{"inventories.end": unread()})))[0].reason


def test_a_line_of_unknown_name_acquits_but_does_not_hide_a_difference() -> None:
    odd = {"other:其他应收欺.end": "60.00", "other:其他应收欺.begin": "60.00"}
    extra = {"inventories.end": "140.00", "inventories.begin": "140.00"}
    assert outcome(SUBTOTAL, case(simple(**odd, **extra))) == "passed"
    assert [f.code for f in run_rule(SUBTOTAL, case(simple(**odd, **{"inventories.end": "120.00"})))] != []


def test_details_count_only_where_the_sheet_adds_them() -> None:
    inside = simple(**{"other:原材料.end": "90.00", "other:库存商品.end": "110.00"})
    assert outcome(SUBTOTAL, case(inside)) == "passed"
    apart = simple(**{"other:应收利息.end": "50.00", "other:交易性金融资产.end": None, "other:交易性金融资产.begin": None})
    assert not [f for f in run_rule(SUBTOTAL, case(apart)) if f.detail["column"] == "end"]


def income(**changes: str | None) -> Document:
    fields: dict[str, Any] = {
        "revenue": "1000.00",
        "cost_of_sales": "600.00",
        "taxes_and_surcharges": "10.00",
        "selling_expenses": "40.00",
        "admin_expenses": "90.00",
        "finance_expenses": "20.00",
        "other:信用减值损失": "-15.00",
        "operating_profit": "225.00",
        "non_operating_income": "5.00",
        "non_operating_expenses": "10.00",
        "total_profit": "220.00",
        "income_tax": "55.00",
        "net_profit": "165.00",
    }
    named = {f"{line}.current": amount for line, amount in (fields | changes).items()}
    return document("income_statement", period_until="2025-12-31", **named)


@pytest.mark.parametrize("changes", [
    {},
    {"other:信用减值损失": None, "other:资产减值损失": "15.00"},
    {"other:信用减值损失": None, "operating_profit": "240.00", "total_profit": "235.00", "net_profit": "180.00"},
    {"rd_expenses": "30.00"},
    {"other:利息费用": "18.00", "other:业务招待费": "7.00", "other:营业总收入": "1000.00"},
])  # fmt: skip
def test_income_chain_holds_in_the_ways_sheets_print_it(changes: dict[str, str | None]) -> None:
    assert run_rule(SUBTOTAL, case(income(**changes))) == []


@pytest.mark.parametrize(("changes", "total"), [
    ({"admin_expenses": "60.00"}, "operating_profit"),
    ({"total_profit": "340.00", "net_profit": "285.00"}, "total_profit"),
    ({"net_profit": "475.00"}, "net_profit"),
    ({"other:信用减值损失": "-35.00"}, "operating_profit"),
])  # fmt: skip
def test_income_chain_that_breaks_names_its_total(changes: dict[str, str | None], total: str) -> None:
    (found,) = run_rule(SUBTOTAL, case(income(**changes)))
    assert (found.code, found.detail["total"]) == (SUBTOTAL, total)


def test_income_statement_of_totals_only_cannot_be_checked() -> None:
    doc = document("income_statement", **{"revenue.current": "100.00", "net_profit.current": "10.00"})
    assert outcome(SUBTOTAL, case(doc)) == "not_checked"
    assert outcome(SUBTOTAL, case(document("resident_id_card"))) == "not_applicable"


def test_cash_chain_without_totals_names_what_is_missing() -> None:
    doc = document("cash_flow_statement", **{"cash_begin.current": "10.00", "cash_end.current": "30.00"})
    assert outcome(SUBTOTAL, case(doc)) == "not_checked"


def grown(**changes: Any) -> Document:
    """The small balance sheet with a year before of other amounts, so that its columns are no copies."""
    begin = {f"{name.removesuffix('.end')}.begin": plain_yuan(round(float(f.text) * 90)) for name, f in simple().fields.items()
             if name.endswith(".end")}  # fmt: skip
    return simple(**(begin | changes))


@pytest.mark.parametrize(("name", "piece", "raw"), [
    ("other:交易性金融资产.end", "5.00", "5.00"),  # the first digits under a stamp; what is left is surely read
    ("inventories.end", "86.00", "86"),  # the decimals of an amount of which the rest was lost
    ("current_assets.end", "50.00", "50.00"),
    ("current_assets.end", "35.00", "35"),
])  # fmt: skip
def test_what_is_left_of_an_amount_is_no_contradiction(name: str, piece: str, raw: str) -> None:
    (found, *more) = run_rule(SUBTOTAL, case(grown(**{name: read(piece, 0.9999, raw=raw)})))
    assert {f.code for f in (found, *more)} == {"low_confidence"}
    assert name in found.fields and "对照原件" in found.for_manager


def test_a_side_that_lost_digits_does_not_unbalance_the_sheet() -> None:
    for cut, code in (("234.00", "low_confidence"), ("1034.00", BALANCE)):
        sides = {"total_assets.end": read(cut, 0.9999), "total_liabilities_and_equity.end": "1234.00"}
        (found,) = run_rule(BALANCE, case(document("balance_sheet", **sides)))
        assert found.code == code
