"""What people put right and decided, on a recorded packet: it counts at the next check, nothing is read again, and it can be taken back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from tests.test_golden import PACKETS, read
from validators import points
from validators.corrections import Correction, Corrections, Kind, keys_of
from worker.packet import load
from worker.pipeline import check_reads

DAY = date(2026, 11, 23)
READS = read("problems")
IDS = {each.record.name: f"file_{n}" for n, each in enumerate(READS, start=1)}


def gone(_name: str) -> bytes:
    """Nothing of a file is looked at in a re-check."""
    raise AssertionError("read again")


def check(*rows: tuple[Kind, str, dict[str, Any]], decisions: dict[str, str] | None = None) -> dict[str, Any]:
    corrections = tuple(Correction(f"corr_{n}", kind, document, content) for n, (kind, document, content) in enumerate(rows))
    people = Corrections(corrections, IDS, decisions or {})
    made = check_reads(READS, load(PACKETS / "problems").declaration, as_of=DAY, source=gone, people=people).report
    report: dict[str, Any] = json.loads(json.dumps(made))
    return report


PLAIN = check()
KEY = {each["id"]: each["key"] for each in PLAIN["documents"]}


def codes(report: dict[str, Any]) -> set[str]:
    return {each["code"] for each in report["findings"]}


def paper(report: dict[str, Any], key: str) -> dict[str, Any]:
    (found,) = [each for each in report["documents"] if each["key"] == key]
    return dict(found)


def finding(report: dict[str, Any], code: str) -> dict[str, Any]:
    return next(dict(each) for each in report["findings"] if each["code"] == code)


def test_papers_and_findings_bear_keys_of_their_own() -> None:
    assert len(set(KEY.values())) == len(KEY) and KEY["d1"] == "file_1:1:1" and KEY["d2"].startswith("file_1:1:")
    assert len({each["key"] for each in PLAIN["findings"]}) == len(PLAIN["findings"])
    assert {each["decision"] for each in PLAIN["findings"]} == {"open"}


def test_without_files_of_the_service_there_are_none() -> None:
    made = check_reads(READS, load(PACKETS / "problems").declaration, as_of=DAY, source=gone).report
    assert "key" not in made["documents"][0] and "decision" not in made["findings"][0]


def test_a_field_that_was_put_right_counts_and_keeps_what_was_read() -> None:
    was = paper(PLAIN, KEY["d4"])["fields"]["monthly_income"]
    report = check(("field", KEY["d4"], {"field": "monthly_income", "value": "14100.00"}))
    now = paper(report, KEY["d4"])["fields"]["monthly_income"]
    assert (now["value"], now["source"], now["confidence"]) == ("14100.00", "person", 1.0)
    assert (now["raw"], now["evidence"]) == (was["raw"], was["evidence"])
    assert "amount_words_mismatch" in codes(PLAIN) and "amount_words_mismatch" not in codes(report)


def test_a_field_that_is_not_there_goes() -> None:
    report = check(("field", KEY["d4"], {"field": "employer", "value": None}))
    assert "employer" not in paper(report, KEY["d4"])["fields"]


def test_the_last_word_counts() -> None:
    rows = [("field", KEY["d2"], {"field": "valid_until", "value": day}) for day in ("2020-01-01", "2036-03-27")]
    report = check(*rows)  # type: ignore[arg-type]
    assert paper(report, KEY["d2"])["fields"]["valid_until"]["value"] == "2036-03-27"
    assert "document_expired" not in codes(report)


def test_a_type_that_was_put_right_is_read_out_anew() -> None:
    report = check(("type", KEY["d4"], {"type": "unknown"}))
    assert paper(report, KEY["d4"])["type"] == "unknown" and "missing_document" in codes(report)
    back = check(("type", KEY["d4"], {"type": "unknown"}), ("type", KEY["d4"], {"type": "income_proof"}))
    assert paper(back, KEY["d4"])["fields"] == paper(PLAIN, KEY["d4"])["fields"]
    assert codes(check(("type", KEY["d4"], {"type": "no_such_type"}))) == codes(PLAIN)


def test_a_paper_can_be_given_to_another_party() -> None:
    report = check(("party", KEY["d4"], {"party": "spouse"}))
    assert paper(report, KEY["d4"])["party"] == "spouse"
    assert paper(check(("party", KEY["d4"], {"party": None})), KEY["d4"])["party"] is None
    assert paper(check(("party", KEY["d4"], {"party": "guarantor-9"})), KEY["d4"])["party"] == "borrower"


def test_a_paper_can_be_split_and_joined_again() -> None:
    page = KEY["d5"].split(":")[0]
    split: tuple[Kind, str, dict[str, Any]] = ("split", KEY["d5"], {"file": page, "page": 4})
    apart = check(split)
    second = f"{page}:4:1"
    assert [each["page"] for each in paper(apart, KEY["d5"])["pages"]] == [1, 2, 3]
    assert [each["page"] for each in paper(apart, second)["pages"]] == [4, 5]
    whole = check(split, ("join", KEY["d5"], {"other": second}))
    assert paper(whole, KEY["d5"])["fields"] == paper(PLAIN, KEY["d5"])["fields"]
    assert {each["key"] for each in whole["documents"]} == set(KEY.values())


def test_what_names_nothing_changes_nothing() -> None:
    rows: list[tuple[Kind, str, dict[str, Any]]] = [
        ("field", "file_9:1:1", {"field": "name", "value": "x"}), ("type", "file_9:1:1", {"type": "unknown"}),
        ("party", "file_9:1:1", {"party": "spouse"}), ("join", KEY["d5"], {"other": "file_9:1:1"}), ("join", KEY["d5"], {"other": KEY["d5"]}),
        ("split", KEY["d5"], {"file": "file_9", "page": 2}), ("split", KEY["d5"], {"file": KEY["d5"].split(":")[0], "page": 1}),
    ]  # fmt: skip
    same = check(*rows)
    for key in ("documents", "findings", "completeness", "verdict"):
        assert same[key] == PLAIN[key]


def test_what_is_waived_stays_in_the_report_and_counts_no_more() -> None:
    heavy = [each for each in PLAIN["findings"] if each["severity"] in ("blocking", "major")]
    waived = {each["key"]: "waived" for each in heavy}
    report = check(decisions=waived)
    assert (PLAIN["verdict"], report["verdict"]) == ("incomplete", "complete")
    assert codes(report) == codes(PLAIN) and finding(report, "document_expired")["decision"] == "waived"
    assert check(decisions=dict.fromkeys(waived, "confirmed"))["verdict"] == "incomplete"
    first, *rest = waived
    assert check(decisions=dict.fromkeys(rest, "waived"))["verdict"] != "complete", first


def test_a_missing_paper_that_is_waived_is_spared() -> None:
    rows: list[tuple[Kind, str, dict[str, Any]]] = [("type", KEY["d4"], {"type": "unknown"})]
    without = check(*rows)
    missing = finding(without, "missing_document")
    others = {each["key"]: "waived" for each in without["findings"] if each["severity"] in ("blocking", "major") and each != missing}
    assert check(*rows, decisions=others)["verdict"] == "incomplete"
    assert check(*rows, decisions={**others, missing["key"]: "waived"})["verdict"] == "complete"


def test_a_decision_holds_only_for_what_was_decided() -> None:
    """A finding that speaks of another value is another finding."""
    key = finding(PLAIN, "amount_words_mismatch")["key"]
    changed = check(("field", KEY["d4"], {"field": "monthly_income", "value": "99.00"}), decisions={key: "waived"})
    report = check(("field", KEY["d2"], {"field": "valid_until", "value": "2036-03-27"}), decisions={key: "waived"})
    assert finding(report, "amount_words_mismatch")["decision"] == "waived"  # an unrelated correction
    assert finding(changed, "amount_words_mismatch")["decision"] == "open"


def test_keys_count_the_papers_that_begin_on_a_page() -> None:
    assert keys_of([("a", 1), ("b", 1), ("a", 1)], {"a": "f1", "b": "f2"}) == ("f1:1:1", "f2:1:1", "f1:1:2")


def test_what_a_broker_claims_counts_and_a_manager_is_told() -> None:
    """His word makes the paper, and keeps the verdict open until a manager looked; what the bank said itself goes over it."""
    claim = Correction("corr_1", "type", KEY["d6"], {"type": "income_proof"}, claimed=True)
    bank = Correction("corr_2", "type", KEY["d6"], {"type": "unknown"})

    def of(*rows: Correction) -> dict[str, Any]:
        people = Corrections(rows, IDS)
        return dict(check_reads(READS, load(PACKETS / "problems").declaration, as_of=DAY, source=gone, people=people).report)

    told = of(claim)
    assert paper(told, KEY["d6"])["type"] == "income_proof"
    said = finding(told, "broker_claim")
    assert said["severity"] == "major" and said["documents"] == ["d6"] and "由经纪人指定" in said["for_manager"] and not said["for_broker"]
    settled = of(claim, bank)
    assert paper(settled, KEY["d6"])["type"] == "unknown" and "broker_claim" not in codes(settled)


def test_a_paper_of_a_kind_that_nothing_reads_can_be_claimed() -> None:
    told = check(("type", KEY["d6"], {"type": "household_register"}), ("party", KEY["d6"], {"party": "borrower"}))
    assert paper(told, KEY["d6"])["type"] == "household_register" and paper(told, KEY["d6"])["fields"] == {}
    assert next(row for row in told["completeness"] if row["requirement"] == "household_register")["status"] == "present"


def test_what_was_waived_is_asked_for_no_more() -> None:
    key = finding(PLAIN, "document_expired")["key"]
    assert "证件已过期" in PLAIN["supplement_notice"]
    assert "证件已过期" not in check(decisions={key: "waived"})["supplement_notice"]


def test_points_are_those_of_the_notice_and_hold_their_topic() -> None:
    found = points.listed(PLAIN)
    assert [each["title"] for each in found] == ["大小写金额不一致", "证件已过期"]
    assert all(each["ask"] in PLAIN["supplement_notice"] and each["spots"] for each in found)
    assert points.listed(PLAIN, [found[1]["key"]]) == [found[1]]
    changed = points.listed(check(("field", KEY["d4"], {"field": "monthly_income", "value": "99.00"})))
    assert changed[0]["topic"] == found[0]["topic"] and changed[0]["key"] != found[0]["key"]
    listed = finding(PLAIN, "running_balance_broken")["key"]
    assert len(points.listed(check(decisions={listed: "noticed", found[0]["key"]: "waived"}))) == 2
