"""The matrix of access, and what of the bank's own goes out to a broker agency: nothing, by no route."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.http.routes import events
from tests.access import EVERYBODY, TABLE, matrix
from tests.service import FINDING, GOLDEN, Bank, Made, bank, checked_case, fresh_key


@pytest.mark.timeout(600)
def test_everybody_is_answered_as_the_table_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LONGEST_S", 0.0)
    result = matrix(tmp_path)
    assert result.wrong == []
    assert result.routes == len(TABLE) and result.requests > 10 * len(TABLE) and len(EVERYBODY) > 15


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return bank(tmp_path_factory.mktemp("bank"))


@pytest.fixture(scope="module")
def made(here: Bank) -> Made:
    return checked_case(here)


def seen_by(here: Bank, made: Made, who: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    """Every GET of the case and every list, as `who` gets it."""
    monkeypatch.setattr(events, "LONGEST_S", 0.01)
    client = here.client(who)
    for route in TABLE:
        method, path = route.split(" ")
        if method == "GET" and TABLE[route].get(who) == 200:
            given = {"case_id": made.case, "file_id": made.file, "upload_id": made.upload, "version": "2", "product": "enterprise",
                     "webhook_id": "hook_x", "form": "pdf"}  # fmt: skip
            if "{webhook_id}" in path or "{form}" in path:
                continue
            answer = client.get(path.format(**given))
            assert answer.status_code == 200, (route, answer.text)
            yield route, answer.text


BANKS_OWN = ("疑似流水造假", "for_manager", "\"incomplete\"", "verdict\":\"", "limits\":{", "not_checked", "effective_from", "assumptions\":[")
"""The bank's note, risk points for the manager, verdicts, limits, checks, assumptions."""


def test_a_broker_gets_nothing_of_the_banks_own(here: Bank, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = json.loads(GOLDEN.read_text(encoding="utf-8"))
    doubts = [each["for_manager"] for each in kept["findings"]] + [each["reason"] for each in kept["checks"] if each["reason"]]
    others = [here.organisations[name] for name in ("blue", "green", "b", "south", "far")]
    answers = list(seen_by(here, made, "red", monkeypatch))
    assert len(answers) > 15
    for route, text in answers:
        assert [each for each in (*BANKS_OWN, *doubts, *others) if each in text] == [], route


def test_the_bank_does_get_it(here: Bank, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the test before can fail."""
    whole = "".join(text for _, text in seen_by(here, made, "north", monkeypatch))
    assert [each for each in BANKS_OWN if each not in whole] == []


def test_nobody_gets_personal_data_unasked(here: Bank, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = json.loads(GOLDEN.read_text(encoding="utf-8"))
    personal = {party[key] for party in kept["parties"] for key in ("name", "id_number") if party[key] and "公司" not in party[key]}
    personal |= {each["name"] for each in kept["files"]} | {"50010319880315123X"}
    assert len(personal) > 5
    for who in ("red", "north", "a"):
        for route, text in seen_by(here, made, who, monkeypatch):
            assert [each for each in personal if f'"{each}"' in text or (len(each) > 3 and each in text)] == [], (who, route)


def test_revealing_is_for_the_bank_and_recorded(here: Bank, made: Made) -> None:
    from sqlalchemy import func, select

    from intake.database import reading
    from intake.tables import audit

    def leaves() -> int:
        with reading(here.door.engine) as tx:
            return int(tx.execute(select(func.count()).select_from(audit).where(audit.c.leaf.contains("reveal"))).scalar_one())

    before = leaves()
    for path in ("", "/files", "/reports/latest", "/documents", "/findings", "/corrections"):
        address = f"/v1/cases/{made.case}{path}?reveal=true"
        assert here.client("red").get(address).status_code == 403
        assert here.client("north").get(address).status_code == 200
    assert leaves() == before + 6
    assert "50010319880315123X" in here.client("north").get(f"/v1/cases/{made.case}?reveal=true").text


def test_a_broker_decides_nothing(here: Bank, made: Made) -> None:
    address = f"/v1/cases/{made.case}/findings/{FINDING}/decision"
    answer = here.client("red").post(address, json={"decision": "confirmed"}, headers={**fresh_key(), "If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_change_by_cookie_needs_its_token(here: Bank, made: Made) -> None:
    person = here.person("manager north")
    address = f"/v1/cases/{made.case}/messages"
    assert person.post(address, json={"text": "好"}, headers=fresh_key()).status_code == 201
    for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": "x" * 43}, {"Sec-Fetch-Site": "cross-site"}):
        answer = person.post(address, json={"text": "好"}, headers={**fresh_key(), **headers})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), headers
