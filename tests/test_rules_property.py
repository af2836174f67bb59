"""Rules on the pledged property: owners, burdens, consent, term."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.model import Document
from tests.builders import case, document, outcome, party, run_rule, unchecked, unsure
from validators.model import Case, Loan, Party
from validators.rules.property import burdens

OWNER = "owner_mismatch"
BURDEN = "property_encumbered"
CONSENT = "consent_missing"
TERM = "property_term"
ME = party("borrower", "张伟", marital_status="married")
SPOUSE = party("spouse", "王芳")


def certificate(owners: Any = "张伟", **fields: Any) -> Document:
    return document("property_certificate", owners=owners, **fields)


def card(name: Any, who: str) -> Document:
    return document("resident_id_card", doc_id=f"card-{who}", name=name)


def packet(*documents: Document, parties: tuple[Party, ...] = (ME, SPOUSE), **more: Any) -> Case:
    cards = (card("张伟", "borrower"), card("王芳", "spouse"))
    mine = {"card-borrower": "borrower", "card-spouse": "spouse"}
    return case(*documents, *cards, parties=parties, party_of=mine, **more)


# --- owners -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owners", ["张伟", "王芳", "张伟、王芳", "李强、张伟"])
def test_an_owner_among_the_parties(owners: str) -> None:
    assert run_rule(OWNER, packet(certificate(owners))) == []


def test_an_owner_who_is_nobody() -> None:
    (found,) = run_rule(OWNER, packet(certificate("李强")))
    assert (found.code, found.severity) == (OWNER, "blocking")
    assert "李强" in found.for_manager and found.for_broker
    assert {v.document for v in found.values} == {"property_certificate", "card-borrower", "card-spouse"}
    (near,) = run_rule(OWNER, packet(certificate("张玮")))
    assert near.code == OWNER


def test_a_pledger_may_own_and_the_company_only_of_an_enterprises_loan() -> None:
    pledger = (ME, party("pledger", "李强"))
    assert run_rule(OWNER, packet(certificate("李强"), parties=pledger)) == []
    firm = (party("company", "重庆示例科技有限公司"),)
    assert run_rule(OWNER, case(certificate("重庆示例科技有限公司"), parties=firm, product="enterprise")) == []
    named = (ME, *firm)
    assert run_rule(OWNER, packet(certificate("重庆示例科技有限公司"), parties=named, product="personal_business")) != []


@pytest.mark.parametrize("doc", [certificate("王己"), certificate(unsure("李强"))])
def test_owners_that_may_be_misread(doc: Document) -> None:
    me = (party("borrower", "王已"),)
    found = run_rule(OWNER, case(doc, parties=me))
    assert [f.code for f in found] == ["low_confidence"] and found[0].for_broker == ""


def test_owners_that_cannot_be_checked() -> None:
    assert outcome(OWNER, packet(document("property_certificate"))) == "not_checked"
    assert outcome(OWNER, case(certificate())) == "not_checked"
    assert outcome(OWNER, case(card("张伟", "borrower"))) == "not_applicable"


def test_the_seller_of_a_house_that_is_bought_is_no_stranger() -> None:
    contract = document("purchase_contract", parties="李强、张伟")
    assert run_rule(OWNER, packet(certificate("李强"), contract)) == []
    assert "购房合同" in unchecked(OWNER, packet(certificate("李强"), contract))[0].reason


# --- burdens ----------------------------------------------------------------------------------------------------------

MORTGAGE = "该不动产已设立抵押权。抵押权人：某某银行；被担保债权数额：80万元；债务履行期限：2024年1月1日起2034年1月1日止。"


@pytest.mark.parametrize(("note", "live"), [
    (MORTGAGE, ["抵押"]),
    ("该不动产已被某某法院查封，查封期限自2025年1月1日起。", ["查封"]),
    ("该不动产已设立居住权，居住权人：李强", ["居住权"]),
    ("2019年5月1日设立的抵押权已于2022年6月1日注销登记。", []),
    ("已抵押。2022年抵押权注销。", []),
    ("第一顺位抵押；第二顺位抵押；2022年抵押权注销", ["抵押"]),
    ("未注销的抵押权一项", ["抵押"]),
    ("抵押情况：无；查封情况：无；居住权：无", []),
    ("该不动产无抵押、查封登记", []),
    ("分摊土地面积12.3平方米。业务编号2024001", []),
])  # fmt: skip
def test_what_a_note_says(note: str, live: list[str]) -> None:
    assert burdens(note)[0] == live


def test_a_burden_in_the_notes_or_on_a_stamp() -> None:
    (found,) = run_rule(BURDEN, packet(certificate(remarks=MORTGAGE)))
    assert (found.code, found.severity, found.detail["kinds"], found.fields) == (BURDEN, "major", ("抵押",), ("remarks",))
    (stamped,) = run_rule(BURDEN, packet(certificate(remarks="业务编号1", encumbrances="已查封")))
    assert stamped.fields == ("encumbrances",) and stamped.for_broker


def test_a_stamp_whose_burden_the_notes_release() -> None:
    doc = certificate(remarks="2019年设立的抵押权已于2022年注销登记。", encumbrances="已抵押")
    assert outcome(BURDEN, packet(doc)) == "passed"


def test_burdens_unsure_or_unread() -> None:
    assert [f.code for f in run_rule(BURDEN, packet(certificate(remarks=unsure(MORTGAGE))))] == ["low_confidence"]
    assert outcome(BURDEN, packet(certificate())) == "not_checked"
    assert outcome(BURDEN, packet(certificate(remarks="业务编号2024001"))) == "passed"


# --- consent ----------------------------------------------------------------------------------------------------------


def test_co_owners_and_spouse_that_are_there() -> None:
    assert outcome(CONSENT, packet(certificate("张伟、王芳", co_ownership="共同共有"))) == "passed"


def test_a_co_owner_in_no_document() -> None:
    (found,) = run_rule(CONSENT, packet(certificate("张伟、李强", co_ownership="按份共有")))
    assert (found.code, found.severity, found.detail["absent"]) == (CONSENT, "blocking", ("李强",))
    assert "李强" in found.for_broker and found.fields == ("owners", "co_ownership")
    (unsure_names,) = run_rule(CONSENT, packet(certificate(unsure("张伟、李强"))))
    assert unsure_names.code == "low_confidence"


def test_a_spouse_in_no_document() -> None:
    alone = case(certificate(), card("张伟", "borrower"), parties=(ME,), party_of={"card-borrower": "borrower"})
    (found,) = run_rule(CONSENT, alone)
    assert found.code == CONSENT and "配偶" in found.for_manager and found.for_broker
    named = case(certificate(), card("张伟", "borrower"), parties=(ME, SPOUSE), party_of={"card-borrower": "borrower"})
    assert [f.detail["absent"] for f in run_rule(CONSENT, named)] == [("王芳",)]
    wed = document("marriage_certificate", holder_name="张伟", spouse_name="王芳")
    assert run_rule(CONSENT, case(certificate(), wed, card("张伟", "borrower"), parties=(ME, SPOUSE))) == []


def test_a_pledgers_spouse() -> None:
    pledger = party("pledger", "李强", marital_status="married")
    papers = (certificate("李强"), card("李强", "pledger"))
    assert [f.code for f in run_rule(CONSENT, case(*papers, parties=(ME, pledger)))] == [CONSENT]
    wed = document("marriage_certificate", holder_name="李强", spouse_name="赵敏")
    assert run_rule(CONSENT, case(*papers, wed, parties=(ME, pledger))) == []


def test_single_owners_need_nobody_and_unknown_status_is_not_checked() -> None:
    single = case(certificate(), card("张伟", "borrower"), parties=(party("borrower", "张伟", marital_status="single"),))
    assert outcome(CONSENT, single) == "passed"
    assert outcome(CONSENT, case(certificate(), parties=(party("borrower", "张伟"),))) == "not_checked"
    assert outcome(CONSENT, packet(document("property_certificate"))) == "not_checked"
    assert outcome(CONSENT, packet(certificate("李强"))) == "not_checked"


def test_joint_ownership_with_one_name_is_for_a_person() -> None:
    (found,) = run_rule(CONSENT, packet(certificate(co_ownership="共同共有")))
    assert found.code == "low_confidence" and "共同共有" in found.for_manager


# --- term -------------------------------------------------------------------------------------------------------------


def test_a_loan_that_outlives_the_land() -> None:
    loan = Loan(months=360)
    (found,) = run_rule(TERM, packet(certificate(term_until="2050-01-01", usage="城镇住宅用地/住宅"), loan=loan))
    assert (found.code, found.for_broker) == ("term_too_long", "") and "自动续期" in found.for_manager
    assert {v.field for v in found.values} == {"term_until", "term_months"}
    assert run_rule(TERM, packet(certificate(term_until="2056-11-23"), loan=loan)) == []
    assert run_rule(TERM, packet(certificate(term_until="long-term"), loan=loan)) == []
    (shaky,) = run_rule(TERM, packet(certificate(term_until=unsure("2050-01-01")), loan=loan))
    assert shaky.code == "low_confidence"


def test_terms_that_cannot_be_compared() -> None:
    assert outcome(TERM, packet(certificate(term_until="2050-01-01"))) == "not_checked"
    assert outcome(TERM, packet(certificate(), loan=Loan(months=12))) == "not_checked"
    form = document("loan_application", term_months="360")
    assert [f.code for f in run_rule(TERM, packet(certificate(term_until="2050-01-01"), form))] == ["term_too_long"]


# --- how certificates print their owners, and what was not surely read ---------------------------------------------------


@pytest.mark.parametrize("owners", [
    "张伟、王芳（共同共有）", "张伟 王芳 共同共有", "张伟50%、王芳50%", "按份共有：张伟占1/2，王芳占1/2", "张伟（份额：99%）；王芳（份额：1%）",
    "张伟 110105198803151232、王芳 110105199005201228", "共有人：张伟、王芳",
])  # fmt: skip
def test_shares_and_numbers_beside_the_owners_are_nobodys_names(owners: str) -> None:
    for rule in (OWNER, CONSENT):
        assert run_rule(rule, packet(certificate(owners, co_ownership="共同共有"))) == []


def test_a_co_owner_beside_a_share_is_still_found() -> None:
    (found,) = run_rule(CONSENT, packet(certificate("张伟50%、李强50%")))
    assert (found.code, found.detail["absent"]) == (CONSENT, ("李强",))


@pytest.mark.parametrize("owners", ["张伟等2人", "张伟（共同共有）"])
def test_owners_of_whom_not_all_were_read_are_to_be_looked_at(owners: str) -> None:
    (found,) = run_rule(CONSENT, packet(certificate(owners)))
    assert found.code == "low_confidence"


def test_a_companys_name_that_was_not_surely_read_accuses_no_owner() -> None:
    deed, me = certificate("重庆示例科技有限公司"), party("company", "重庆示科科技有限公司")
    for name, code in ((unsure(me.name), "low_confidence"), (me.name, OWNER)):
        licence = document("business_licence", name=name)
        inferred = Party("company", "company", me.name)
        (found,) = run_rule(OWNER, case(deed, licence, product="enterprise", parties=[inferred], party_of={licence.id: "company"}))
        assert found.code == code


def test_the_spouse_of_a_representative_who_pledges_his_home_has_a_say() -> None:
    boss = party("legal_representative", "张伟")
    company = case(certificate("张伟"), card("张伟", "boss"), product="enterprise", parties=[boss], party_of={"card-boss": boss.id})
    assert outcome(CONSENT, company) == "not_checked"


def test_a_co_owner_whose_name_is_one_character_from_a_partys_is_to_be_looked_at() -> None:
    (found,) = run_rule(CONSENT, packet(certificate("张伟、王芬")))
    assert (found.code, found.detail["compared"]) == ("low_confidence", CONSENT)
