"""Rules on what is there: for each one that fires, one that does not, one that cannot be checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from extractors.model import Document, Quality
from tests.builders import (
    MAN,
    WOMAN,
    books,
    card,
    case,
    document,
    file_of,
    licence,
    marriage,
    outcome,
    party,
    proof,
    read,
    run_rule,
    statement,
    unchecked,
    unread,
    unsure,
)
from validators.model import Case

SINGLE = party("borrower", "张伟", MAN, "single")
MARRIED = party("borrower", "张伟", MAN, "married")
GREY = Quality(warnings=("photocopy",))


def packet(*documents: Document, parties: Any = (SINGLE,), party_of: Any = None, **more: Any) -> Case:
    """A case in which every paper is the borrower's unless said otherwise."""
    return case(*documents, parties=parties, party_of={d.id: "borrower" for d in documents} | (party_of or {}), **more)


def lacking(case: Case) -> list[tuple[str, str]]:
    return [(f.detail["party"], f.detail["document_type"]) for f in run_rule("missing_document", case)]


def test_nothing_is_missing_for_a_single_borrower() -> None:
    assert outcome("missing_document", packet(card(), proof(), statement())) == "passed"


def test_missing_document_fires() -> None:
    (finding,) = run_rule("missing_document", packet(card(), statement()))
    assert (finding.code, finding.severity) == ("missing_document", "blocking")
    assert finding.detail["document_type"] == "income_proof"
    assert "张伟" in finding.for_manager and "公章" in finding.for_broker


def test_married_asks_for_certificate_and_spouses_card() -> None:
    people = (MARRIED, party("spouse", "李娜", WOMAN))
    missing = lacking(packet(card(), proof(), statement(), parties=people))
    assert missing == [("spouse", "resident_id_card"), ("borrower", "marriage_certificate")]
    wife = card("李娜", WOMAN, doc_id="wife")
    whole = packet(card(), wife, marriage(), proof(), statement(), parties=people, party_of={"wife": "spouse"})
    assert lacking(whole) == []


def test_unknown_marital_status_is_said() -> None:
    assert outcome("missing_document", packet(card(), proof(), statement(), parties=(party("borrower"),))) == "not_checked"


def test_a_licence_stands_for_the_income_proof_of_who_represents_it() -> None:
    company = party("company", "重庆示例科技有限公司")
    papers = (card(), licence(), statement())
    assert lacking(packet(*papers, parties=(SINGLE, company), party_of={"licence": "company"})) == []
    other = (card(), licence(legal_representative="王强"), statement())
    assert lacking(packet(*other, parties=(SINGLE, company), party_of={"licence": "company"})) == [("borrower", "income_proof")]


def test_enterprise_asks_for_books_and_the_representatives_card() -> None:
    company, chief = party("company", "重庆示例科技有限公司"), party("legal_representative")
    papers = [licence(), books("balance_sheet"), books("income_statement"), statement("重庆示例科技有限公司")]
    found = case(*papers, parties=(company, chief), party_of={d.id: "company" for d in papers}, product="enterprise")
    assert lacking(found) == [("legal_representative", "resident_id_card"), ("company", "cash_flow_statement")]


def test_optional_rows_never_make_findings() -> None:
    asked = {f.detail["document_type"] for f in run_rule("missing_document", packet())}
    assert asked == {"resident_id_card", "income_proof", "bank_statement"}


def test_missing_side() -> None:
    assert outcome("missing_side", packet(card())) == "passed"
    (finding,) = run_rule("missing_side", packet(card(side="front")))
    assert finding.code == "missing_side" and "国徽面" in finding.for_broker
    (finding,) = run_rule("missing_side", packet(card(side="back")))
    assert "人像面" in finding.for_broker


def test_missing_side_is_no_matter_beside_a_whole_card_of_the_same_person() -> None:
    assert run_rule("missing_side", packet(card(), card(doc_id="again", side="front"))) == []


def test_missing_side_with_as_many_backs_as_fronts_is_not_checked() -> None:
    halves = [card(side=s, doc_id=f"{s}{i}") for i in (1, 2) for s in ("front", "back")]
    assert outcome("missing_side", case(*halves)) == "not_checked"
    assert len(run_rule("missing_side", case(*halves[:3]))) == 2  # which front the one back belongs to cannot be told


def test_missing_side_without_sides_is_told_from_the_fields() -> None:
    front_only = card(side="front", sides=None)
    assert [f.code for f in run_rule("missing_side", packet(front_only))] == ["missing_side"]
    assert outcome("missing_side", packet(document("resident_id_card"))) == "not_checked"


def test_missing_field() -> None:
    assert outcome("missing_field", packet(card(), proof())) == "passed"
    (finding,) = run_rule("missing_field", packet(proof(employer=None, issued_on=unread())))
    assert finding.fields == ("employer", "issued_on")
    assert "工作单位" in finding.for_manager and "开具日期" in finding.for_broker


