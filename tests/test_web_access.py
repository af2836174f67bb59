"""What a broker must not see is in no response that he can get: marks are planted in each such place, and every route is walked, API and
pages, as the application's own table of routes has them. A route that nobody told how to walk fails the test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.http.routes import events, reports
from intake import cases, corrections, database, files, messages, people
from tests.access import CASE, _body
from tests.service import FINDING, GOLDEN, PASSWORD, Bank, Made, bank, checked, checked_case, fresh_key

IMAGE = (Path(__file__).parent.parent / "samples" / "packets" / "problems" / "01.jpg").read_bytes()
BANKS = {
    "note": "秘记一内部备注", "note at a point": "秘记二内部备注", "reason of a waiver": "秘记三豁免理由", "limit finding": "秘记四偿债比例",
    "what the manager reads of a point": "秘记五给经理", "detail of a point": "秘记六细节", "check": "秘记七规则原因", "limit": "0.87654321",
    "assumption": "秘记八推定", "proposal": "秘记九疑为", "code of a limit": "debt_service_too_high", "risk sign": "tamper_suspected",
}  # fmt: skip
"""Marks of the bank's own, in the broker's own case."""
OTHERS = {"name in a foreign case": "赫连暗记", "reference of a foreign case": "FOREIGN-REF-77", "file of a foreign case": "外件暗记",
          "person of the bank": "暗名经理甲"}  # fmt: skip


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    made = bank(tmp_path_factory.mktemp("walk"))
    with database.writing(made.door.engine) as tx:
        known = {"organisation_id": made.organisations["north"], "login": "manager.marked", "name": OTHERS["person of the bank"], "role": "manager"}
        people.add_user(tx, made.door.vault, **known, password=PASSWORD, actor="test", must_change=False)
    return made


@pytest.fixture(scope="module")
def made(here: Bank) -> Made:
    return planted(here)


@pytest.fixture(scope="module")
def foreign(here: Bank) -> Made:
    with here.door.act(here.scope("blue")) as act:
        declared = {"parties": [{"role": "borrower", "name": OTHERS["name in a foreign case"], "id_number": "110101199003070038"}]}
        new = cases.NewCase(here.organisations["north"], None, OTHERS["reference of a foreign case"], "personal_mortgage", declared)
        case = cases.open_case(act, new).id
    within = files.limits(here.settings)
    stored = files.store(here.door.engine, here.door.vault, here.door.blobs, here.scope("blue"), case, "外件暗记.jpg", IMAGE, within)
    with here.door.act(here.scope("blue")) as act:
        file = files.accept(act, case, [stored], within)[0].id
    return Made(case, file, "upload_x", "ntc_x", "corr_x", f"{file}:1:1")


def planted(here: Bank) -> Made:
    """A case of agency red with a mark in each place of the bank's own."""
    made = checked_case(here, image=IMAGE)
    with here.door.act(here.scope("north")) as act:
        messages.send(act, made.case, BANKS["note"], finding=None, internal=True)
        messages.send(act, made.case, BANKS["note at a point"], finding=FINDING, internal=True)
        corrections.decide(act, made.case, None, "f" * 32, "waived", BANKS["reason of a waiver"])
    with here.door.act(here.scope("north")) as act:
        report = json.loads(GOLDEN.read_text(encoding="utf-8")) | {"checked_at": "2026-11-23T08:00:00+00:00", "timings": {"total": 1.0}}
        version = cases.get(act, made.case).report + 1
    keyed = [{**each, "key": f"{n:032x}", "decision": "open", "detail": {**each["detail"], "why": BANKS["detail of a point"]}} for n, each in enumerate(report["findings"])]
    keyed[0] |= {"key": FINDING, "for_manager": BANKS["what the manager reads of a point"]}
    extra = {**keyed[1], "documents": [], "fields": [], "values": [], "for_broker": ""}
    keyed.append({**extra, "key": "f" * 32, "code": "debt_service_too_high", "title": "偿债比例过高", "for_manager": BANKS["limit finding"]})
    keyed.append({**extra, "key": "e" * 32, "code": "tamper_suspected", "title": "疑似修改痕迹", "for_manager": "疑似"})
    report |= {"report_version": version, "findings": keyed, "assumptions": [BANKS["assumption"]]}
    report["checks"] = [{**each, "reason": BANKS["check"]} for each in report["checks"]]
    report["policy"]["limits"] = {"debt_to_income_max": {"value": float(BANKS["limit"])}}
    for number, each in enumerate(report["documents"], start=1):
        each["key"] = f"{made.file}:{number}:1"
        for field in each["fields"].values():
            field["proposal"] = BANKS["proposal"]
    checked(here, made.case, report)
    return made


