"""Rules on licences and companies: for each one that fires, one that does not, one that cannot be checked."""

from __future__ import annotations

import pytest

from tests.builders import books, card, case, document, licence, outcome, party, read, run_rule, statement, unchecked, unread, unsure


def codes(rule_id: str, *documents: object, **more: object) -> list[str]:
    return [f.code for f in run_rule(rule_id, case(*documents, **more))]  # type: ignore[arg-type]


def test_uscc_of_the_standards_example_passes() -> None:
    assert outcome("uscc_checksum", case(licence())) == "passed"


@pytest.mark.parametrize(
    ("code", "reason"), [("91350100M000100Y44", "checksum"), ("91350100M000100Y", "length"), ("91350100M000100I43", "format")]
)
def test_uscc_fires(code: str, reason: str) -> None:
    (finding,) = run_rule("uscc_checksum", case(licence(uscc=code)))
    assert (finding.code, finding.detail["reason"]) == ("uscc_checksum", reason)


def test_uscc_proposes_the_one_reading_that_fits() -> None:
    (finding,) = run_rule("uscc_checksum", case(licence(uscc="9135O100M000100Y43")))
    assert finding.detail["proposal"] == "91350100M000100Y43"
    assert finding.values[0].value == "9135O100M000100Y43"


def test_uscc_unsure_is_a_doubt_and_unread_not_checked() -> None:
    assert codes("uscc_checksum", licence(uscc=unsure("91350100M000100Y44"))) == ["low_confidence"]
    assert outcome("uscc_checksum", case(licence(uscc=unread()))) == "not_checked"
    old = licence(uscc=None, registration_number="500000400005831")
    assert "旧版" in unchecked("uscc_checksum", case(old))[0].reason


def test_organisation_code_inside_counts_but_not_for_the_self_employed() -> None:
    # Both codes satisfy GB 32100; the organisation code inside (GB 11714) does not check.
    from extractors.numbers import uscc

    for prefix, expected in (("91", ["uscc_checksum"]), ("92", [])):
        body = prefix + "350100M000100Y5"
        assert codes("uscc_checksum", licence(uscc=body + uscc.calc_check_character(body))) == expected


@pytest.mark.parametrize(
    "fields",
    [{"status_marks": "吊销，未注销"}, {"status_marks": "已注销"}, {"name": "重庆示例科技有限公司（已吊销）"}],
)
def test_licence_not_valid_fires(fields: dict[str, str]) -> None:
    assert codes("licence_not_valid", licence(**fields)) == ["licence_not_valid"]


def test_licence_not_valid_leaves_the_scope_of_business_alone() -> None:
    assert outcome("licence_not_valid", case(licence(business_scope="代办企业登记、注销手续"))) == "passed"


def test_licence_not_valid_needs_a_readable_licence() -> None:
    assert outcome("licence_not_valid", case(licence(name=unread()))) == "not_checked"
    assert codes("licence_not_valid", licence(status_marks=unsure("吊销"))) == ["low_confidence"]


@pytest.mark.parametrize(
    ("until", "expected"),
    [("long-term", []), ("2035-05-05", []), ("2026-05-05", ["document_expired"]), ("2027-01-05", ["document_expires_soon"])],
)
def test_licence_term(until: str, expected: list[str]) -> None:
    assert codes("licence_term", licence(term_until=until)) == expected


def test_licence_term_not_printed() -> None:
    assert outcome("licence_term", case(licence(term_until=None))) == "not_checked"
    assert outcome("licence_term", case(licence(term_until=None, type="个体工商户"))) == "not_applicable"


COMPANY = party("company", "重庆示例科技有限公司")


def test_company_mismatch_fires_on_books_and_accounts() -> None:
    for paper in (books("balance_sheet", "重庆别的商贸有限公司"), statement("重庆别的商贸有限公司")):
        (finding,) = run_rule("company_mismatch", case(licence(), paper))
        assert finding.code == "company_mismatch"
        assert [v.value for v in finding.values] == ["重庆示例科技有限公司", "重庆别的商贸有限公司"]
        assert all(v.evidence is not None for v in finding.values)


