"""Rules on income: words and figures, year and month, wages in the statement."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Box, Document, Evidence
from samples import flows
from tests.builders import case, document, outcome, party, read, run_rule, unchecked, unread, unsure
from tests.test_rules_bank import drawn_rows, statement
from tests.test_rules_bank_period import dated

WORDS = "amount_words_mismatch"
YEAR = "annual_income_mismatch"
WAGES = "income_not_supported"
EMPLOYER = "重庆示例科技有限公司"


def proof(**fields: Any) -> Document:
    given_fields = {"employee_name": "张伟", "employer": EMPLOYER, "monthly_income": "15000.00"}
    return document("income_proof", **(given_fields | fields))


# --- words and figures ------------------------------------------------------------------------------------------------


def words(value: str, **more: Any) -> Any:
    return read(value, raw="壹万伍仟元整", **more)


def test_words_that_say_another_amount() -> None:
    (found,) = run_rule(WORDS, case(proof(amount_in_words=words("18000.00"), monthly_income="15000.00")))
    assert (found.code, found.severity, found.detail["gap"]) == (WORDS, "major", "3000.00")
    assert found.fields == ("amount_in_words", "monthly_income") and "壹万伍仟元整" in found.for_manager
    assert "15,000.00元" in found.for_manager and found.for_broker


def test_words_may_stand_for_the_month_or_the_year() -> None:
    assert outcome(WORDS, case(proof(amount_in_words=words("15000.00")))) == "passed"
    yearly = proof(amount_in_words=words("180000.00"), annual_income="180000.00")
    assert outcome(WORDS, case(yearly)) == "passed"


def test_words_are_compared_with_the_figure_beside_them() -> None:
    doc = proof(amount_in_words=words("16000.00"), annual_income="180000.00")
    near, far = (Evidence("p.jpg", 1, Box(0.3, y, 0.5, y + 0.02)) for y in (0.40, 0.60))
    fields = dict(doc.fields)
    for name, spot in (("amount_in_words", near), ("annual_income", near), ("monthly_income", far)):
        fields[name] = replace(fields[name], evidence=spot)
    (found,) = run_rule(WORDS, case(replace(doc, fields=fields)))
    assert found.fields == ("amount_in_words", "annual_income")


@pytest.mark.parametrize("fields", [
    {"amount_in_words": words("18000.00", confidence=0.7)},
    {"amount_in_words": words("18000.00"), "monthly_income": unsure("15000.00")},
    {"amount_in_words": words("18000.00"), "monthly_income": read("13000.00", 0.93)},
])  # fmt: skip
def test_unsure_words_or_figures_are_for_a_person(fields: dict[str, Any]) -> None:
    assert [f.code for f in run_rule(WORDS, case(proof(**fields)))] == ["low_confidence"]


@pytest.mark.parametrize("fields", [{}, {"amount_in_words": unread()}, {"amount_in_words": words("1.00"), "monthly_income": None}])
def test_words_that_cannot_be_checked(fields: dict[str, Any]) -> None:
    assert outcome(WORDS, case(proof(**fields))) == "not_checked"


# --- year and month ---------------------------------------------------------------------------------------------------


@given(st.integers(1, 9_999_999), st.integers(-40, 40), st.booleans())
def test_the_year_may_differ_by_a_fifth_and_more_with_a_bonus(monthly: int, percent: int, bonus: bool) -> None:
    yearly = monthly * 12 * (100 + percent)
    doc = proof(monthly_income=f"{monthly}.00", annual_income=f"{yearly // 100}.{yearly % 100:02d}", bonus_stated="true" if bonus else None)
    fires = abs(percent) > 20 and not (bonus and percent > 0)
    assert [f.code for f in run_rule(YEAR, case(doc))] == ([YEAR] if fires else [])


def test_year_and_month_unsure_or_unread() -> None:
    (found,) = run_rule(YEAR, case(proof(annual_income=unsure("300000.00"))))
    assert found.code == "low_confidence"
    (found,) = run_rule(YEAR, case(proof(annual_income="300000.00")))
    assert (found.code, found.severity) == (YEAR, "minor")
    assert outcome(YEAR, case(proof())) == "not_checked"
    assert "年收入" in unchecked(YEAR, case(proof()))[0].reason


# --- wages ------------------------------------------------------------------------------------------------------------

ME = party("borrower", "张伟")
MINE = {"income_proof": "borrower", "bank_statement": "borrower"}


def wages(paid: int, *, months: range = range(5, 11), summary: str = "代发工资", **more: Any) -> Document:
    rows = dated(*((f"2026-{m:02d}-{d}", a, s) for m in months for d, a, s in (("10", paid, summary), ("20", -50_00, "消费"))))
    rows = [{**row, **{k: v for k, v in more.items() if row["summary"] == summary}} for row in rows]
    return statement(rows, period_from="2026-05-01", period_until="2026-10-31")


def judged(doc: Document, stmt: Document) -> list[Any]:
    return run_rule(WAGES, case(doc, stmt, parties=[ME], party_of=MINE))


def test_wages_that_reach_the_stated_income() -> None:
    assert judged(proof(), wages(12_000_00)) == []
    assert outcome(WAGES, case(proof(), wages(12_500_00), parties=[ME], party_of=MINE)) == "passed"


def test_wages_that_do_not() -> None:
    (found,) = judged(proof(), wages(11_999_00))
    assert (found.code, found.severity) == (WAGES, "major")
    assert (found.detail["average"], found.detail["months"], len(found.detail["rows"])) == ("11999.00", 6, 6)
    assert "80%" in found.for_manager and set(found.documents) == {"income_proof", "bank_statement"}
    assert [f.code for f in judged(proof(monthly_income=None, annual_income="180000.00"), wages(9_000_00))] == [WAGES]


def test_a_month_without_wages_counts() -> None:
    assert [f.detail["average"] for f in judged(proof(), wages(14_000_00, months=range(5, 8)))] == ["7000.00"]


def test_the_employer_pays_without_saying_wages() -> None:
    assert judged(proof(), wages(13_000_00, summary="转账", counterparty=EMPLOYER)) == []
    assert judged(proof(), wages(13_000_00, summary="转账", counterparty="重庆示例科技有限")) == []
    assert judged(proof(), wages(13_000_00, summary="报销", counterparty=EMPLOYER)) == []  # enough came in, unlabelled
    poor = judged(proof(), wages(3_000_00, summary="报销", counterparty=EMPLOYER))
    assert [f.code for f in poor] == [WAGES] and "没有识别到工资" in poor[0].for_manager


def test_wages_that_were_not_surely_read() -> None:
    assert [f.code for f in judged(proof(), wages(9_000_00, confidence=0.7))] == ["low_confidence"]
    assert [f.code for f in judged(proof(), wages(9_000_00, amount=""))] == ["low_confidence"]
    assert [f.code for f in judged(proof(monthly_income=unsure("15000.00")), wages(9_000_00))] == ["low_confidence"]


def test_wages_that_may_stand_on_a_missing_page() -> None:
    rows = [dict(row) for row in wages(9_000_00).fields["transactions"].value]
    torn = statement(rows[:4] + rows[5:], period_from="2026-05-01", period_until="2026-10-31")
    assert judged(proof(), torn) == []
    assert "不连续" in unchecked(WAGES, case(proof(), torn, parties=[ME], party_of=MINE))[0].reason


def test_wages_cannot_be_checked_without_the_persons_statement() -> None:
    assert outcome(WAGES, case(proof())) == "not_checked"
    other = case(proof(), wages(1_00), parties=[ME, party("spouse", "王芳")], party_of={**MINE, "bank_statement": "spouse"})
    assert outcome(WAGES, other) == "not_checked"
    assert outcome(WAGES, case(proof(monthly_income=None), wages(1_00), parties=[ME], party_of=MINE)) == "not_checked"


@given(st.integers(0, 3_000), st.integers(6_000, 30_000))
@settings(max_examples=15, deadline=None)
def test_drawn_wages_support_their_own_income_and_not_twice_as_much(seed: int, salary: int) -> None:
    rng = random.Random(seed)
    drawn = flows.personal(rng, holder="张伟", first=date(2026, 5, 1), last=date(2026, 10, 31), employer=EMPLOYER, salary=salary)
    stmt = statement(drawn_rows(drawn), period_from="2026-05-01", period_until="2026-10-31")
    assert judged(proof(monthly_income=f"{salary}.00"), stmt) == []
    assert [f.code for f in judged(proof(monthly_income=f"{2 * salary}.00"), stmt)] == [WAGES]


# --- what a slip of the reader must not become -------------------------------------------------------------------------


def monthly(*amounts: int, **last: Any) -> list[dict[str, Any]]:
    """A wage (in yuan) a month from May; `last` changes the last entry."""
    rows = dated(*((f"2026-{month:02d}-10", amount * 100, "代发工资") for month, amount in enumerate(amounts, start=5)))
    return [*rows[:-1], {**rows[-1], **last}]


def of_one(*statements: Document, **fields: Any) -> Any:
    doc = proof(**fields)
    mine = {d.id: "borrower" for d in (doc, *statements)}
    return case(doc, *statements, parties=[party("borrower", "张伟")], party_of=mine)


HALF_YEAR = {"period_from": "2026-05-01", "period_until": "2026-10-31"}


def test_words_beside_a_figure_that_was_not_read_are_compared_with_nothing() -> None:
    for fields in ({"monthly_income": None, "annual_income": "180000.00"}, {"monthly_income": None, "annual_income": "220000.00"}):
        packet = case(proof(amount_in_words=words("15000.00"), **fields))
        assert (run_rule(WORDS, packet), outcome(WORDS, packet)) == ([], "not_checked")
    (found,) = run_rule(WORDS, case(proof(amount_in_words=words("15000.00"), monthly_income=None, annual_income="18000.00")))
    assert found.code == WORDS


def test_words_against_a_figure_that_lost_its_first_digit() -> None:
    (found,) = run_rule(WORDS, case(proof(amount_in_words=words("15000.00"), monthly_income=read("5000.00", 0.999))))
    assert found.code == "low_confidence"


def test_wages_that_overlapping_statements_show_twice_count_once() -> None:
    half = [statement(monthly(*[8_000] * 6), doc_id=f"s{n}", **HALF_YEAR) for n in (1, 2)]
    (found,) = run_rule(WAGES, of_one(*half))
    assert (found.code, found.detail["average"], len(found.detail["rows"])) == (WAGES, "8000.00", 6)


@pytest.mark.parametrize(("last", "code"), [
    ({"confidence": 0.6, "amount": ""}, WAGES),  # even a whole month's wage there would not do
    ({"text_confidence": 0.5, "summary": "代x工x"}, WAGES),
])  # fmt: skip
def test_one_unsure_entry_hides_no_plain_shortfall(last: dict[str, Any], code: str) -> None:
    (found,) = run_rule(WAGES, of_one(statement(monthly(*[6_000] * 6, **last), **HALF_YEAR)))
    assert found.code == code


def test_entries_that_may_be_the_wages_leave_it_open() -> None:
    rows = monthly(*[15_000] * 6)
    unclear = [{**row, "text_confidence": 0.5, "summary": "代x工x"} for row in rows[3:]]
    (found,) = run_rule(WAGES, of_one(statement([*rows[:3], *unclear], **HALF_YEAR)))
    assert found.code == "low_confidence"
    unknown_payer = of_one(statement([*rows[:2], *({**row, "summary": "转账"} for row in rows[2:])], **HALF_YEAR), employer=None)
    assert (run_rule(WAGES, unknown_payer), outcome(WAGES, unknown_payer)) == ([], "not_checked")


def test_a_period_that_was_not_surely_read_counts_no_months() -> None:
    header = {"period_from": "2026-05-01", "period_until": unsure("5026-10-31")}
    assert outcome(WAGES, of_one(statement(monthly(*[15_000] * 6), **header))) == "passed"
