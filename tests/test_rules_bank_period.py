"""Rules on what a statement covers and on patterns in it."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Document
from samples import flows
from tests.builders import case, outcome, party, run_rule, unchecked
from tests.test_rules_bank import drawn_rows, entry, statement

GAP = "statement_gap"
FLOW = "unusual_flow"
ME = party("borrower", "张伟")


def dated(*entries: tuple[str, int] | tuple[str, int, str], opening: int = 10_000_00) -> list[dict[str, Any]]:
    """Rows of (date, amount in fen, summary) whose balances run."""
    rows, balance = [], opening
    for i, (day, amount, *summary) in enumerate(entries):
        balance += amount
        rows.append(entry(i, amount, balance, date=day, summary=summary[0] if summary else "转账"))
    return rows


def monthly(first: str, count: int, skip: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    """Two entries in each of `count` months from a month."""
    start = date.fromisoformat(first + "-01")
    months = [(start.year + (start.month - 1 + i) // 12, (start.month - 1 + i) % 12 + 1) for i in range(count)]
    days = [(f"{y}-{m:02d}-{d}", a) for i, (y, m) in enumerate(months) if i not in skip for d, a in (("05", 5_00), ("20", -3_00))]
    return dated(*days)


def months_of(doc: Document, **more: Any) -> list[Any]:
    return run_rule(GAP, case(doc, parties=[ME], party_of={doc.id: "borrower"}, **more))


def test_a_statement_of_all_months_passes() -> None:
    doc = statement(monthly("2026-05", 6), period_from="2026-05-01", period_until="2026-10-31")
    assert months_of(doc) == []
    assert outcome(GAP, case(doc, parties=[ME], party_of={doc.id: "borrower"})) == "passed"
    late = statement(monthly("2026-05", 6), period_from="2026-05-24", period_until="2026-11-22")
    assert months_of(late) == []


def test_a_statement_of_too_few_months_fires() -> None:
    doc = statement(monthly("2026-07", 4), period_from="2026-07-01", period_until="2026-10-31")
    (found,) = months_of(doc)
    assert (found.code, found.severity, found.detail["kind"], found.detail["months_asked"]) == (GAP, "major", "coverage", 6)
    assert "6个月" in found.for_broker and found.fields == ("period_from", "period_until")


def test_nobody_asks_for_the_spouses_months_but_of_unknown_holders() -> None:
    doc = statement(monthly("2026-09", 2), period_from="2026-09-01", period_until="2026-10-31")
    spouse = case(doc, parties=[party("spouse", "王芳")], party_of={doc.id: "spouse"})
    assert run_rule(GAP, spouse) == []
    assert [f.code for f in run_rule(GAP, case(doc))] == [GAP]


def test_an_empty_month_fires_and_says_whether_the_balance_runs_on() -> None:
    doc = statement(monthly("2026-05", 6, skip=(2,)), period_from="2026-05-01", period_until="2026-10-31")
    (found,) = months_of(doc)
    assert found.detail == {"kind": "empty_month", "months": ("2026-07",), "balance_runs_on": True}
    assert "2026年7月" in found.for_broker and len(found.values) == 2
    rows = monthly("2026-05", 6)
    cut = statement([row for row in rows if "2026-07" not in row["date"]], period_from="2026-05-01", period_until="2026-10-31")
    assert months_of(cut)[0].detail["balance_runs_on"] is False


def test_an_unread_date_may_fill_the_month() -> None:
    rows = monthly("2026-05", 6, skip=(2,))
    rows[4] = {**rows[4], "date": ""}
    doc = statement(rows, period_from="2026-05-01", period_until="2026-10-31")
    assert months_of(doc) == []
    assert "2026年7月" in unchecked(GAP, case(doc))[0].reason


def test_without_a_header_the_entries_tell_the_period() -> None:
    assert months_of(statement(monthly("2026-05", 6))) == []
    assert [f.detail["kind"] for f in months_of(statement(monthly("2026-08", 3)))] == ["coverage"]


def test_statements_that_join_on_count_together_and_others_do_not() -> None:
    one = statement(monthly("2026-05", 3), period_from="2026-05-01", period_until="2026-07-31", doc_id="one")
    two = statement(monthly("2026-08", 3), period_from="2026-08-01", period_until="2026-10-31", doc_id="two")
    mine = {"one": "borrower", "two": "borrower"}
    assert run_rule(GAP, case(one, two, parties=[ME], party_of=mine)) == []
    early = statement(monthly("2026-03", 3), period_from="2026-03-01", period_until="2026-05-31", doc_id="one")
    (found,) = run_rule(GAP, case(early, two, parties=[ME], party_of=mine))
    assert found.detail["kind"] == "coverage" and "不连续" in found.for_manager


def test_a_statement_without_dates_cannot_be_checked() -> None:
    doc = statement([{**row, "date": ""} for row in monthly("2026-05", 6)])
    assert outcome(GAP, case(doc)) == "not_checked"
    header = statement([], period_from="2026-05-01", period_until="2026-10-31")
    assert outcome(GAP, case(header)) == "not_checked"


@given(st.integers(0, 2_000))
@settings(max_examples=12, deadline=None)
def test_a_skipped_month_of_a_drawn_account_is_named(seed: int) -> None:
    skip = date(2026, random.Random(seed).randrange(6, 10), 1)
    drawn = flows.personal(random.Random(seed), holder="张伟", first=date(2026, 5, 1), last=date(2026, 10, 31), skip_month=skip)
    doc = statement(drawn_rows(drawn), period_from="2026-05-01", period_until="2026-10-31")
    assert [f.detail["months"] for f in months_of(doc)] == [(f"{skip:%Y-%m}",)]


# --- patterns ---------------------------------------------------------------------------------------------------------


def kinds(doc: Document, **more: Any) -> list[str]:
    return [f.detail["kind"] for f in run_rule(FLOW, case(doc, **more))]


@given(st.integers(0, 3_000), st.booleans())
@settings(max_examples=25, deadline=None)
def test_money_planted_to_go_in_and_out_is_found(seed: int, personal: bool) -> None:
    rng = random.Random(seed)
    make = flows.personal if personal else flows.company
    holder = "张伟" if personal else "重庆示例科技有限公司"
    drawn = flows.in_and_out(make(rng, holder=holder, first=date(2026, 5, 1), last=date(2026, 10, 31)), rng)
    found = run_rule(FLOW, case(statement(drawn_rows(drawn), account_holder=holder)))
    hits = [[row["row"] for row in f.detail["rows"]] for f in found if f.detail["kind"] == "in_and_out"]
    assert list(drawn.rows_hit) in hits
    assert all(f.severity == "minor" and f.for_broker == "" for f in found)


def test_drawn_accounts_seldom_look_unusual() -> None:
    hinted = 0
    for seed in range(40):
        make = flows.personal if seed % 2 else flows.company
        drawn = make(random.Random(seed), holder="张伟", first=date(2026, 5, 1), last=date(2026, 10, 31))
        hinted += bool(run_rule(FLOW, case(statement(drawn_rows(drawn)))))
    assert hinted <= 2


USUAL = [(f"2026-{m:02d}-{d:02d}", a) for m in range(5, 11) for d, a in ((3, 6_000_17), (12, -2_000_31), (21, -3_100_77))]


def test_money_that_leaves_in_parts_the_next_day() -> None:
    sums = [("2026-08-05", 300_000_00), ("2026-08-05", -200_000_00), ("2026-08-06", -99_500_00)]
    rows = dated(*sorted([*USUAL, *sums], key=lambda e: (e[0], -e[1])))
    assert kinds(statement(rows)) == ["in_and_out"]
    stays = dated(*sorted([*USUAL, sums[0], ("2026-08-20", -299_000_00)]))
    assert kinds(statement(stays)) == []
    assert kinds(statement(rows), limits={"flow_in_out_days_max": 0}) == []


def test_wages_that_leave_at_once_are_nobodys_business() -> None:
    rows = dated(*sorted([*USUAL, ("2026-08-05", 90_000_00, "年终奖"), ("2026-08-06", -90_000_00)]))
    assert kinds(statement(rows)) == []


def test_window_dressing_at_the_end() -> None:
    rows = dated(*USUAL, ("2026-10-28", 400_000_00))
    assert kinds(statement(rows)) == ["window_dressing"]
    assert kinds(statement(dated(*USUAL, ("2026-10-28", 20_000_00)))) == []
    assert kinds(statement(dated(*USUAL, ("2026-10-28", 400_000_00), opening=900_000_00))) == []


def test_round_sums() -> None:
    rows = dated(*((f"2026-{m:02d}-10", 30_000_00) for m in range(3, 11)), opening=5_000_00)
    assert kinds(statement(rows)) == ["round_sums"]
    odd = dated(*((f"2026-{m:02d}-10", 30_000_00 + m * 17) for m in range(3, 11)), opening=5_000_00)
    assert kinds(statement(odd)) == []
    wages = dated(*((f"2026-{m:02d}-10", 30_000_00, "工资") for m in range(3, 11)), opening=5_000_00)
    assert kinds(statement(wages)) == []


@pytest.mark.parametrize(("posted", "found"), [(12_78, []), (700_00, ["interest"]), (5, ["interest"])])
def test_interest_that_does_not_fit(posted: int, found: list[str]) -> None:
    rows = dated(("2026-06-21", 12_50, "结息"), ("2026-08-01", 1_00), ("2026-09-21", posted, "结息"), opening=100_000_00)
    assert kinds(statement(rows)) == found


def test_patterns_over_unread_rows_are_not_passed() -> None:
    rows = dated(*USUAL)
    assert outcome(FLOW, case(statement([{**rows[0], "amount": ""}, *rows[1:]]))) == "not_checked"
    assert outcome(FLOW, case(statement([]))) == "not_checked"
    assert outcome(FLOW, case(statement(rows))) == "passed"


def test_a_short_statement_besides_one_that_meets_the_row_is_held_to_nothing() -> None:
    whole = statement(monthly("2025-11", 12), doc_id="w", period_from="2025-11-01", period_until="2026-10-31")
    short = statement(monthly("2026-09", 2), doc_id="s", period_from="2026-09-01", period_until="2026-10-31")
    company = party("company", "示例公司")

    def kinds(owners: dict[str, str], product: str) -> list[str]:
        packet = case(whole, short, parties=[ME, company], party_of=owners, product=product)
        return [found.detail["kind"] for found in run_rule(GAP, packet)]

    assert kinds({"w": "borrower"}, "personal_mortgage") == []  # nobody's, beside the borrower's own
    assert kinds({"s": "borrower"}, "personal_mortgage") == ["coverage"]  # the borrower's own is too short
    assert kinds({"w": "company", "s": "borrower"}, "personal_business") == []  # any of the two will do
    assert kinds({"s": "borrower"}, "personal_business") == ["coverage"]


def test_months_that_a_missing_page_may_show_are_left_to_the_missing_page() -> None:
    rows = monthly("2026-05", 6, skip=(2,))  # ten entries: the sixth and later on the next page
    cut = [{**row, "evidence": entry(i if i < 4 else i + 6, 1, 1)["evidence"]} for i, row in enumerate(rows)]
    period = {"period_from": "2026-05-01", "period_until": "2026-10-31"}

    def numbered(second: int) -> list[dict[str, Any]]:
        return [{"file": "s.pdf", "page": page, "number": number, "of": 3} for page, number in ((1, 1), (2, second))]

    assert [found.detail["kind"] for found in months_of(statement(cut, pages=2, pages_printed=numbered(2), **period))] == ["empty_month"]
    gone = statement(cut, pages=2, pages_printed=numbered(3), **period)
    assert months_of(gone) == []
    assert any("缺少的页" in each.reason for each in unchecked(GAP, case(gone, parties=[ME], party_of={gone.id: "borrower"})))
