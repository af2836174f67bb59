"""The report: its shape by the contract, its verdict, and that the same inputs give the same bytes."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import Document
from tests.builders import (
    MAN,
    TODAY,
    WOMAN,
    bad_file,
    card,
    document,
    file_of,
    marriage,
    proof,
    read,
    statement,
    unsure,
)
from validators import registry, report
from validators.codes import finding
from validators.model import Case, Declaration, Finding, Party
from validators.parties import assemble

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SINGLE = Party("borrower", "borrower", "张伟", MAN, "single", inferred=False)


def made(*documents: Document, files: Any = (), parties: tuple[Party, ...] = (SINGLE,)) -> tuple[Case, list[Finding], Any]:
    declaration = Declaration("c-1", "personal_mortgage", parties=parties)
    case = assemble(documents, (*file_of(*documents), *files), declaration, TODAY)
    findings, checks = registry.run(case)
    return case, list(findings), checks


def built(*documents: Document, files: Any = (), parties: tuple[Party, ...] = (SINGLE,)) -> dict[str, Any]:
    case, findings, checks = made(*documents, files=files, parties=parties)
    return report.build(case, findings, checks, {"read": 1.25}, NOW, case_id="c-1")


def test_report_has_what_the_contract_names() -> None:
    told = built(card(), proof(), statement())
    assert list(told) == [
        "schema_version", "case_id", "report_version", "checked_at", "as_of", "product", "verdict", "completeness",
        "loan", "parties", "assumptions", "files", "documents", "findings", "checks", "supplement_notice", "policy", "timings",
    ]  # fmt: skip
    assert told["checked_at"] == "2026-11-23T09:30:00+00:00"
    assert (told["as_of"], told["case_id"], told["timings"]) == ("2026-11-23", "c-1", {"read": 1.25})
    assert json.loads(json.dumps(told, ensure_ascii=False)) == told


def test_a_sound_packet_is_complete() -> None:
    told = built(card(), proof(), statement())
    assert told["verdict"] == "complete", told["findings"]
    assert {row["status"] for row in told["completeness"]} == {"present"}
    assert told["supplement_notice"] == ""
    assert {c["rule"] for c in told["checks"]} == {r.id for r in registry.all_rules()}


def test_fields_carry_evidence_and_proposals_only_where_there_are_any() -> None:
    told = built(card(id_number=read("1101O5198803151232", proposal=MAN)), proof(), statement())
    fields = told["documents"][0]["fields"]
    assert fields["name"] == {
        "value": "张伟",
        "raw": "张伟",
        "confidence": 0.99,
        "evidence": {"file": "card.jpg", "page": 1, "box": [0.1, 0.2, 0.4, 0.25]},
        "source": "ocr",
    }
    assert fields["id_number"]["proposal"] == MAN
    assert fields["id_number"]["value"] == "1101O5198803151232"
    rows = told["documents"][2]["fields"]["transactions"]["value"]
    assert rows[0]["amount"] == "15000.00"


@pytest.mark.parametrize(
    ("papers", "verdict"),
    [
        ((card(), statement()), "incomplete"),
        ((card(side="front"), proof(), statement()), "incomplete"),
        ((card(valid_until="2020-04-01"), proof(), statement()), "incomplete"),
        ((card(), proof("王强", id_number=None), statement()), "discrepant"),
        ((card(), proof(has_seal="false", seal_text=None), statement()), "discrepant"),
        ((card(valid_until="2038-03-31"), proof(employer=unsure("重庆示例科技有限公司")), statement()), "complete"),
        ((card(), proof(), statement(), document("unknown")), "complete"),
    ],
)
def test_verdict(papers: tuple[Document, ...], verdict: str) -> None:
    assert built(*papers)["verdict"] == verdict


def test_a_file_that_cannot_be_opened_makes_the_packet_incomplete() -> None:
    told = built(card(), proof(), statement(), files=[bad_file("x.pdf")])
    assert told["verdict"] == "incomplete"
    assert told["files"][-1] == {
        "name": "x.pdf",
        "sha256": "f" * 64,
        "pages": 0,
        "error": {"code": "damaged", "sentence": "文件已损坏，请重新导出后上传。"},
    }


def test_status_of_rows() -> None:
    told = built(card(side="front"), statement(), document("credit_report", name="张伟"))
    rows = {row["requirement"]: (row["status"], row["documents"], row["mandatory"]) for row in told["completeness"]}
    assert rows["borrower_id_card"] == ("unusable", ["card"], True)
    assert rows["income_proof"] == ("missing", [], True)
    assert rows["bank_statement"] == ("present", ["statement"], True)
    assert rows["credit_report"] == ("present", ["credit_report"], False)
    assert "household_register" not in rows  # optional and absent


def test_findings_stand_by_weight() -> None:
    told = built(card(), proof(has_seal="false"), document("unknown"))
    weights = [f["severity"] for f in told["findings"]]
    assert weights == sorted(weights, key=["blocking", "major", "minor", "info"].index)
    assert {"code", "severity", "title", "documents", "fields", "values", "for_manager", "for_broker", "detail"} == set(told["findings"][0])


@given(st.integers(0, 10**6))
def test_the_order_in_which_rules_speak_does_not_show(seed: int) -> None:
    papers = (card(valid_until="2020-01-01"), card("李娜", WOMAN, doc_id="wife"), marriage(), proof("王强"), document("unknown"))
    case, findings, checks = made(*papers)
    mixed, mixed_checks = list(findings), list(checks)
    random.Random(seed).shuffle(mixed)
    random.Random(seed).shuffle(mixed_checks)
    first = report.build(case, findings, checks, {}, NOW, case_id="c")
    second = report.build(case, mixed, mixed_checks, {}, NOW, case_id="c")
    assert json.dumps(first) == json.dumps(second)


def test_checked_at_needs_a_time_zone() -> None:
    case, findings, checks = made(card())
    with pytest.raises(ValueError, match="time zone"):
        report.build(case, findings, checks, {}, datetime(2026, 11, 23), case_id="c")


def test_policy_tells_the_limits_with_their_source() -> None:
    policy = built(card())["policy"]
    assert policy["product"] == "personal_mortgage" and policy["version"] and policy["effective_from"]
    assert policy["limits"]["debt_to_income_max"]["value"] == 0.55
    assert "57号" in policy["limits"]["debt_to_income_max"]["source"]


def test_assumptions_are_told() -> None:
    told = built(card(), proof(), statement(), parties=())
    assert told["parties"][0]["inferred"] is True
    assert any("推断" in said for said in told["assumptions"])


def test_a_code_that_the_contract_lacks_cannot_be_given() -> None:
    with pytest.raises(KeyError):
        finding("no_such_code", for_manager="")


def test_plain_values() -> None:
    assert report.plain({"a": (1, {"b": TODAY}), "c": {3, 1}}) == {"a": [1, {"b": "2026-11-23"}], "c": [1, 3]}
