"""Once is once: a request that comes twice happens once and is answered alike; what is shown once is not kept."""

from __future__ import annotations

import json
import threading

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from intake import errors, idempotency
from intake.acting import acting
from intake.database import reading
from intake.tables import idempotency as kept
from tests.service import Bank, fresh_key
from tests.service_http import JPEG, all_cases, here, north, opened, postgres, red, upload

__all__ = ["here", "north", "postgres", "red"]


def test_without_a_key_nothing_is_done(red: TestClient) -> None:
    answer = red.post("/v1/cases", json={})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_needed")


def test_the_same_request_gets_the_same_answer_and_happens_once(here: Bank, red: TestClient) -> None:
    key = fresh_key()
    first, again = (red.post("/v1/cases", json={"product": "enterprise"}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    assert first.headers["Location"] == again.headers["Location"] and first.headers["ETag"] == again.headers["ETag"]
    case = first.json()["id"]
    key = fresh_key()
    before = len(list(here.door.blobs.keys(f"{case}/")))
    one, two = (upload(red, case, ("a.jpg", JPEG), key=key) for _ in range(2))
    assert one.json() == two.json() and len(red.get(f"/v1/cases/{case}/files").json()) == 1
    assert len(list(here.door.blobs.keys(f"{case}/"))) == before + 1


def test_the_key_with_another_request_is_refused(red: TestClient) -> None:
    key, case = fresh_key(), opened(red)
    assert upload(red, case, ("a.jpg", JPEG), key=key).status_code == 201
    for files in ([("a.jpg", JPEG + b"!")], [("b.jpg", JPEG)], [("a.jpg", JPEG), ("a.jpg", JPEG)]):
        answer = upload(red, case, *files, key=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    answer = red.post(f"/v1/cases/{case}/complete", headers=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_keys_of_others_are_others(here: Bank) -> None:
    key = fresh_key()
    ids = [here.client(who).post("/v1/cases", json={}, headers=key).json()["id"] for who in ("red", "green")]
    assert ids[0] != ids[1]


def test_while_the_first_runs_the_second_is_told_so(here: Bank, red: TestClient) -> None:
    key = idempotency.key(here.scope("red").actor, "running", b"x")
    with idempotency.alone(key):
        answer = red.post("/v1/cases", json={}, headers={"Idempotency-Key": "running"})
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (409, "still_running", "1")
    assert red.post("/v1/cases", json={}, headers={"Idempotency-Key": "running"}).status_code == 201


def test_of_many_at_once_one_counts(here: Bank) -> None:
    key, answers = fresh_key(), []
    before = sum(1 for _ in all_cases(here.client("red")))

    def send() -> None:
        answers.append(here.client("red").post("/v1/cases", json={}, headers=key))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {each.status_code for each in answers} <= {201, 409} and 201 in {each.status_code for each in answers}
    assert sum(1 for _ in all_cases(here.client("red"))) == before + 1


def test_an_error_leaves_the_key_free(red: TestClient) -> None:
    key, case = fresh_key(), opened(red)
    assert red.post(f"/v1/cases/{case}/complete", headers=key).json()["code"] == "conflict"  # nothing was uploaded
    upload(red, case, ("a.jpg", JPEG))
    assert red.post(f"/v1/cases/{case}/complete", headers=key).status_code == 200


def test_another_process_that_was_first_gives_the_answer(here: Bank) -> None:
    """Two processes know nothing of each other's running requests: the key's row lets one through."""
    key = idempotency.key("client_x", "both", b"x")
    with acting(here.door.engine, here.door.vault, here.scope("red")) as act:
        idempotency.keep(act, key, {"body": 1, "status": 201, "headers": {}}, 201)
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError), acting(here.door.engine, here.door.vault, here.scope("red")) as act:
        idempotency.keep(act, key, {"body": 2, "status": 201, "headers": {}}, 201)


@pytest.mark.parametrize("text", ["", " ", "ü", "x" * 256, "a\tb"])
def test_keys_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(errors.Invalid):
        idempotency.key("a", text)


def test_what_is_shown_once_is_not_kept_for_a_repetition(here: Bank) -> None:
    keeper = here.person("administrator a")
    made = keeper.post("/v1/clients", json={"organisation_id": here.organisations["north"], "name": "m", "scopes": ["cases:read"]}, headers=fresh_key())
    person = {"organisation_id": here.organisations["north"], "login": f"once.{made.json()['id'][-8:].lower()}", "name": "甲", "role": "manager"}
    asked = {
        "/v1/users": ("password", person),
        f"/v1/users/{here.people['spare red']}/password": ("password", None),
        f"/v1/clients/{made.json()['id']}/credentials": ("secret", {"kind": "key", "days": 1}),
        "/v1/webhooks": ("secret", {"url": "https://hooks.example.com/x"}),
    }
    for address, (name, body) in asked.items():
        who, key = (here.client("north") if address == "/v1/webhooks" else keeper), fresh_key()
        first, again = (who.post(address, json=body, headers=key) for _ in range(2))
        assert first.is_success and first.json()[name], (address, first.text)
        assert again.status_code == first.status_code and again.headers["Idempotent-Replayed"] == "true"
        assert again.json() == {**first.json(), name: None}, address
        with reading(here.door.engine) as tx:
            rows = [bytes(row) for row in tx.execute(select(kept.c.answer_sealed)).scalars()]
        assert not any(first.json()[name] in _opened(here, row) for row in rows), address


def _opened(here: Bank, row: bytes) -> str:
    """What a kept answer says, whoever's it is; "" for those of other cases' keys."""
    owner, _, sealed = row.partition(b"|")
    with reading(here.door.engine) as tx:
        box = here.door.vault.box(tx, owner.decode())
        for key in tx.execute(select(kept.c.actor, kept.c.key_hash).where(kept.c.answer_sealed == row)):
            return json.dumps(box.open_json(sealed, f"idempotency.answer:{key.actor}:{bytes(key.key_hash).hex()}"))
    return ""
