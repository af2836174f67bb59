"""Rules on the loan: instalment and income, value, term, age."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import Document
from tests.builders import case, document, outcome, party, run_rule, unchecked, unsure
from tests.test_rules_bank import statement
from tests.test_rules_bank_period import dated
from validators.model import Case, Loan
from validators.rules.loan import annuity_payment

SERVICE = "debt_service_too_high"
VALUE = "loan_to_value_too_high"
TERM = "term_too_long"
AGE = "age_limit"
LOAN = Loan(amount_fen=1_000_000_00, months=360, annual_rate=0.035)  # 4490.45 a month
ME = party("borrower", "张伟")


def proof(monthly: Any = "9000.00", who: str = "borrower", **more: Any) -> Document:
    return document("income_proof", doc_id=f"proof-{who}", monthly_income=monthly, **more)


def packet(*documents: Document, loan: Loan = LOAN, product: str = "personal_mortgage", **more: Any) -> Case:
    spouse = party("spouse", "王芳")
    mine = {d.id: d.id.partition("-")[2] or "borrower" for d in documents}
    return case(*documents, parties=(ME, spouse), party_of=mine, loan=loan, product=product, **more)


# --- instalment -------------------------------------------------------------------------------------------------------


@given(st.integers(1_000_00, 5_000_000_00), st.integers(1, 480), st.sampled_from([0.0, 0.0285, 0.035, 0.049, 0.18]))
def test_the_instalments_pay_the_loan_off(principal: int, count: int, rate: float) -> None:
    payment = annuity_payment(principal, count, rate)
    left = float(principal)
    for _ in range(count):
        left = left * (1 + rate / 12) - payment
    # Half a fen of rounding in each instalment, with interest on it.
    assert abs(left) <= 0.51 * sum((1 + rate / 12) ** i for i in range(count)) + principal * 1e-9


@pytest.mark.parametrize("wrong", [(0, 12, 0.03), (1, 0, 0.03), (1, 12, -0.01)])
def test_no_loan_has_no_instalment(wrong: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError, match="no loan"):
        annuity_payment(*wrong)


def test_an_instalment_over_half_the_income() -> None:
    (found,) = run_rule(SERVICE, packet(proof("8900.00")))
    assert (found.code, found.severity, found.for_broker) == (SERVICE, "major", "")
    assert found.detail == {"payment": "4490.45", "income": "8900.00", "limits": ("housing_expense_to_income_max",)}
    assert "4,490.45元" in found.for_manager and "50%" in found.for_manager and "等额本息" in found.for_manager
    (more,) = run_rule(SERVICE, packet(proof("8000.00")))
    assert more.detail["limits"] == ("housing_expense_to_income_max", "debt_to_income_max")


def test_the_spouse_earns_too_and_a_year_has_twelve_months() -> None:
    assert run_rule(SERVICE, packet(proof("8000.00"), proof("2000.00", "spouse"))) == []
    assert run_rule(SERVICE, packet(proof(None, annual_income="120000.00"))) == []
    assert [f.code for f in run_rule(SERVICE, packet(proof(None, annual_income="60000.00")))] == [SERVICE]


def test_other_debts_are_unknown_and_never_passed() -> None:
    assert outcome(SERVICE, packet(proof())) == "not_checked"
    assert "50%" in unchecked(SERVICE, packet(proof()))[0].reason
    rows = dated(("2026-09-05", 9_000_00, "工资"), ("2026-09-20", -2_000_00, "贷款还款"), ("2026-10-20", -2_000_00, "贷款还款"))
    assert "2,000.00元" in unchecked(SERVICE, packet(proof(), statement(rows)))[0].reason
    clean = document("credit_report", doc_id="report-borrower", open_loans="0")
    assert outcome(SERVICE, packet(proof(), clean)) == "passed"


@pytest.mark.parametrize(("loan", "word"), [
    (Loan(), "贷款金额、贷款期限、年利率"),
    (Loan(1_00, 12), "年利率"),
    (Loan(1_00, None, 0.03), "贷款期限"),
    (Loan(0, 12, 0.03), "不是正数"),
])  # fmt: skip
def test_unknown_terms_are_not_checked(loan: Loan, word: str) -> None:
    assert run_rule(SERVICE, packet(proof(), loan=loan)) == []
    assert word in unchecked(SERVICE, packet(proof(), loan=loan))[0].reason


def test_income_unknown_or_unsure() -> None:
    assert "收入" in unchecked(SERVICE, packet(proof("2000.00", "spouse")))[0].reason
    assert [f.code for f in run_rule(SERVICE, packet(proof(unsure("5000.00"))))] == ["low_confidence"]
    assert outcome(SERVICE, packet(proof(), product="enterprise")) == "not_checked"


def test_a_business_loan_has_the_limit_of_all_debts_only() -> None:
    (found,) = run_rule(SERVICE, packet(proof("8000.00"), product="personal_business"))
    assert found.detail["limits"] == ("debt_to_income_max",)
    assert run_rule(SERVICE, packet(proof("8900.00"), product="personal_business")) == []


# --- value ------------------------------------------------------------------------------------------------------------


def house(usage: Any = "城镇住宅用地/住宅") -> Document:
    return document("property_certificate", usage=usage)


def bought(amount: Any) -> Document:
    return document("purchase_contract", amount=amount)


def test_a_loan_over_the_share_of_the_price() -> None:
    assert run_rule(VALUE, packet(house(), bought("1200000.00"))) == []
    (found,) = run_rule(VALUE, packet(house(), bought("1100000.00")))
    assert (found.code, found.detail["limit"], found.for_broker) == (VALUE, "loan_to_value_residential_max", "")
    assert "90.9%" in found.for_manager and "85%" in found.for_manager
    assert [f.code for f in run_rule(VALUE, packet(house("商业服务"), bought("1200000.00")))] == [VALUE]


def test_of_price_and_appraisal_the_lower_counts() -> None:
    low = Loan(1_000_000_00, 360, 0.035, property_fen=1_100_000_00)
    assert [f.code for f in run_rule(VALUE, packet(house(), bought("1300000.00"), loan=low))] == [VALUE]
    assert [f.code for f in run_rule(VALUE, packet(house(), loan=low))] == [VALUE]


def test_values_unknown_or_unsure() -> None:
    assert outcome(VALUE, packet(house())) == "not_checked"
    assert outcome(VALUE, packet(house(), bought("1.00"), loan=Loan())) == "not_checked"
    assert outcome(VALUE, packet(house(unsure("住宅")), bought("1100000.00"))) == "not_checked"
    assert [f.code for f in run_rule(VALUE, packet(house(), bought(unsure("1100000.00"))))] == ["low_confidence"]


# --- term and age -----------------------------------------------------------------------------------------------------


def test_the_term_against_the_products_limit() -> None:
    assert outcome(TERM, packet()) == "passed"
    (found,) = run_rule(TERM, packet(loan=Loan(months=361)))
    assert (found.code, found.detail["limit"], found.for_broker) == (TERM, 360, "")
    assert [f.code for f in run_rule(TERM, packet(loan=Loan(months=121), product="personal_business"))] == [TERM]
    assert outcome(TERM, packet(loan=Loan())) == "not_checked"
    form = document("loan_application", term_months=unsure("480"))
    assert [f.code for f in run_rule(TERM, packet(form, loan=Loan()))] == ["low_confidence"]


def card(birth: Any, **more: Any) -> Document:
    return document("resident_id_card", birth_date=birth, **more)


@pytest.mark.parametrize(("birth", "months", "fires"), [
    ("1986-11-23", 360, False),  # 40 + 30
    ("1985-11-23", 360, True),
    ("1985-11-24", 360, False),  # 40 until tomorrow
    ("1956-11-24", 12, False),  # 69 + 1
    ("1956-11-23", 1, True),
    ("2008-11-23", 12, False),
    ("2008-11-24", 12, True),  # 17
])  # fmt: skip
def test_age_and_term(birth: str, months: int, fires: bool) -> None:
    found = run_rule(AGE, packet(card(birth), loan=Loan(months=months)))
    assert [f.code for f in found] == ([AGE] if fires else [])


def test_age_by_the_number_when_there_is_no_card() -> None:
    old = (party("borrower", "张伟", "11010519491231002X"),)
    (found,) = run_rule(AGE, case(parties=old, loan=Loan(months=12)))
    assert found.detail == {"age": 76} and found.fields == ("id_number", "term_months")


def test_ages_that_cannot_be_checked() -> None:
    assert outcome(AGE, packet(loan=Loan(months=12))) == "not_checked"
    assert outcome(AGE, packet(card("1990-01-01"), loan=Loan())) == "not_checked"
    assert [f.code for f in run_rule(AGE, packet(card("1950-01-01"), loan=Loan()))] == [AGE]
    assert [f.code for f in run_rule(AGE, packet(card(unsure("1950-01-01")), loan=LOAN))] == ["low_confidence"]
    assert outcome(AGE, case(product="enterprise", loan=LOAN)) == "not_checked"
