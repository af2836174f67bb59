"""Rules on what several papers say of one person: for each one that fires, one that does not, one that cannot be checked."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.model import Document
from tests.builders import (
    MAN,
    WOMAN,
    card,
    case,
    document,
    licence,
    marriage,
    outcome,
    party,
    proof,
    run_rule,
    statement,
    unread,
    unsure,
)
from validators.model import Case, Party

BORROWER, SPOUSE = party("borrower", "张伟", MAN), party("spouse", "李娜", WOMAN)


def of_borrower(*documents: Document, parties: tuple[Party, ...] = (BORROWER,), **more: Any) -> Case:
    """A case in which every paper is the borrower's, marriage certificates apart."""
    owned = {d.id: "borrower" for d in documents if d.type != "marriage_certificate"}
    return case(*documents, parties=parties, party_of={**owned, **more.pop("party_of", {})}, **more)


def codes(rule_id: str, case: Case) -> list[str]:
    return [f.code for f in run_rule(rule_id, case)]


def test_names_that_agree() -> None:
    assert outcome("name_mismatch", of_borrower(card(), proof(), statement())) == "passed"


@pytest.mark.parametrize("name", ["张玮", "张伟伟", "王强"])
def test_name_mismatch_fires(name: str) -> None:
    (finding,) = run_rule("name_mismatch", of_borrower(card(), proof(name)))
    assert (finding.code, finding.severity) == ("name_mismatch", "blocking")
    assert [v.value for v in finding.values] == ["张伟", name]
    assert [v.evidence.file for v in finding.values if v.evidence] == ["card.jpg", "proof.jpg"]
    assert "proof.jpg" in finding.for_broker and "收入证明" in finding.for_broker


def test_name_mismatch_with_confusable_characters_is_a_doubt_with_both_readings() -> None:
    (finding,) = run_rule("name_mismatch", of_borrower(card("王己"), proof("王已"), parties=(party("borrower", "王己"),)))
    assert finding.code == "low_confidence"
    assert [v.value for v in finding.values] == ["王己", "王已"]
    assert finding.detail["compared"] == "name_mismatch"


def test_name_mismatch_with_an_unsure_reading_is_a_doubt() -> None:
    assert codes("name_mismatch", of_borrower(card(), proof(unsure("张玮")))) == ["low_confidence"]


def test_name_unread_is_not_checked() -> None:
    assert outcome("name_mismatch", of_borrower(card(), proof(unread()))) == "not_checked"


def test_masked_and_spaced_names_agree() -> None:
    assert outcome("name_mismatch", of_borrower(card(), statement("张*"), proof("张 伟"))) == "passed"


def test_name_declared_otherwise() -> None:
    declared = party("borrower", "张玮")
    (finding,) = run_rule("name_mismatch", of_borrower(card(), parties=(declared,)))
    assert finding.code == "name_mismatch"
    assert [v.document for v in finding.values] == ["card", "declaration"]


def test_name_on_a_marriage_certificate_one_character_apart() -> None:
    found = codes("name_mismatch", of_borrower(card(), marriage("张玮", holder_id_number=None), parties=(BORROWER, SPOUSE)))
    assert found == ["name_mismatch"]


def test_id_numbers() -> None:
    other = "110105198803151240"
    assert outcome("id_number_mismatch", of_borrower(card(), proof())) == "passed"
    assert codes("id_number_mismatch", of_borrower(card(), proof(id_number=other))) == ["id_number_mismatch"]
    assert codes("id_number_mismatch", of_borrower(card(), proof(id_number=unsure(other)))) == ["low_confidence"]
    assert outcome("id_number_mismatch", of_borrower(card(), proof(id_number="110105********1232"))) == "passed"


def test_id_number_that_need_not_stand_there_is_not_asked_for() -> None:
    assert outcome("id_number_mismatch", of_borrower(card(), proof(id_number=None))) == "passed"
    assert outcome("id_number_mismatch", of_borrower(card(id_number=unread()), proof())) == "not_checked"


def test_spouse_of_the_certificate() -> None:
    both = (BORROWER, SPOUSE)
    assert outcome("spouse_mismatch", case(card(), marriage(), parties=both)) == "passed"
    assert outcome("spouse_mismatch", case(card(), marriage("李娜", "张伟"), parties=both)) == "passed"


def test_spouse_mismatch_names_neither() -> None:
    strangers = marriage("王强", "赵敏", holder_id_number=None, spouse_id_number=None)
    assert codes("spouse_mismatch", case(strangers, parties=(BORROWER, SPOUSE))) == ["spouse_mismatch"]
    unsure_one = marriage(unsure("王强"), "赵敏", holder_id_number=None, spouse_id_number=None)
    assert codes("spouse_mismatch", case(unsure_one, parties=(BORROWER, SPOUSE))) == ["low_confidence"]


def test_spouse_mismatch_another_partner() -> None:
    wife = card("王芳", WOMAN, doc_id="wife")
    certificate = marriage(spouse="李娜", spouse_id_number="110105198512011117")
    people = (BORROWER, party("spouse", "王芳", WOMAN))
    (finding,) = run_rule("spouse_mismatch", case(card(), wife, certificate, parties=people, party_of={"wife": "spouse"}))
    assert finding.code == "spouse_mismatch"
    assert [v.value for v in finding.values] == ["李娜", "王芳"]