def routes(app: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Every (method, path) of the application, those of routers put into it too."""
    for each in app.routes:
        inside = getattr(each, "original_router", None)
        if inside is not None:
            yield from routes(inside, before + each.include_context.prefix)
            continue
        for method in sorted(each.methods - {"HEAD", "OPTIONS"}):
            yield method, before + each.path


def given(here: Bank, of: Made) -> dict[str, list[str]]:
    """What stands for each part of an address in braces."""
    return {
        "case_id": [of.case], "file_id": [of.file], "upload_id": [of.upload], "version": ["1", "latest"], "form": ["pdf", "html", "xlsx"],
        "finding_key": [FINDING, "f" * 32], "correction_id": [of.correction], "notice_id": [of.notice],
        "product": ["personal_mortgage"], "webhook_id": ["hook_x"], "delivery_id": ["dlv_x"], "organisation_id": [here.organisations["red"]],
        "branch_id": [here.organisations["north"]], "user_id": [here.people["spare red"]], "client_id": [here.clients["north"]],
        "credential_id": ["cred_x"], "leaf": ["0", "3"], "number": ["1"], "code": ["zh"],
    }  # fmt: skip


NAMES = {"/static/{name}": ["app.js"]}
"""What `{name}` stands for."""
ENDS = ("/logout", "/account", "/session", "/login", "/complete", "/close", "/files/{file_id}", "/uploads/{upload_id}")
"""What ends the session or the case, in a change: walked last, each time logged in anew."""


def addresses(here: Bank, path: str, of: Made) -> list[str]:
    """The addresses to try for a path. Raises KeyError for a part that nobody told how to fill."""
    known = {**given(here, of), **({"name": NAMES[path]} if "{name}" in path else {})}
    found = [path]
    for part in [each.partition("}")[0] for each in path.split("{")[1:]]:
        found = [each.replace("{" + part + "}", value) for each in found for value in known[part.partition(":")[0]]]
    return found


def logged_in(here: Bank, login: str) -> TestClient:
    client = TestClient(here.app, base_url="https://testserver", follow_redirects=False, raise_server_exceptions=False)
    answer = client.post("/v1/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def walked(here: Bank, login: str, cases_of: list[Made], changes: bool) -> Iterator[tuple[str, int, str]]:
    """Every route as this person: what was asked, the status, all that came back."""
    every = list(dict.fromkeys(routes(here.app)))
    late = [each for each in every if each[0] != "GET" and each[1].endswith(ENDS)]
    client = logged_in(here, login)
    for method, path in [each for each in every if each not in late] + late:
        if method != "GET" and not changes:
            continue
        for of in cases_of:
            for address in addresses(here, path, of):
                if (method, path) in late and any(each in path for each in ("session", "logout", "account", "login")):
                    client = logged_in(here, login)
                yield from asked(here, client, method, path, address, of)


def asked(here: Bank, client: TestClient, method: str, path: str, address: str, of: Made) -> Iterator[tuple[str, int, str]]:
    ids: Mapping[str, str] = {key: values[0] for key, values in given(here, of).items()}
    body = _body(here, f"{method} {path}", "broker red", dict(ids)) if method != "GET" else {}
    headers = {**fresh_key(), "If-Match": "*", **body.pop("headers", {})}
    more = ["", "?reveal=true&called=&limit=100"] if method == "GET" else [""]
    for query in more:
        answer = client.request(method, address + query, headers=headers, **body)
        yield f"{method} {address}{query}", answer.status_code, answer.text + json.dumps(dict(answer.headers))


def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for what comes later."""
    monkeypatch.setattr(events, "LONGEST_S", 0.0)
    monkeypatch.setattr(events, "EVERY_S", 0.0)
    monkeypatch.setattr(reports, "WAIT_S", 0.0)


def test_the_marks_are_there_for_those_who_may_see_them(here: Bank, made: Made, foreign: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the walk above would prove nothing."""
    hurried(monkeypatch)
    every = "\n".join(text for _, status, text in walked(here, "manager.north", [made, foreign], changes=False) if status == 200)
    assert [name for name, mark in {**BANKS, **OTHERS}.items() if mark not in every and name != "person of the bank"] == []
    assert OTHERS["person of the bank"] in logged_in(here, "administrator.a").get("/admin").text


def test_a_route_that_nobody_told_how_to_walk_fails(here: Bank, made: Made) -> None:
    with pytest.raises(KeyError):
        addresses(here, CASE.replace("case_id", "secret_id"), made)
    assert len(set(routes(here.app))) > 80


@pytest.mark.parametrize("kind", ["type", "party", "join", "split"])
def test_a_broker_says_what_a_paper_is_and_takes_it_back(here: Bank, kind: str) -> None:
    made = checked_case(here, image=IMAGE)
    client = logged_in(here, "broker.red")
    body = {"kind": kind, "document": made.document} | {"type": {"type": "income_proof"}, "party": {"party": "spouse"},
           "join": {"other": f"{made.file}:2:1"}, "split": {"file": made.file, "page": 2}}[kind]  # fmt: skip
    answer = client.post(f"/v1/cases/{made.case}/claims", json=body, headers=fresh_key())
    assert answer.status_code == 201 and answer.json()["claimed"] and answer.json()["by"] is None
    assert not client.get(f"/v1/cases/{made.case}").json()["checked"], "the rules run again"
    seen = here.client("north").get(f"/v1/cases/{made.case}/corrections").json()[-1]
    assert (seen["claimed"], seen["by"], seen["kind"]) == (True, here.people["broker red"], kind)
    undone = client.post(f"/v1/cases/{made.case}/claims/{seen['id']}/undo", headers=fresh_key())
    assert undone.status_code == 200 and undone.json()["undone_at"]
    assert client.post(f"/v1/cases/{made.case}/claims/{made.correction}/undo", headers=fresh_key()).status_code == 404, "the bank's own"


def test_a_broker_puts_no_field_right(here: Bank, made: Made) -> None:
    body = {"kind": "field", "document": made.document, "field": "name", "value": "李四"}
    answer = logged_in(here, "broker.red").post(f"/v1/cases/{made.case}/claims", json=body, headers=fresh_key())
    assert answer.status_code == 422


def test_an_answer_stands_at_its_point_for_both_sides(here: Bank) -> None:
    made = checked_case(here, image=IMAGE)
    broker, manager = logged_in(here, "broker.red"), logged_in(here, "manager.north")
    address = f"/v1/cases/{made.case}/messages"
    answer = broker.post(address, json={"finding": FINDING, "text": "新证件下周领取", "file": made.file}, headers=fresh_key())
    assert answer.status_code == 201 and answer.json()["finding"] == FINDING and answer.json()["file"] == made.file
    assert "新证件下周领取" in manager.get(f"/review/{made.case}").text
    before, talk = broker.get(f"/cases/{made.case}").text.split('id="part-talk"')
    assert "新证件下周领取" in before.partition('id="part-notice"')[2] and "新证件下周领取" not in talk
    unknown = broker.post(address, json={"finding": "f" * 32, "text": "x"}, headers=fresh_key())
    assert unknown.status_code == 404, "a finding that he was not told of"
    assert broker.post(address, json={"finding": FINDING}, headers=fresh_key()).status_code == 422
    assert broker.post(address, json={"finding": FINDING, "file": "file_" + "A" * 22}, headers=fresh_key()).status_code == 404


def test_every_route_is_walked_and_none_tells_a_broker_what_is_the_banks(
    here: Bank, made: Made, foreign: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried(monkeypatch)
    marks = {**BANKS, **OTHERS}
    told, seen = [], set()
    for what, status, text in walked(here, "broker.red", [made, foreign], changes=True):
        told += [f"{what}: {name}" for name, mark in marks.items() if mark in text]
        assert status < 500, (what, text[:300])
        if status == 200:
            seen.add(what)
    assert told == []
    assert len(seen) > 35 and f"GET /cases/{made.case}" in seen and f"GET /v1/cases/{made.case}/reports/latest" in seen
    assert not [what for what in seen if foreign.case in what]