def test_missing_field_takes_either_of_two() -> None:
    assert run_rule("missing_field", packet(proof(monthly_income=None, annual_income="180000.00"))) == []
    assert run_rule("missing_field", packet(licence(uscc=None, registration_number="500000400005831"))) == []
    assert len(run_rule("missing_field", packet(licence(uscc=None)))) == 1


def test_missing_field_asks_a_card_only_for_the_sides_that_are_there() -> None:
    assert run_rule("missing_field", packet(card(side="front"))) == []


@pytest.mark.parametrize(("paper", "fields"), [
    (card(ethnicity=None, address=None), ("ethnicity", "address")),
    (proof(monthly_income=None, amount_in_words="15000.00"), ("monthly_income", "annual_income")),
    (proof(name="", employee_name=None), ("employee_name",)),
    (marriage(registered_on=None), ("registered_on",)),
])  # fmt: skip
def test_what_describes_or_is_said_elsewhere_is_to_be_looked_at(paper: Document, fields: tuple[str, ...]) -> None:
    (finding,) = run_rule("missing_field", packet(paper))
    assert (finding.code, finding.fields, finding.detail["compared"]) == ("low_confidence", fields, "missing_field")
    assert "对照原图" in finding.for_manager and outcome("missing_field", packet(paper)) == "warned"


def test_what_stands_there_unclear_is_no_blank() -> None:
    unclear = packet(proof(issued_on=unread("2026年0.4")))
    assert run_rule("missing_field", unclear) == []
    assert [f.fields for f in run_rule("low_confidence", unclear)] == [("issued_on",)]
    for blank in (unread("年 月 日"), unread("____"), None):
        assert [f.code for f in run_rule("missing_field", packet(proof(issued_on=blank)))] == ["missing_field"]


def test_missing_seal() -> None:
    assert outcome("missing_seal", packet(proof())) == "passed"
    assert [f.code for f in run_rule("missing_seal", packet(proof(has_seal="false")))] == ["missing_seal"]
    assert [f.code for f in run_rule("missing_seal", packet(proof(has_seal=unsure("false"))))] == ["low_confidence"]
    assert outcome("missing_seal", packet(proof(has_seal=None))) == "not_checked"
    assert outcome("missing_seal", packet(proof(has_seal="false", quality=GREY))) == "not_checked"


def test_unknown_document() -> None:
    assert outcome("unknown_document", packet(card())) == "passed"
    (finding,) = run_rule("unknown_document", packet(document("unknown")))
    assert (finding.code, finding.severity) == ("unknown_document", "minor")
    blank = document("unknown", quality=Quality(unreadable=("blank",)))
    assert "空白页" in run_rule("unknown_document", packet(blank))[0].for_manager


def test_unknown_document_leaves_what_cannot_be_seen_to_another_rule() -> None:
    assert run_rule("unknown_document", packet(document("unknown", quality=Quality(unreadable=("blurred",))))) == []


def test_duplicate_document_by_content() -> None:
    again = card(doc_id="again")
    assert [f.documents for f in run_rule("duplicate_document", packet(card(), again))] == [("card", "again")]
    assert run_rule("duplicate_document", packet(card(), card("李娜", WOMAN, doc_id="wife"))) == []
    assert run_rule("duplicate_document", packet(card(side="front"), card(side="back", doc_id="back"))) == []
    assert run_rule("duplicate_document", packet(card(), card(id_number=unread(), doc_id="again"))) == []


def test_duplicate_document_by_file_is_said_once() -> None:
    papers = (card(), card(doc_id="again"))
    first, second = file_of(*papers)
    files = (first, replace(second, sha256=first.sha256))
    (finding,) = run_rule("duplicate_document", packet(*papers, files=files))
    assert finding.detail["files"] == ("card.jpg", "again.jpg")


def test_two_booklets_of_one_marriage_are_no_copies() -> None:
    other = marriage("李娜", "张伟", doc_id="hers")
    assert run_rule("duplicate_document", packet(marriage(), other)) == []


@pytest.mark.parametrize(("issued", "expected"), [("2026-11-02", []), ("2026-08-25", []), ("2026-08-24", ["document_too_old"])])
def test_income_proof_too_old(issued: str, expected: list[str]) -> None:
    assert [f.code for f in run_rule("document_too_old", packet(proof(issued_on=issued)))] == expected


def test_only_the_newest_of_several_counts() -> None:
    old = statement(doc_id="old", period_until="2026-04-30")
    assert run_rule("document_too_old", packet(old, statement())) == []
    assert [f.documents for f in run_rule("document_too_old", packet(old))] == [("old",)]