def test_company_mismatch_is_silent_over_widths_and_persons_accounts() -> None:
    named = licence(name="重庆示例（集团）有限公司")
    assert codes("company_mismatch", named, books("balance_sheet", "重庆示例(集团)有限公司"), statement("张伟")) == []


def test_company_mismatch_by_confusable_characters_or_an_unsure_reading_is_a_doubt() -> None:
    named = licence(name="重庆未来科技有限公司")
    assert codes("company_mismatch", named, books("balance_sheet", "重庆末来科技有限公司")) == ["low_confidence"]
    assert codes("company_mismatch", licence(), books("balance_sheet", unsure("重庆别的有限公司"))) == ["low_confidence"]


def test_company_mismatch_against_the_declared_name_and_between_books() -> None:
    other = books("income_statement", "重庆别的商贸有限公司")
    assert codes("company_mismatch", other, parties=[COMPANY]) == ["company_mismatch"]
    assert codes("company_mismatch", books("balance_sheet"), other) == ["company_mismatch"]


def test_company_mismatch_with_an_unread_name_is_not_checked() -> None:
    assert outcome("company_mismatch", case(licence(), books("balance_sheet", unread()))) == "not_checked"


def represented(legal_representative: object, product: str = "personal_business", name: str = "张伟") -> list[str]:
    people = [party("borrower" if product == "personal_business" else "legal_representative", name)]
    paper = licence(legal_representative=legal_representative)
    found = run_rule(
        "legal_representative_mismatch",
        case(paper, card(name), parties=people, party_of={"card": people[0].id}, product=product),
    )
    return [f.code for f in found]


def test_legal_representative() -> None:
    assert represented("张伟") == []
    assert represented("王强") == ["legal_representative_mismatch"]
    assert represented("王强", "enterprise") == ["legal_representative_mismatch"]
    assert represented("王强", "personal_mortgage") == []
    assert represented(unsure("王强")) == ["low_confidence"]


def test_legal_representative_unread_or_unknown_is_not_checked() -> None:
    unreadable = case(licence(legal_representative=unread()), parties=[party("borrower")], product="personal_business")
    assert outcome("legal_representative_mismatch", unreadable) == "not_checked"
    assert outcome("legal_representative_mismatch", case(licence(), product="personal_business")) == "not_checked"


@pytest.mark.parametrize(
    "rule_id",
    ["uscc_checksum", "licence_not_valid", "licence_term", "legal_representative_mismatch", "company_mismatch"],
)
def test_without_a_licence_the_rules_do_not_apply(rule_id: str) -> None:
    assert outcome(rule_id, case(document("marriage_certificate"))) == "not_applicable"


@pytest.mark.parametrize(("printed", "confidence", "code"), [
    ("重庆示例科枝有限公司", 0.95, "low_confidence"),  # one character of a long name, not read with the last certainty
    ("重庆示例科枝有限公司", 0.99, "company_mismatch"),
    ("重庆示例", 0.99, "low_confidence"),  # the rest of the line was not read
    ("重庆示例科技有限公司渝北分公司", 0.99, "company_mismatch"),
    ("成都样本贸易有限公司", 0.93, "company_mismatch"),
])  # fmt: skip
def test_companies_that_differ_and_readings_that_do(printed: str, confidence: float, code: str) -> None:
    (finding,) = run_rule("company_mismatch", case(licence(), books("balance_sheet", read(printed, confidence))))
    assert finding.code == code


def test_a_licence_of_the_borrowers_spouse_is_told_as_such() -> None:
    people = [party("borrower", "张伟"), party("spouse", "李娜")]
    hers = case(licence(legal_representative="李娜"), card(), product="personal_business", parties=people, party_of={"card": "borrower"})
    (finding,) = run_rule("legal_representative_mismatch", hers)
    assert finding.code == "legal_representative_mismatch" and "系借款人的配偶" in finding.for_manager
