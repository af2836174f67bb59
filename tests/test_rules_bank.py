"""Rules on the arithmetic of bank statements: balances, pages, totals, page numbers."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extractors.model import Box, Document, Evidence, Field
from samples import flows
from tests.builders import case, document, outcome, read, run_rule, unchecked
from validators.amounts import fragment, plain_yuan

RUNNING = "running_balance_broken"
CHAIN = "page_chain_broken"
TOTALS = "totals_mismatch"
PAGES = "statement_pages"
PER_PAGE = 10
START = date(2026, 5, 1)


def entry(i: int, amount: int | None, balance: int | None, **more: Any) -> dict[str, Any]:
    """The i-th printed row: ten rows a page, evenly spaced."""
    page, line = divmod(i, PER_PAGE)
    top = 0.1 + line * 0.05
    return {
        "date": str(START + timedelta(days=i)),
        "summary": "转账",
        "counterparty": "",
        "amount": "" if amount is None else plain_yuan(amount),
        "balance": "" if balance is None else plain_yuan(balance),
        "confidence": 0.99,
        "evidence": Evidence("s.pdf", page + 1, Box(0.1, top, 0.9, top + 0.02)),
        **more,
    }


def rows_of(amounts: Sequence[int], opening: int = 1_000_00) -> list[dict[str, Any]]:
    """Rows that run on from an opening balance, oldest first."""
    rows, balance = [], opening
    for i, amount in enumerate(amounts):
        balance += amount
        rows.append(entry(i, amount, balance))
    return rows


def statement(rows: Iterable[Mapping[str, Any]], *, source: Any = "ocr", pages: int = 1, **fields: Any) -> Document:
    value = tuple(MappingProxyType(dict(row)) for row in rows)
    made = document("bank_statement", pages=range(1, pages + 1), file="s.pdf", **fields)
    field = Field(value, "", 0.99, None, source)
    return replace(made, fields={**made.fields, "transactions": field})


def reprinted(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same entries newest first, on the places of the paper from the top."""
    return [{**row, "evidence": rows[i]["evidence"]} for i, row in enumerate(reversed(rows))]


def changed(rows: Sequence[dict[str, Any]], at: int, **more: Any) -> list[dict[str, Any]]:
    return [{**row, **more} if i == at else row for i, row in enumerate(rows)]


def hit(found: Any) -> list[int]:
    return [row["row"] for row in found.detail["rows"]]


amounts = st.lists(st.integers(-50_000_00, 50_000_00).filter(bool), min_size=3, max_size=40)
RULES = (RUNNING, CHAIN, TOTALS)