def test_books_are_as_young_as_the_youngest_of_them() -> None:
    company = party("company", "重庆示例科技有限公司")
    sheet, old = books("balance_sheet"), books("income_statement", period_until="2024-12-31")
    for papers, expected in (((sheet, old), []), ((old,), ["document_too_old"])):
        owned = {d.id: "company" for d in papers}
        found = run_rule("document_too_old", case(*papers, parties=(company,), party_of=owned, product="enterprise"))
        assert [f.code for f in found] == expected


def test_too_old_unsure_and_unread() -> None:
    assert [f.code for f in run_rule("document_too_old", packet(proof(issued_on=unsure("2025-01-01"))))] == ["low_confidence"]
    assert outcome("document_too_old", packet(proof(issued_on=unread()))) == "not_checked"
    assert outcome("document_too_old", packet(card())) == "not_applicable"


def test_date_in_future() -> None:
    assert outcome("date_in_future", packet(card(), proof())) == "passed"
    (finding,) = run_rule("date_in_future", packet(proof(issued_on="2026-11-24")))
    assert finding.code == "date_in_future" and finding.fields == ("issued_on",)
    assert [f.code for f in run_rule("date_in_future", packet(proof(issued_on=unsure("2027-01-01"))))] == ["low_confidence"]
    assert outcome("date_in_future", packet(proof(issued_on=unread()))) == "not_checked"


def test_low_confidence_names_each_unsure_field_of_a_document_once() -> None:
    assert outcome("low_confidence", packet(card(), proof())) == "passed"
    (finding,) = run_rule("low_confidence", packet(card(name=unsure("张伟"), address=unsure("北京"))))
    assert finding.fields == ("name", "address")
    assert "姓名（读作“张伟”）" in finding.for_manager


def test_low_confidence_shows_proposals_and_never_takes_them_over() -> None:
    doubtful = read("1101O5198803151232", proposal=MAN)
    (finding,) = run_rule("low_confidence", packet(card(id_number=doubtful)))
    assert finding.detail["proposals"] == {"id_number": MAN}
    assert finding.values[0].value == "1101O5198803151232"


def test_low_confidence_with_many_fields_stays_one_short_sentence() -> None:
    sheet = document("balance_sheet", **{f"other:科目{i}.end": unsure("1.00") for i in range(40)})
    (finding,) = run_rule("low_confidence", packet(sheet))
    assert len(finding.fields) == 40 and "等40项" in finding.for_manager and len(finding.for_manager) < 400


def test_what_is_unread_is_said_as_a_reason() -> None:
    assert "开具日期" in unchecked("document_too_old", packet(proof(issued_on=unread())))[0].reason


# --- two pictures of one paper ------------------------------------------------------------------------------------------


def test_a_copy_is_told_over_slips_of_the_reader() -> None:
    again = proof(doc_id="again", issued_on=unsure("2026-11-62"), position="工程师", monthly_income=unsure("15800.00"))
    assert [f.documents for f in run_rule("duplicate_document", packet(proof(), again))] == [("proof", "again")]
    for other in (proof(doc_id="again", issued_on="2026-10-02"), proof(name="李娜", doc_id="again", employee_name="李娜")):
        assert run_rule("duplicate_document", packet(proof(), other)) == []


def test_two_proofs_of_one_day_by_two_employers_are_no_copies() -> None:
    fields = {"employer": "成都样本贸易有限公司", "seal_text": "成都样本贸易有限公司", "monthly_income": "3000.00"}
    assert run_rule("duplicate_document", packet(proof(), proof(doc_id="second", **fields))) == []


def test_pages_of_one_statement_are_no_copies() -> None:
    rows = [{"date": f"2026-{m:02d}-10", "summary": "x", "amount": "1.00", "balance": f"{m}.00"} for m in range(1, 7)]
    first, second = (statement(doc_id=f"s{n}", transactions=part) for n, part in enumerate((rows[:3], rows[3:])))
    assert run_rule("duplicate_document", packet(first, second)) == []
    assert len(run_rule("duplicate_document", packet(first, statement(doc_id="s2", transactions=rows[:3])))) == 1


def test_a_proof_of_which_next_to_nothing_was_read_is_not_said_to_lack_its_seal() -> None:
    blurred = proof(employee_name=None, id_number=None, employer=None, monthly_income=None, issued_on=None, has_seal="false")
    assert outcome("missing_seal", packet(blurred)) == "not_checked"


def test_a_number_cut_off_by_a_seal_is_no_other_certificate() -> None:
    whole, cut = marriage(), marriage(doc_id="again", certificate_number=unsure("J500105"))
    whole = replace(whole, fields={**whole.fields, "certificate_number": read("J500105-2011-002669")})
    assert [f.documents for f in run_rule("duplicate_document", packet(whole, cut))] == [(whole.id, "again")]
    other = replace(cut, fields={**cut.fields, "certificate_number": read("J110101-2015-000001")})
    assert run_rule("duplicate_document", packet(whole, other)) == []