def test_spouse_unread_is_not_checked() -> None:
    assert outcome("spouse_mismatch", case(marriage(spouse=unread()), parties=(BORROWER,))) == "not_checked"
    assert outcome("spouse_mismatch", case(marriage())) == "not_checked"


def test_a_guarantors_certificate_is_no_mismatch() -> None:
    people = (BORROWER, party("guarantor", "王强"))
    certificate = marriage("王强", "赵敏", holder_id_number=None, spouse_id_number=None)
    assert codes("spouse_mismatch", case(certificate, parties=people)) == []


@pytest.mark.parametrize(
    ("status", "expected"), [("married", []), ("", []), ("single", ["marital_status_mismatch"]), ("divorced", ["marital_status_mismatch"])]
)
def test_marital_status(status: str, expected: list[str]) -> None:
    declared = party("borrower", "张伟", MAN, status)
    assert codes("marital_status_mismatch", case(marriage(), parties=(declared,))) == expected


def test_marital_status_unsure_is_a_doubt() -> None:
    single = party("borrower", "张伟", MAN, "single")
    assert codes("marital_status_mismatch", case(marriage(unsure("张伟")), parties=(single,))) == ["low_confidence"]


def test_marital_status_of_an_application() -> None:
    form = document("loan_application", applicant_name="张伟", marital_status="未婚")
    assert codes("marital_status_mismatch", of_borrower(form, marriage())) == ["marital_status_mismatch"]


def test_employer_and_seal() -> None:
    assert outcome("employer_mismatch", of_borrower(proof(), statement())) == "passed"
    assert codes("employer_mismatch", of_borrower(proof(seal_text="成都别的商贸有限公司"))) == ["employer_mismatch"]
    assert codes("employer_mismatch", of_borrower(proof(seal_text=unsure("成都别的商贸有限公司")))) == ["low_confidence"]
    assert outcome("employer_mismatch", of_borrower(proof(employer=unread()))) == "not_checked"


@pytest.mark.parametrize("ring", ["重庆示例科技有限公司人力资源专用章", "示例科技有限公司", "重庆示例科技"])
def test_a_seal_that_adds_or_lacks_words_agrees(ring: str) -> None:
    assert outcome("employer_mismatch", of_borrower(proof(seal_text=ring))) == "passed"


def test_a_seal_read_in_shreds_is_not_checked() -> None:
    assert outcome("employer_mismatch", of_borrower(proof(seal_text="庆例技限"))) == "not_checked"
    assert outcome("employer_mismatch", of_borrower(proof(seal_text=None))) == "not_checked"
    assert outcome("employer_mismatch", of_borrower(proof(seal_text=None, has_seal="false"))) == "not_checked"


def test_employer_and_payer_of_wages() -> None:
    rows = [{"date": "2026-05-10", "summary": "工资", "counterparty": "成都别的商贸有限公司", "amount": "9000.00", "balance": "1.00"}]
    assert codes("employer_mismatch", of_borrower(proof(), statement(transactions=rows))) == ["employer_mismatch"]
    rent = [{**rows[0], "summary": "转账"}]
    assert codes("employer_mismatch", of_borrower(proof(), statement(transactions=rent))) == []
    agency = [*rows, {**rows[0], "counterparty": "重庆示例科技有限公司"}]
    assert codes("employer_mismatch", of_borrower(proof(), statement(transactions=agency))) == []


def test_addresses() -> None:
    moved = card(doc_id="other", address="重庆市渝北区示例路1号")
    assert codes("address_mismatch", of_borrower(card(), moved)) == ["address_mismatch"]
    assert codes("address_mismatch", of_borrower(card(), card(doc_id="other"))) == []
    company = party("company", "重庆示例科技有限公司")
    copies = (licence(), licence(doc_id="copy", address=unsure("重庆市渝中区别的路8号")))
    found = run_rule("address_mismatch", case(*copies, parties=[company], party_of={"licence": "company", "copy": "company"}))
    assert [f.code for f in found] == ["low_confidence"]


@pytest.mark.parametrize(
    "rule_id", ["name_mismatch", "id_number_mismatch", "spouse_mismatch", "marital_status_mismatch", "employer_mismatch"]
)
def test_without_their_papers_the_rules_do_not_apply(rule_id: str) -> None:
    assert outcome(rule_id, case(document("property_certificate"), parties=(BORROWER,))) == "not_applicable"


def test_a_seal_of_quite_another_company_is_no_misreading() -> None:
    other = proof(employer="兆驰（长沙）建筑工程有限公司", seal_text=unsure("源（重庆）农业发展有限公司", 0.8))
    assert [f.code for f in run_rule("employer_mismatch", case(other))] == ["employer_mismatch"]
    badly_read = proof(employer="深圳博睿商贸有限公司", seal_text=unsure("深圳委员有废公司", 0.8))
    assert "employer_mismatch" not in [f.code for f in run_rule("employer_mismatch", case(badly_read))]