@given(amounts, st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_coherent_statements_never_fire(given_amounts: list[int], newest_first: bool, totals: bool) -> None:
    rows = rows_of(given_amounts)
    printed = {
        "opening_balance": "1000.00",
        "closing_balance": rows[-1]["balance"],
        "total_in": plain_yuan(sum(a for a in given_amounts if a > 0)),
        "total_out": plain_yuan(-sum(a for a in given_amounts if a < 0)),
    }
    doc = statement(reprinted(rows) if newest_first else rows, **(printed if totals else {}))
    for rule in RULES:
        assert run_rule(rule, case(doc)) == []
    assert outcome(RUNNING, case(doc)) == "passed"


@given(amounts.filter(lambda a: len(a) >= 6), st.data(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_changed_balance_fires_exactly_there(given_amounts: list[int], data: st.DataObject, newest_first: bool) -> None:
    rows = rows_of(given_amounts)
    at = data.draw(st.integers(2, len(rows) - 3))
    by = data.draw(st.integers(1, 90_000_00))
    rows = changed(rows, at, balance=plain_yuan(round(float(rows[at]["balance"]) * 100) + by))
    place = len(rows) - 1 - at if newest_first else at
    (found,) = run_rule(RUNNING, case(statement(reprinted(rows) if newest_first else rows)))
    assert found.code == RUNNING and found.severity == "major"
    assert hit(found) == [place]
    assert found.detail["rows"][0]["gap"] == plain_yuan(by)
    assert run_rule(CHAIN, case(statement(rows))) == []


@given(amounts.filter(lambda a: len(a) >= 6), st.data(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_changed_amount_fires_exactly_there(given_amounts: list[int], data: st.DataObject, newest_first: bool) -> None:
    rows = rows_of(given_amounts)
    at = data.draw(st.integers(2, len(rows) - 3).filter(lambda i: i % PER_PAGE and (len(rows) - i) % PER_PAGE))
    by = data.draw(st.integers(1, 90_000_00).filter(lambda b: b != -2 * given_amounts[at]))
    assume(abs(given_amounts[at] + by) > abs(given_amounts[at]) or not fragment(given_amounts[at] + by, given_amounts[at]))
    rows = changed(rows, at, amount=plain_yuan(given_amounts[at] + by))
    place = len(rows) - 1 - at if newest_first else at
    (found,) = run_rule(RUNNING, case(statement(reprinted(rows) if newest_first else rows)))
    assert (found.code, hit(found)) == (RUNNING, [place])


@given(st.integers(0, 5_000), st.booleans())
@settings(max_examples=20, deadline=None)
def test_drawn_accounts_run_and_their_planted_faults_are_found(seed: int, personal: bool) -> None:
    rng = random.Random(seed)
    make = flows.personal if personal else flows.company
    drawn = make(rng, holder="张伟", first=date(2026, 5, 1), last=date(2026, 10, 31))
    assert run_rule(RUNNING, case(statement(drawn_rows(drawn)))) == []
    broken = flows.break_balance(drawn, rng)
    (found,) = run_rule(RUNNING, case(statement(drawn_rows(broken))))
    assert (found.code, hit(found)) == (RUNNING, list(broken.rows_hit))
    raised = flows.raise_credit(drawn, rng)
    opening = plain_yuan(drawn.rows[0].balance - drawn.rows[0].amount)
    printed = statement(drawn_rows(raised), opening_balance=opening)
    codes = {f.code for rule in (RUNNING, CHAIN) for f in run_rule(rule, case(printed))}
    assert codes & {RUNNING, CHAIN}


def drawn_rows(flow: flows.Flow) -> list[dict[str, Any]]:
    return [
        entry(i, row.amount, row.balance, date=str(row.at.date()), summary=row.summary, counterparty=row.counterparty)
        for i, row in enumerate(flow.rows)
    ]


PLAIN = [500_00, -120_00, -80_35, 900_00, -210_15, 75_00, -300_40, 640_00]


def test_a_digit_that_both_neighbours_contradict_is_the_readers_fault_when_unsure() -> None:
    rows = rows_of(PLAIN)
    wrong = plain_yuan(round(float(rows[3]["balance"]) * 100) + 5_000_00)
    (found,) = run_rule(RUNNING, case(statement(changed(rows, 3, balance=wrong, confidence=0.8))))
    assert found.code == "low_confidence" and hit(found) == [3] and found.for_broker == ""
    (found,) = run_rule(RUNNING, case(statement(changed(rows, 3, balance=wrong, confidence=0.8), source="text")))
    assert found.code == "low_confidence"


def test_a_look_alike_digit_needs_more_than_sure() -> None:
    rows = changed(rows_of([500_00, 300_00, 300_00, 100_00, 100_00], 0), 2, balance="1800.00", confidence=0.93)
    # 1100.00 reads 1800.00: not a look-alike pair, so it stands.
    assert [f.code for f in run_rule(RUNNING, case(statement(rows)))] == [RUNNING]
    rows = changed(rows_of([500_00, 300_00, 500_00, 100_00, 100_00], 0), 2, balance="1800.00", confidence=0.93)
    assert [f.code for f in run_rule(RUNNING, case(statement(rows)))] == ["low_confidence"]


def test_a_lost_sign_is_the_readers_fault() -> None:
    (found,) = run_rule(RUNNING, case(statement(changed(rows_of(PLAIN), 4, amount="210.15"))))
    assert found.code == "low_confidence"


def test_an_overlooked_row_leaves_room_on_the_paper() -> None:
    rows = rows_of(PLAIN)
    gone = [row for i, row in enumerate(rows) if i != 4]
    (found,) = run_rule(RUNNING, case(statement(gone)))
    assert found.code == "low_confidence" and "漏读" in found.for_manager
    closed = [{**row, "evidence": rows[i]["evidence"]} for i, row in enumerate(gone)]
    assert [f.code for f in run_rule(RUNNING, case(statement(closed)))] == [RUNNING]


def test_unread_balances_are_bridged_and_unread_amounts_named() -> None:
    rows = rows_of(PLAIN)
    assert outcome(RUNNING, case(statement(changed(rows, 3, balance="")))) == "passed"
    blank = statement(changed(rows, 3, amount=""))
    assert outcome(RUNNING, case(blank)) == "not_checked"
    assert "未读出" in unchecked(RUNNING, case(blank))[0].reason
    off = changed(changed(rows, 3, balance=""), 4, amount="-999.99")
    assert [f.code for f in run_rule(RUNNING, case(statement(off)))] == [RUNNING]


def test_statements_that_cannot_be_checked() -> None:
    nothing = [{**row, "balance": ""} for row in rows_of(PLAIN)]
    assert outcome(RUNNING, case(statement(nothing))) == "not_checked"
    assert outcome(RUNNING, case(document("bank_statement"))) == "not_checked"
    assert outcome(RUNNING, case(document("income_proof"))) == "not_applicable"


def test_columns_read_wrong_are_no_hundred_forgeries() -> None:
    rows = [{**row, "balance": plain_yuan(i * 7_919_00)} for i, row in enumerate(rows_of(PLAIN * 3))]
    assert outcome(RUNNING, case(statement(rows))) == "not_checked"


def test_the_opening_balance_begins_the_chain() -> None:
    rows = rows_of(PLAIN)
    (found,) = run_rule(RUNNING, case(statement(rows, opening_balance="5555.55")))
    assert hit(found) == [0] and "opening_balance" in found.fields
    assert outcome(RUNNING, case(statement(rows, opening_balance=rows[0]["balance"]))) == "passed"


def test_days_in_reverse_with_rows_in_order() -> None:
    rows = rows_of(PLAIN)
    days = [{**row, "date": f"2026-05-0{1 + i // 2}"} for i, row in enumerate(rows)]
    turned = [row for pair in (days[6:], days[4:6], days[2:4], days[:2]) for row in pair]
    assert outcome(RUNNING, case(statement(turned))) == "passed"


def test_sub_accounts_have_a_chain_each_and_noise_in_their_names_none() -> None:
    yuan, dollar = rows_of(PLAIN), rows_of(PLAIN[::-1], 70_00)
    mixed = [{**row, "series": name} for pair in zip(yuan, dollar, strict=True) for name, row in zip("ab", pair, strict=True)]
    assert outcome(RUNNING, case(statement(mixed))) == "passed"
    (found,) = run_rule(RUNNING, case(statement(changed(mixed, 7, amount="999.99"))))
    assert hit(found) == [7]
    assert outcome(TOTALS, case(statement(mixed, total_in="1.00"))) == "not_checked"
    noisy = changed([{**row, "series": "人民币"} for row in yuan], 3, series="人民巾")
    assert outcome(RUNNING, case(statement(noisy))) == "passed"


LONG = [(-1) ** i * (100_00 + i * 1_37) for i in range(40)]


def test_a_page_that_is_missing_breaks_the_chain_by_what_it_held() -> None:
    rows = rows_of(LONG)
    gone = [row for row in rows if row["evidence"].page != 2]
    (found,) = run_rule(CHAIN, case(statement(gone)))
    assert (found.code, found.severity) == (CHAIN, "major")
    assert found.detail["missing_amount"] == plain_yuan(sum(LONG[10:20]))
    assert (found.detail["from"]["page"], found.detail["to"]["page"]) == (1, 3)
    assert run_rule(RUNNING, case(statement(gone))) == []
    assert [f.code for f in run_rule(CHAIN, case(statement(reprinted(rows)[:10] + reprinted(rows)[20:])))] == [CHAIN]


def test_a_row_overlooked_at_the_edge_of_a_page_is_no_missing_page() -> None:
    rows = rows_of(LONG + LONG)
    for place in (29, 30):
        gone = [row for i, row in enumerate(rows) if i != place]
        assert [f.code for f in run_rule(CHAIN, case(statement(gone)))] == ["low_confidence"]
        assert [f.code for f in run_rule(CHAIN, case(statement(gone, source="text")))] == [CHAIN]
    cut = [row for row in rows if row["evidence"].page != 4 and row is not rows[29]]
    numbers = [{"file": "s.pdf", "page": n, "number": n, "of": 8} for n in (1, 2, 3, 5, 6, 7, 8)]
    assert [f.code for f in run_rule(CHAIN, case(statement(cut, pages_printed=numbers)))] == [CHAIN]


def test_pages_uploaded_in_another_order_are_put_in_order() -> None:
    rows = rows_of(LONG)
    for order in ((3, 1, 2, 4), (4, 3, 2, 1), (2, 3, 4, 1)):
        mixed = [row for page in order for row in rows if row["evidence"].page == page]
        assert outcome(CHAIN, case(statement(mixed))) == "passed"
        assert outcome(RUNNING, case(statement(mixed))) == "passed"


def carried(*pages: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"file": "s.pdf", "page": i, "opening": o, "closing": c} for i, (o, c) in enumerate(pages, 1)]


def test_carried_balances_tell_a_wrong_row_from_a_missing_page() -> None:
    rows = rows_of(LONG[:20])
    between = rows[9]["balance"]
    wrong = changed(rows, 10, amount="777.77")
    doc = statement(wrong, page_balances=carried(("1000.00", between), (between, rows[-1]["balance"])))
    assert run_rule(CHAIN, case(doc)) == []
    assert [hit(f) for f in run_rule(RUNNING, case(doc))] == [[10]]


def test_carried_balances_alone_show_a_break() -> None:
    rows = [{**row, "balance": ""} if i in (9, 10) else row for i, row in enumerate(rows_of(LONG[:20]))]
    rows = changed(rows, 10, amount="")
    doc = statement(rows, page_balances=carried(("1000.00", "937.00"), ("3333.00", "1.00")))
    found = run_rule(CHAIN, case(doc))
    assert [f.code for f in found] == [CHAIN] and found[0].detail["missing_amount"] == "2396.00"


def test_page_chain_cannot_be_checked_without_balances() -> None:
    assert outcome(CHAIN, case(statement([{**row, "balance": ""} for row in rows_of(PLAIN)]))) == "not_checked"


def totals(came: int, left: int) -> dict[str, str]:
    return {"total_in": plain_yuan(came), "total_out": plain_yuan(left)}


IN, OUT = sum(a for a in PLAIN if a > 0), -sum(a for a in PLAIN if a < 0)


def test_totals_that_differ_fire_and_name_the_sums() -> None:
    (found,) = run_rule(TOTALS, case(statement(rows_of(PLAIN), **totals(IN + 250_00, OUT))))
    assert (found.code, found.severity) == (TOTALS, "major")
    assert found.detail["total_in"] == {"printed": plain_yuan(IN + 250_00), "summed": plain_yuan(IN)}
    (found,) = run_rule(TOTALS, case(statement(rows_of(PLAIN), closing_balance="1.00")))
    assert found.fields[0] == "closing_balance"


def test_totals_over_rows_that_may_be_misread_are_for_a_person() -> None:
    rows = changed(rows_of(PLAIN), 3, amount="100.00")
    (found,) = run_rule(TOTALS, case(statement(rows, **totals(IN, OUT))))
    assert found.code == "low_confidence"


def test_a_first_row_that_no_balance_confirms_must_be_sure() -> None:
    rows = changed(rows_of(PLAIN), 0, amount="510.00", confidence=0.6)
    assert [f.code for f in run_rule(TOTALS, case(statement(rows, **totals(IN, OUT))))] == ["low_confidence"]


def test_entries_that_were_taken_back_may_be_counted_with_a_minus() -> None:
    rows = changed(rows_of(PLAIN), 1, summary="冲正")
    assert outcome(TOTALS, case(statement(rows, **totals(IN - 120_00, OUT - 120_00)))) == "passed"


def test_totals_that_cannot_be_checked() -> None:
    assert outcome(TOTALS, case(statement(rows_of(PLAIN)))) == "not_checked"
    blank = changed(rows_of(PLAIN), 2, amount="")
    assert outcome(TOTALS, case(statement(blank, **totals(IN, OUT)))) == "not_checked"


def numbered(*numbers: int | None, of: int | None = None) -> Document:
    pages = [{"file": "s.pdf", "page": i, "number": n, "of": of} for i, n in enumerate(numbers, 1)]
    return document("bank_statement", file="s.pdf", pages=range(1, len(numbers) + 1), pages_printed=pages)


@pytest.mark.parametrize(("doc", "missing"), [
    (numbered(1, 2, 4, of=4), (3,)),
    (numbered(1, 2, 3, of=5), (4, 5)),
    (numbered(1, 3), (2,)),
    (numbered(2, 3, 4), (1,)),
    (numbered(1, None, of=3), (2, 3)),
])  # fmt: skip
def test_missing_pages_are_named(doc: Document, missing: tuple[int, ...]) -> None:
    (found,) = run_rule(PAGES, case(doc))
    assert (found.code, found.severity, found.detail["missing"]) == ("missing_page", "major", missing)
    assert found.for_broker and found.values[0].evidence


def test_page_numbers_that_run_through_pass() -> None:
    assert outcome(PAGES, case(numbered(1, 2, 3, of=3))) == "passed"
    assert outcome(PAGES, case(numbered(3, 2, 1))) == "passed"


@pytest.mark.parametrize("doc", [numbered(None, None), numbered(1, 2, 2, of=3), numbered(1, None, 3, of=3), numbered(1, 2026)])
def test_page_numbers_misread_are_no_missing_page(doc: Document) -> None:
    assert run_rule(PAGES, case(doc)) == []
    assert outcome(PAGES, case(doc)) == "not_checked"


# --- pages of one statement that were taken for two ----------------------------------------------------------------------


def torn(missing: bool = False) -> list[Document]:
    """A statement of three pages whose middle one stands as a statement of its own, or is gone."""
    rows = rows_of([123_45] * 30)
    shown = [{"file": "s.pdf", "page": n, "number": n, "of": 3} for n in (1, 2, 3)]
    head = {"account_number": "6222000000000000", "period_from": "2026-05-01", "period_until": "2026-05-30"}
    outer = statement([*rows[:10], *rows[20:]], doc_id="outer", pages_printed=[shown[0], shown[2]], pages=3, **head)
    outer = replace(outer, pages=(outer.pages[0], outer.pages[2]))
    inner = statement(rows[10:20], doc_id="inner", pages_printed=[shown[1]], pages=2, account_holder="铭", **head)
    return [outer] if missing else [outer, replace(inner, pages=inner.pages[1:])]


@pytest.mark.parametrize(("rule", "code"), [(CHAIN, CHAIN), (PAGES, "missing_page")])
def test_a_page_that_stands_alone_is_not_missing(rule: str, code: str) -> None:
    assert code in {f.code for f in run_rule(rule, case(*torn(missing=True)))}
    assert {f.code for f in run_rule(rule, case(*torn()))} == {"low_confidence"}


def test_an_unsure_opening_balance_breaks_no_chain() -> None:
    rows = rows_of([100_00] * 5)
    for confidence, code in ((0.99, RUNNING), (0.6, "low_confidence")):
        (found,) = run_rule(RUNNING, case(statement(rows, opening_balance=read("4321.00", confidence))))
        assert found.code == code


def test_pages_that_the_balances_do_without_are_not_missing() -> None:
    shown = [{"file": "s.pdf", "page": 1, "number": 1, "of": 2}]
    rows, ends = rows_of([100_00] * 5), {"opening_balance": "1000.00", "closing_balance": "1500.00"}
    for fields, code in ((ends, "low_confidence"), ({}, "missing_page")):
        (found,) = run_rule(PAGES, case(statement(rows, pages_printed=shown, **fields)))
        assert found.code == code
