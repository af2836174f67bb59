"""Rules on ID cards: for each one that fires, one that does not, one that cannot be checked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.numbers import resident_id
from tests.builders import MAN, WOMAN, card, case, document, marriage, outcome, party, proof, read, run_rule, unchecked, unread, unsure
from validators.cards import lawful_years


def codes(rule_id: str, *documents: object, **more: object) -> list[str]:
    return [f.code for f in run_rule(rule_id, case(*documents, **more))]  # type: ignore[arg-type]


def test_checksum_of_a_sound_number_passes() -> None:
    assert outcome("id_checksum", case(card(), proof())) == "passed"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("110105198803151233", "checksum"),
        ("110105198802301239", "date"),
        ("11010519880315123", "length"),
        ("110105880315123", "legacy"),
        ("990105198803151232", "checksum"),
    ],
)
def test_checksum_fires(number: str, reason: str) -> None:
    (finding,) = run_rule("id_checksum", case(card(id_number=number)))
    assert finding.code == "id_checksum" and finding.severity == "major"
    assert finding.detail["reason"] == reason
    assert finding.values[0].evidence is not None
    assert number in finding.for_manager and "card.jpg" in finding.for_manager


def test_checksum_fires_on_any_paper_that_bears_a_number() -> None:
    assert codes("id_checksum", proof(id_number="110105198803151233")) == ["id_checksum"]
    (finding,) = run_rule("id_checksum", case(marriage(spouse_id_number="110105199005201229")))
    assert finding.fields == ("spouse_id_number",)


def test_checksum_offers_the_one_reading_that_fits_as_a_proposal() -> None:
    wrong = MAN.replace("0", "O", 1)
    (finding,) = run_rule("id_checksum", case(card(id_number=wrong)))
    assert finding.detail["proposal"] == MAN
    assert finding.values[0].value == wrong


def test_checksum_of_an_unsure_reading_is_a_doubt_not_a_fault() -> None:
    assert codes("id_checksum", card(id_number=unsure("110105198803151233"))) == ["low_confidence"]


def test_checksum_with_an_unknown_region_is_a_doubt_but_an_unknown_province_a_fault() -> None:
    for prefix, expected in (("119999", "low_confidence"), ("200101", "id_checksum")):
        body = prefix + "19880315123"
        assert codes("id_checksum", card(id_number=body + resident_id.calc_check_digit(body))) == [expected]


def test_checksum_of_an_unread_number_is_not_checked() -> None:
    assert outcome("id_checksum", case(card(id_number=unread()))) == "not_checked"
    assert outcome("id_checksum", case(card(id_number=None))) == "not_checked"


def test_checksum_leaves_masked_numbers_alone() -> None:
    assert codes("id_checksum", proof(id_number="110105********1232")) == []


def test_birth_mismatch() -> None:
    assert codes("id_birth_mismatch", card()) == []
    assert codes("id_birth_mismatch", card(birth_date="1988-03-16")) == ["id_birth_mismatch"]
    assert codes("id_birth_mismatch", card(birth_date=unsure("1988-03-16"))) == ["low_confidence"]
    for unclear in ({"birth_date": None}, {"id_number": unread()}, {"id_number": "110105198803151233"}):
        assert outcome("id_birth_mismatch", case(card(**unclear))) == "not_checked"


def test_birth_is_not_asked_of_a_back_alone() -> None:
    assert unchecked("id_birth_mismatch", case(card(side="back"))) == []


def test_sex_mismatch() -> None:
    assert codes("id_sex_mismatch", card()) == []
    assert codes("id_sex_mismatch", card(sex="女")) == ["id_sex_mismatch"]
    assert codes("id_sex_mismatch", card(sex=unsure("女"))) == ["low_confidence"]
    assert outcome("id_sex_mismatch", case(card(sex=unread()))) == "not_checked"


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2018-04-01", "2038-04-01", []),  # 30 years old: 20 years
        ("2018-04-01", "2028-04-01", ["id_validity_period"]),
        ("2018-04-01", "long-term", ["id_validity_period"]),
        ("2012-04-01", "2022-04-01", []),  # 24 years old: 10 years
        ("2000-04-01", "2005-04-01", []),  # 12 years old: 5 years
        ("2014-04-01", "2024-04-01", []),  # 26 since a fortnight, asked for at 25: either is lawful
        ("2018-04-01", "2038-03-31", []),
        ("2018-04-01", "2037-01-01", ["id_validity_period"]),
    ],
)
def test_validity_period(since: str, until: str, expected: list[str]) -> None:
    assert codes("id_validity_period", card(valid_from=since, valid_until=until)) == expected


def test_validity_period_without_birth_or_days_is_not_checked() -> None:
    assert outcome("id_validity_period", case(card(valid_until=unread()))) == "not_checked"
    assert outcome("id_validity_period", case(card(side="back"))) == "not_checked"
    assert codes("id_validity_period", card(valid_until=unsure("2028-04-01"))) == ["low_confidence"]


@given(st.integers(0, 120))
def test_lawful_years_never_grow_shorter_with_age(age: int) -> None:
    assert lawful_years(age)[0] <= lawful_years(age + 1)[0]


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2038-04-01", []),
        ("long-term", []),
        ("2026-11-22", ["document_expired"]),
        ("2026-11-23", ["document_expires_soon"]),
        ("2027-02-21", ["document_expires_soon"]),
        ("2027-02-22", []),
    ],
)
def test_card_expiry(until: str, expected: list[str]) -> None:
    assert codes("id_card_expiry", card(valid_until=until)) == expected


def test_card_expiry_is_judged_on_the_day_of_the_check() -> None:
    assert codes("id_card_expiry", card(valid_until="2026-11-22"), as_of=date(2026, 7, 1)) == []


def test_card_expiry_unsure_and_unread() -> None:
    assert codes("id_card_expiry", card(valid_until=unsure("2020-04-01"))) == ["low_confidence"]
    assert outcome("id_card_expiry", case(card(valid_until=unread()))) == "not_checked"


def test_an_old_card_beside_a_valid_one_of_the_same_person_is_no_finding() -> None:
    old, new = card(doc_id="old", valid_until="2020-04-01"), card(doc_id="new")
    both = case(old, new, parties=[party("borrower")], party_of={"old": "borrower", "new": "borrower"})
    assert run_rule("id_card_expiry", both) == []
    strangers = case(old, card("李娜", WOMAN, doc_id="new"), parties=[party("borrower")], party_of={"old": "borrower"})
    assert [f.code for f in run_rule("id_card_expiry", strangers)] == ["document_expired"]


@pytest.mark.parametrize(
    "rule_id", ["id_checksum", "id_birth_mismatch", "id_sex_mismatch", "id_validity_period", "id_card_expiry"]
)
def test_without_a_card_the_rules_do_not_apply(rule_id: str) -> None:
    assert outcome(rule_id, case(document("property_certificate"))) == "not_applicable"


# --- slips of the reader -------------------------------------------------------------------------------------------------


def test_one_wrong_number_is_told_once_for_all_papers_that_bear_it() -> None:
    wrong = MAN[:-1] + "9"
    (finding,) = run_rule("id_checksum", case(card(id_number=wrong), marriage(holder_id_number=wrong), proof(id_number=wrong)))
    assert (finding.code, finding.documents) == ("id_checksum", ("card", "marriage", "proof"))
    assert "结婚证、收入证明上的号码与此相同" in finding.for_manager


def test_a_number_that_a_look_alike_digit_makes_another_papers_is_a_doubt() -> None:
    slip = MAN.replace("3", "8", 1)
    (finding,) = run_rule("id_checksum", case(card(), proof(id_number=slip)))
    assert (finding.code, finding.detail["proposal"], finding.detail["compared"]) == ("low_confidence", MAN, "id_checksum")
    (finding,) = run_rule("id_checksum", case(card(), proof(id_number=WOMAN[:-1] + "1")))
    assert finding.code == "id_checksum"


@pytest.mark.parametrize(("rule", "fields"), [
    ("id_birth_mismatch", {"birth_date": "1983-03-15"}),
    ("id_card_expiry", {"valid_from": "2005-04-01", "valid_until": "2025-04-01"}),  # 2028 would do
    ("id_validity_period", {"valid_until": "2033-04-01"}),
    ("date_in_future", {"valid_from": "2078-04-01"}),
])  # fmt: skip
def test_a_day_that_one_look_alike_digit_mends_must_be_read_very_surely(rule: str, fields: dict[str, str]) -> None:
    for confidence, doubted in ((0.95, True), (0.99, rule == "date_in_future")):
        found = run_rule(rule, case(card(**{name: read(day, confidence) for name, day in fields.items()})))
        assert [f.code == "low_confidence" for f in found] == [doubted], (rule, confidence)
