"""Nobody overwrites another unseen; what is put right is held to its form; a case's steps come in their order."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.service import FINDING, Bank, Made, checked_case, fresh_key
from tests.service_http import JPEG, all_cases, here, north, opened, postgres, red, upload

__all__ = ["here", "north", "postgres", "red"]


def changes(made: Made) -> dict[str, tuple[str, str, Any]]:
    base = f"/v1/cases/{made.case}"
    return {
        "change": ("PUT", base, {"product": "enterprise"}),
        "correct": ("POST", f"{base}/corrections", {"kind": "field", "document": made.document, "field": "name", "value": "李四"}),
        "undo": ("POST", f"{base}/corrections/{made.correction}/undo", None),
        "finding": ("POST", f"{base}/findings/{FINDING}/decision", {"decision": "waived", "reason": "已电话核实"}),
        "notify": ("POST", f"{base}/notices", {"report": 2, "text": "请补"}),
        "decide": ("POST", f"{base}/decision", {"decision": "passed"}),
    }


@pytest.mark.parametrize("what", ["change", "correct", "undo", "finding", "notify", "decide"])
def test_a_change_must_name_the_state_it_was_made_from(what: str, here: Bank, north: TestClient) -> None:
    made = checked_case(here, names=("a.jpg",))
    method, address, body = changes(made)[what]
    etag = north.get(f"/v1/cases/{made.case}").headers["ETag"]

    def send(match: str | None) -> Any:
        headers = {**fresh_key(), **({} if match is None else {"If-Match": match})}
        return north.request(method, address, json=body, headers=headers)

    assert (send(None).status_code, send('"999"').status_code, send("x").status_code) == (428, 412, 422)
    assert send(etag).status_code in (200, 201)
    late = send(etag)
    assert (late.status_code, late.json()["code"]) in ((412, "changed"), (409, "case_closed"))


def test_what_is_waived_needs_a_reason_and_what_is_decided_must_be_there(here: Bank, north: TestClient) -> None:
    made = checked_case(here, names=("a.jpg",))
    address = f"/v1/cases/{made.case}/findings"
    headers = {"If-Match": "*"}
    assert north.post(f"{address}/{FINDING}/decision", json={"decision": "waived"}, headers=headers | fresh_key()).status_code == 422
    absent = north.post(f"{address}/{'f' * 32}/decision", json={"decision": "confirmed"}, headers=headers | fresh_key())
    assert absent.status_code == 404


def test_a_case_that_is_not_checked_cannot_be_passed(here: Bank, red: TestClient, north: TestClient) -> None:
    case = opened(red)
    answer = north.post(f"/v1/cases/{case}/decision", json={"decision": "passed"}, headers={**fresh_key(), "If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_closed_case_takes_nothing_until_it_is_reopened(here: Bank, north: TestClient, red: TestClient) -> None:
    made = checked_case(here, names=("a.jpg",))
    assert red.post(f"/v1/cases/{made.case}/close", headers=fresh_key()).status_code == 403  # in review: the bank's to end
    assert north.post(f"/v1/cases/{made.case}/close", headers=fresh_key()).json()["stage"] == "closed"
    assert upload(red, made.case, ("b.jpg", JPEG)).json()["code"] == "case_closed"
    assert north.post(f"/v1/cases/{made.case}/reopen", headers=fresh_key()).json()["stage"] == "review"
    assert upload(red, made.case, ("b.jpg", JPEG)).status_code == 201


def test_an_erased_case_is_nowhere_and_a_held_one_stays(here: Bank, north: TestClient, red: TestClient) -> None:
    made = checked_case(here, names=("a.jpg",))
    address = f"/v1/cases/{made.case}"
    assert north.put(f"{address}/hold", json={"held": True}, headers=fresh_key()).json()["legal_hold"] is True
    assert north.delete(address).json()["code"] == "on_hold"
    north.put(f"{address}/hold", json={"held": False}, headers=fresh_key())
    assert north.delete(address).status_code == 204
    for client in (north, red):
        assert client.get(address).status_code == 404 and made.case not in all_cases(client)
        assert client.get(f"{address}/files").status_code == 404


# --- what is put right is held to its form ---------------------------------------------------------------------------------------------


def put_right(client: TestClient, made: Made, document: str, field: str, value: str | None) -> Any:
    etag = client.get(f"/v1/cases/{made.case}").headers["etag"]
    body = {"kind": "field", "document": document, "field": field, "value": value}
    return client.post(f"/v1/cases/{made.case}/corrections", json=body, headers=fresh_key() | {"If-Match": etag})


def test_a_corrected_value_is_stored_in_its_form_or_refused(here: Bank, north: TestClient) -> None:
    made = checked_case(here)
    papers = north.get(f"/v1/cases/{made.case}/documents").json()["documents"]
    key = {each["type"]: each["key"] for each in papers}
    money = put_right(north, made, key["income_proof"], "monthly_income", "1.5万")
    assert money.status_code == 201, money.text
    assert money.json()["content"] == {"field": "monthly_income", "value": "15000.00", "typed": "1.5万"}
    day = put_right(north, made, key["resident_id_card"], "valid_until", "2026年1月2日").json()["content"]
    assert (day["value"], day["typed"]) == ("2026-01-02", "2026年1月2日")
    for type, field, value in (("resident_id_card", "valid_until", "明年"), ("income_proof", "monthly_income", "不少"), ("resident_id_card", "id_number", "12")):
        refused = put_right(north, made, key[type], field, value)
        assert (refused.status_code, refused.json()["code"]) == (422, "wrong_form"), refused.text
        said = refused.json()
        assert said["errors"][0]["at"] == "/value" and value not in refused.text.replace(said["request_id"], "")
    assert put_right(north, made, key["resident_id_card"], "name", None).status_code == 201


def test_what_was_typed_is_masked_like_the_value(here: Bank, north: TestClient) -> None:
    made = checked_case(here)
    papers = north.get(f"/v1/cases/{made.case}/documents").json()["documents"]
    card = next(each["key"] for each in papers if each["type"] == "resident_id_card")
    told = put_right(north, made, card, "id_number", "500103 19880315 1233").text
    assert "1233" not in told.replace("***********1233", "") and "500103 1988" not in told
