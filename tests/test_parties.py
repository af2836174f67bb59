"""Who is who, and whose paper each document is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import Document
from tests.builders import MAN, TODAY, WOMAN, books, card, deed, document, file_of, licence, marriage, proof, statement, unread, unsure
from validators import registry
from validators.model import Case, Declaration, Party
from validators.papers import sides
from validators.parties import assemble
from validators.policy import PolicyError

BROTHER = "110105198512011117"


def assembled(*documents: Document, product: str | None = None, parties: tuple[Party, ...] = ()) -> Case:
    """The case as the pipeline builds it."""
    return assemble(documents, file_of(*documents), Declaration("c", product, parties=parties), TODAY)


def declared(role: str, name: str, id_number: str = "", marital_status: str = "") -> Party:
    return Party(role, role, name, id_number, marital_status, inferred=False)  # type: ignore[arg-type]


def cast(case: Case) -> dict[str, str]:
    return {party.id: party.name for party in case.parties}


def codes(case: Case) -> set[str]:
    return {f.code for f in registry.run(case)[0] if f.severity in ("blocking", "major")}


def test_a_couple_is_found_and_said_to_be_inferred() -> None:
    case = assembled(card(), card("李娜", WOMAN, doc_id="wife"), marriage(), proof(), statement())
    assert case.policy.product == "personal_mortgage"
    assert cast(case) == {"borrower": "张伟", "spouse": "李娜"}
    assert all(p.inferred for p in case.parties)
    assert case.parties[0].marital_status == "married"
    assert dict(case.party_of) == {d: "borrower" for d in ("card", "marriage", "proof", "statement")} | {"wife": "spouse"}
    assert any("推断" in said and "张伟" in said for said in case.detail["assumptions"])


def test_the_wife_borrows_when_the_wages_are_hers() -> None:
    case = assembled(card(), card("李娜", WOMAN, doc_id="wife"), marriage(), proof("李娜", id_number=WOMAN), statement("李娜"))
    assert cast(case) == {"borrower": "李娜", "spouse": "张伟"}


def test_what_is_declared_stands() -> None:
    people = (declared("borrower", "李娜", WOMAN, "已婚"), declared("spouse", "张伟", MAN))
    case = assembled(card(), card("李娜", WOMAN, doc_id="wife"), proof(), product="personal_mortgage", parties=people)
    assert cast(case) == {"borrower": "李娜", "spouse": "张伟"}
    assert not any(p.inferred for p in case.parties)
    assert case.parties[0].marital_status == "married"
    assert case.party_of["card"] == "spouse"
    assert case.detail["assumptions"] == ()


def test_unknown_product_is_an_error() -> None:
    with pytest.raises(PolicyError, match="no product 'car_loan'"):
        assembled(card(), product="car_loan")


@pytest.mark.parametrize("name", ["张玮", "王强"])
def test_a_strangers_income_proof_is_the_borrowers_with_another_name(name: str) -> None:
    case = assembled(card(), proof(name, id_number=None), statement())
    assert case.party_of["proof"] == "borrower"
    assert cast(case)["borrower"] == "张伟"
    assert codes(case) == {"name_mismatch"}


def test_papers_find_their_party_over_slips_of_the_reader() -> None:
    case = assembled(card("王己"), card("李娜", WOMAN, doc_id="wife"), marriage("王己"), proof("王已"), statement("王 已"))
    assert case.party_of["proof"] == case.party_of["statement"] == "borrower"
    assert codes(case) == set()


def test_the_id_number_binds_more_than_the_name() -> None:
    people = (declared("borrower", "张伟", MAN), declared("guarantor", "张玮", BROTHER))
    case = assembled(proof("张玮", id_number=MAN), parties=people)
    assert case.party_of["proof"] == "borrower"


def test_two_brothers_are_two_persons() -> None:
    people = (declared("borrower", "张伟", MAN), declared("guarantor", "张玮", BROTHER))
    case = assembled(card(), card("张玮", BROTHER, doc_id="brother"), parties=people)
    assert dict(case.party_of) == {"card": "borrower", "brother": "guarantor"}


def test_married_without_a_named_spouse_still_asks_for_the_spouse() -> None:
    case = assembled(card(), proof(), statement(), parties=(declared("borrower", "张伟", MAN, "married"),))
    assert cast(case)["spouse"] == ""
    missing = [f.detail["document_type"] for f in registry.run(case)[0] if f.code == "missing_document"]
    assert sorted(missing) == ["marriage_certificate", "resident_id_card"]


def test_a_nameless_spouse_takes_the_name_of_the_card_that_must_be_hers() -> None:
    married = declared("borrower", "张伟", MAN, "married")
    case = assembled(card(), card("王刚", BROTHER, doc_id="other"), parties=(married,))
    assert cast(case)["spouse"] == "王刚"
    assert case.party_of["other"] == "spouse"


def test_a_single_borrower_gets_no_spouse() -> None:
    single = declared("borrower", "张伟", MAN, "single")
    case = assembled(card(), card("李娜", WOMAN, doc_id="other"), parties=(single,))
    assert cast(case) == {"borrower": "张伟"}
    assert any("不属于任何已知当事人" in said for said in case.detail["assumptions"])


def test_another_adult_of_the_same_sex_is_no_spouse() -> None:
    case = assembled(card(), card("王刚", BROTHER, doc_id="other"), proof(), statement())
    assert cast(case) == {"borrower": "张伟"}


def test_a_certificate_with_another_partner_is_said() -> None:
    wife = card("王芳", WOMAN, doc_id="wife")
    case = assembled(card(), wife, marriage(spouse_id_number=BROTHER), proof(), statement())
    assert cast(case)["spouse"] == "王芳"
    assert codes(case) == {"spouse_mismatch"}


def test_a_certificate_of_strangers_is_said() -> None:
    certificate = marriage("赵一", "钱二", holder_id_number=None, spouse_id_number=None)
    case = assembled(card(), card("李娜", WOMAN, doc_id="wife"), certificate, proof(), statement())
    assert "spouse_mismatch" in codes(case)


def test_enterprise_and_its_representative() -> None:
    papers = (licence(), card(), *(books(k) for k in ("balance_sheet", "income_statement", "cash_flow_statement")))
    case = assembled(*papers, statement("重庆示例科技有限公司"))
    assert case.policy.product == "enterprise"
    assert cast(case) == {"company": "重庆示例科技有限公司", "legal_representative": "张伟"}
    assert case.party_of["card"] == "legal_representative"
    assert {case.party_of[d.id] for d in case.documents if d.type != "resident_id_card"} == {"company"}


def test_enterprise_whose_representative_hands_in_another_persons_card() -> None:
    case = assembled(licence(), card("王强"), books("balance_sheet"), product="enterprise")
    assert "legal_representative_mismatch" in codes(case)
    assert ("legal_representative", "resident_id_card") not in {
        (f.detail["party"], f.detail["document_type"]) for f in registry.run(case)[0] if f.code == "missing_document"
    }


def test_enterprise_declared_as_the_borrower() -> None:
    case = assembled(licence(), card(), product="enterprise", parties=(declared("borrower", "重庆示例科技有限公司"),))
    assert {p.id: p.role for p in case.parties} == {"company": "company", "legal_representative": "legal_representative"}


def test_books_of_another_company_stay_the_companys_and_are_said() -> None:
    case = assembled(licence(), card(), books("balance_sheet", "成都别的商贸有限公司"), product="enterprise")
    assert case.party_of["balance_sheet"] == "company"
    assert "company_mismatch" in codes(case)


def test_business_loan_of_a_self_employed_person() -> None:
    shop = licence(name="渝北区老张小吃店", type="个体工商户", uscc="92350100M000100Y59")
    case = assembled(shop, card(), deed(), statement())
    assert case.policy.product == "personal_business"
    assert cast(case) == {"company": "渝北区老张小吃店", "borrower": "张伟"}


def test_business_loan_without_a_licence_asks_for_it() -> None:
    case = assembled(card(), deed(), statement(), product="personal_business")
    missing = [f.detail["document_type"] for f in registry.run(case)[0] if f.code == "missing_document"]
    assert missing == ["business_licence"]


def test_an_owner_with_a_card_pledges_the_property() -> None:
    case = assembled(licence(), card(), card("王刚", BROTHER, doc_id="father"), deed("王刚"), product="personal_business")
    assert cast(case)["pledger"] == "王刚"
    assert case.party_of["father"] == case.party_of["deed"] == "pledger"


def test_an_owner_who_is_nobody_stays_nobody() -> None:
    case = assembled(licence(), card(), deed("赵六"), product="personal_business")
    assert "deed" not in case.party_of
    assert "missing_document" not in {f.code for f in registry.run(case)[0] if f.detail.get("document_type") == "property_certificate"}


@pytest.mark.parametrize(
    ("papers", "product"),
    [
        ((card(), proof()), "personal_mortgage"),
        ((card(), proof(), licence()), "personal_mortgage"),
        ((card(), proof(), licence(), deed()), "personal_business"),
        ((card(), licence(), marriage(), books("balance_sheet")), "personal_business"),
        ((card(), licence(), books("balance_sheet")), "enterprise"),
        ((card(), licence(), statement()), "personal_business"),
        ((card(), licence(), statement("重庆示例科技有限公司"), deed()), "personal_business"),
        ((card(), licence(), statement("重庆示例科技有限公司")), "enterprise"),
        ((), "personal_mortgage"),
    ],
)
def test_product_out_of_the_papers(papers: tuple[Document, ...], product: str) -> None:
    case = assembled(*papers)
    assert case.policy.product == product
    assert any("未声明贷款产品" in said for said in case.detail["assumptions"])


# Cards in two halves.

FRONT_A, BACK_A = card(side="front", doc_id="fa"), card(side="back", doc_id="ba")
FRONT_B = card("李娜", WOMAN, side="front", doc_id="fb")
BACK_B = card("李娜", WOMAN, side="back", doc_id="bb")


def halves(*documents: Document) -> dict[str, frozenset[str]]:
    return {d.id: sides(d) for d in assembled(*documents).documents if d.type == "resident_id_card"}


def test_one_front_and_one_back_are_one_card() -> None:
    case = assembled(BACK_A, proof(), FRONT_A)
    (joined,) = [d for d in case.documents if d.type == "resident_id_card"]
    assert joined.id == "fa" and sides(joined) == {"front", "back"}
    assert [p.file for p in joined.pages] == ["fa.jpg", "ba.jpg"]
    assert joined.fields["valid_until"].evidence is not None and joined.fields["valid_until"].evidence.file == "ba.jpg"
    assert any("分别拍摄" in said for said in case.detail["assumptions"])


def test_one_front_and_one_back_of_another_region_stay_apart() -> None:
    elsewhere = card(side="back", doc_id="ba", issuing_authority="成都市公安局武侯分局")
    assert set(halves(FRONT_A, elsewhere)) == {"fa", "ba"}


def test_alternating_sides_pair_in_order() -> None:
    case = assembled(FRONT_A, BACK_A, FRONT_B, BACK_B)
    assert {d.id: [p.file for p in d.pages] for d in case.documents} == {
        "fa": ["fa.jpg", "ba.jpg"],
        "fb": ["fb.jpg", "bb.jpg"],
    }
    case = assembled(BACK_A, FRONT_A, BACK_B, FRONT_B)
    assert {d.id: [p.file for p in d.pages] for d in case.documents} == {
        "fa": ["fa.jpg", "ba.jpg"],
        "fb": ["fb.jpg", "bb.jpg"],
    }


def test_fronts_before_backs_of_one_place_stay_apart_and_nothing_is_called_missing() -> None:
    papers = (FRONT_A, FRONT_B, BACK_A, BACK_B)
    assert set(halves(*papers)) == {"fa", "fb", "ba", "bb"}
    assert "missing_side" not in codes(assembled(*papers))


def test_the_issuing_authority_pairs_what_order_does_not() -> None:
    fb = card("李娜", WOMAN, side="front", doc_id="fb", address="成都市武侯区示例街3号")
    bb = card("李娜", WOMAN, side="back", doc_id="bb", issuing_authority="成都市公安局武侯区分局")
    case = assembled(FRONT_A, fb, bb, BACK_A)
    assert {d.id: [p.file for p in d.pages] for d in case.documents} == {
        "fa": ["fa.jpg", "ba.jpg"],
        "fb": ["fb.jpg", "bb.jpg"],
    }


def test_the_names_of_files_pair_what_order_does_not() -> None:
    names = {"fa": "张伟-正面.jpg", "ba": "张伟-反面.jpg", "fb": "李娜-正面.jpg", "bb": "李娜-反面.jpg"}
    papers = [
        card(side="front", doc_id="fa", file=names["fa"]),
        card("李娜", WOMAN, side="front", doc_id="fb", file=names["fb"]),
        card("李娜", WOMAN, side="back", doc_id="bb", file=names["bb"]),
        card(side="back", doc_id="ba", file=names["ba"]),
    ]
    case = assembled(*papers)
    assert {d.id: [p.file for p in d.pages] for d in case.documents} == {
        "fa": ["张伟-正面.jpg", "张伟-反面.jpg"],
        "fb": ["李娜-正面.jpg", "李娜-反面.jpg"],
    }


KINDS = [
    card(), card("李娜", WOMAN, doc_id="wife"), card("王刚", BROTHER, doc_id="third"), FRONT_A, BACK_A, FRONT_B, BACK_B,
    card(name=unread(), id_number=unread(), doc_id="dim"), marriage(), marriage("王五", unread(), doc_id="m2"),
    proof(), proof(unsure("王五"), doc_id="p2"), statement(), statement("重庆示例科技有限公司", doc_id="s2"), licence(),
    licence(legal_representative=None, name=unread(), doc_id="l2"), deed("张伟、李娜"), deed(unread(), doc_id="d2"),
    books("balance_sheet"), books("income_statement", unread()), document("unknown"), document("credit_report", name="张伟"),
]  # fmt: skip


@given(
    st.lists(st.sampled_from(KINDS), unique_by=lambda d: d.id, max_size=9),
    st.sampled_from([None, "personal_mortgage", "personal_business", "enterprise"]),
)
def test_any_packet_becomes_a_case_on_which_no_rule_breaks(papers: list[Document], product: str | None) -> None:
    case = assembled(*papers, product=product)
    ids = [p.id for p in case.parties]
    assert len(ids) == len(set(ids))
    assert set(case.party_of.values()) <= set(ids)
    assert set(case.party_of) <= {d.id for d in case.documents}
    assert {(p.file, p.page) for d in papers for p in d.pages} == {(p.file, p.page) for d in case.documents for p in d.pages}
    _, checks = registry.run(case)
    assert [c.rule for c in checks if "出错" in c.reason] == []


def test_a_back_alone_is_nobodys_card() -> None:
    couple = (declared("borrower", "张伟", MAN), declared("spouse", "李娜", WOMAN))
    hers = card("李娜", WOMAN, doc_id="front", side="front", address="北京市朝阳区示例路1号")
    case = assembled(hers, card(doc_id="back", side="back", file="b.jpg", issuing_authority="重庆市公安局渝北区分局"), parties=couple)
    assert "back" not in case.party_of
    assert "missing_document" in codes(case)
