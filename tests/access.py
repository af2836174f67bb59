"""Who may what: every route of the API, tried by everybody there is, held against a table written by hand. `make access` prints the result.

The routes come from OpenAPI: one that stands there and not in the table fails, and so does one in the table that is not there. For each
route everybody who must not is tried first, on one case whose answers must hold nothing of it, then everybody who may, each on a case
of his own. Foreign ids and ids that never were must be answered alike, byte for byte, but for the request's id.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from httpx import Response
from starlette.testclient import TestClient

from api.http.routes import events
from intake import database, ids, webhooks
from tests.service import FINDING, PASSWORD, PEOPLE, Bank, Made, bank, checked_case, fresh_key

MACHINES = ("a", "b", "north", "south", "far", "red", "blue", "green")
PERSONS = tuple(name for name in PEOPLE if name != "spare red")
EVERYBODY = ("nobody", *MACHINES, *PERSONS)
NO, HIDDEN, UNKNOWN = 403, 404, 401
SECRETS = ("张伟", "张*", "50010319880315123X", "123X", "流水", "内部备注", "discrepant", "incomplete", "文件1")
"""What stands in the case and must stand in no answer to a stranger."""

# --- the table: what each one is answered by each group of routes (whoever is not named: 403) ---------------------------------------
STRANGERS = {"nobody": UNKNOWN, "b": HIDDEN, "south": HIDDEN, "far": HIDDEN, "manager south": HIDDEN, "manager far": HIDDEN}
BANKS = {"a": 200, "north": 200, "manager north": 200}
BROKERS = {"red": 200, "broker red": 200, "blue": HIDDEN, "green": HIDDEN, "broker blue": HIDDEN, "broker green": HIDDEN}
OF_A_CASE = {**STRANGERS, **BANKS, **BROKERS}
OF_THE_BANK = {**STRANGERS, **BANKS}
ANY_CASES = {name: 200 for name in OF_A_CASE if name != "nobody"} | {"nobody": UNKNOWN}
HOOKS = dict.fromkeys((*MACHINES, "administrator a", "administrator b", "administrator red"), 200) | {"nobody": UNKNOWN}
ONE_HOOK = {name: 200 if name in ("a", "administrator a") else HIDDEN for name in HOOKS} | {"nobody": UNKNOWN}
KEEPS = {"administrator a": 200, "administrator b": 200, "administrator red": 200, "nobody": UNKNOWN}
KEEPS_ONE = KEEPS | {"administrator b": HIDDEN}
KEEPS_NORTH = KEEPS_ONE | {"administrator red": HIDDEN}
BANK_KEEPS = {"administrator a": 200, "administrator b": 200, "nobody": UNKNOWN}
BANK_KEEPS_ONE = BANK_KEEPS | {"administrator b": HIDDEN}
AUDITS = {"a": 200, "b": 200, "administrator a": 200, "administrator b": 200, "auditor a": 200, "nobody": UNKNOWN}
PEOPLE_ONLY = dict.fromkeys(PERSONS, 200) | dict.fromkeys(("nobody", *MACHINES), UNKNOWN)
FOR_ALL = dict.fromkeys(EVERYBODY, 200)

CASE = "/v1/cases/{case_id}"
TABLE: dict[str, dict[str, int]] = {
    "GET /health": FOR_ALL, "GET /ready": FOR_ALL, "GET /metrics": AUDITS | {"north": 200, "south": 200, "far": 200},
    "POST /v1/oauth/token": FOR_ALL, "POST /v1/session": FOR_ALL, "GET /v1/session": PEOPLE_ONLY, "DELETE /v1/session": PEOPLE_ONLY,
    "POST /v1/session/password": PEOPLE_ONLY, "POST /v1/session/second-factor": PEOPLE_ONLY,
    "POST /v1/session/second-factor/confirm": PEOPLE_ONLY,
    "POST /v1/cases": ANY_CASES, "GET /v1/cases": ANY_CASES, "GET /v1/events": ANY_CASES, "GET /v1/events/stream": ANY_CASES,
    "GET /v1/products": ANY_CASES, "GET /v1/products/{product}": ANY_CASES,
    f"GET {CASE}": OF_A_CASE, f"PUT {CASE}": OF_A_CASE, f"DELETE {CASE}": OF_THE_BANK, f"POST {CASE}/close": OF_A_CASE,
    f"POST {CASE}/complete": OF_A_CASE, f"POST {CASE}/decision": OF_THE_BANK, f"POST {CASE}/reopen": OF_THE_BANK,
    f"PUT {CASE}/hold": OF_THE_BANK, f"GET {CASE}/events": OF_A_CASE, f"GET {CASE}/events/stream": OF_A_CASE,
    f"POST {CASE}/files": OF_A_CASE, f"GET {CASE}/files": OF_A_CASE, f"GET {CASE}/files/{{file_id}}": OF_A_CASE,
    f"DELETE {CASE}/files/{{file_id}}": OF_A_CASE, f"GET {CASE}/files/{{file_id}}/content": OF_THE_BANK,
    f"POST {CASE}/uploads": OF_A_CASE, f"GET {CASE}/uploads/{{upload_id}}": OF_A_CASE, f"PATCH {CASE}/uploads/{{upload_id}}": OF_A_CASE,
    f"DELETE {CASE}/uploads/{{upload_id}}": OF_A_CASE,
    f"GET {CASE}/reports": OF_A_CASE, f"GET {CASE}/reports/{{version}}": OF_A_CASE, f"GET {CASE}/reports/{{version}}/proof": OF_A_CASE,
    f"GET {CASE}/reports/{{version}}/{{form}}": OF_THE_BANK, f"GET {CASE}/reports/{{version}}/xlsx": OF_THE_BANK,
    f"GET {CASE}/documents": OF_A_CASE, f"GET {CASE}/findings": OF_A_CASE,
    f"POST {CASE}/findings/{{finding_key}}/decision": OF_THE_BANK, f"POST {CASE}/corrections": OF_THE_BANK,
    f"POST {CASE}/claims": OF_A_CASE, f"POST {CASE}/claims/{{correction_id}}/undo": OF_A_CASE,
    f"GET {CASE}/corrections": OF_A_CASE, f"POST {CASE}/corrections/{{correction_id}}/undo": OF_THE_BANK,
    f"GET {CASE}/notices": OF_A_CASE, f"POST {CASE}/notices": OF_THE_BANK, f"POST {CASE}/notices/{{notice_id}}/settle": OF_A_CASE,
    f"GET {CASE}/messages": OF_A_CASE, f"POST {CASE}/messages": OF_A_CASE,
    "POST /v1/webhooks": HOOKS, "GET /v1/webhooks": HOOKS, "DELETE /v1/webhooks/{webhook_id}": ONE_HOOK,
    "GET /v1/webhooks/{webhook_id}/deliveries": ONE_HOOK, "POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay": ONE_HOOK,
    "GET /v1/organisations": KEEPS, "POST /v1/organisations": BANK_KEEPS,
    "PUT /v1/organisations/{organisation_id}/branches/{branch_id}": BANK_KEEPS_ONE, "GET /v1/users": KEEPS, "POST /v1/users": KEEPS_ONE,
    "PATCH /v1/users/{user_id}": KEEPS_ONE, "POST /v1/users/{user_id}/password": KEEPS_ONE, "GET /v1/clients": KEEPS,
    "POST /v1/clients": KEEPS_NORTH, "PATCH /v1/clients/{client_id}": KEEPS_NORTH, "POST /v1/clients/{client_id}/credentials": KEEPS_NORTH,
    "DELETE /v1/clients/{client_id}/credentials/{credential_id}": KEEPS_NORTH, "GET /v1/settings": BANK_KEEPS, "PUT /v1/settings": BANK_KEEPS,
    "GET /v1/audit/export": AUDITS, "GET /v1/audit/checkpoint": AUDITS,
}  # fmt: skip


@dataclass
class Result:
    """What was tried, and what was not as it must be."""

    routes: int = 0
    requests: int = 0
    wrong: list[str] = field(default_factory=list)


def matrix(folder: Path) -> Result:
    """Tries everything."""
    events.LONGEST_S = 0.0
    here, result = bank(folder), Result()
    described = {f"{method.upper()} {path}" for path, operations in here.app.openapi()["paths"].items() for method in operations}
    result.routes = len(described)
    result.wrong += [f"{route}: not in the table" for route in sorted(described - set(TABLE))]
    result.wrong += [f"{route}: in the table, not in the API" for route in sorted(set(TABLE) - described)]
    world = _world(here)
    for route in sorted(described & set(TABLE)):
        refused = [name for name in EVERYBODY if TABLE[route].get(name, NO) != 200]
        for name in refused:
            result.wrong += _refused(here, route, name, world, TABLE[route].get(name, NO), result)
        for name in EVERYBODY:
            if name not in refused:
                result.wrong += _allowed(here, route, name, result)
    return result


@dataclass(frozen=True)
class World:
    """Ids that the routes are tried with."""

    made: Made
    webhook: str
    delivery: str
    credential: str
    user: str


def _world(here: Bank) -> World:
    hook = webhook_of(here)
    made = checked_case(here, names=("身份证.jpg",))
    with here.door.act(here.scope("a")) as act:
        delivery = webhooks.log(act, hook, before=None, most=1)[0].id
    with database.writing(here.door.engine) as tx:
        from intake import machines

        credential = machines.add_credential(tx, here.clients["north"], "key", actor="test")[0]
        machines.revoke(tx, credential, actor="test")
        webhooks.told(tx, delivery, 0, 200, None, None)
    return World(made, hook, delivery, credential, here.people["spare red"])


def webhook_of(here: Bank) -> str:
    """An address of bank a."""
    with here.door.act(here.scope("a")) as act:
        standing = [each.id for each in webhooks.listed(act) if each.disabled_at is None]
        return standing[0] if standing else webhooks.add(act, "https://hooks.example/yushen", ("*",))[0].id


def _ids(here: Bank, world: World) -> dict[str, str]:
    made = world.made
    return {
        "case_id": made.case, "file_id": made.file, "upload_id": made.upload, "version": "1", "form": "pdf", "finding_key": FINDING,
        "correction_id": made.correction, "notice_id": made.notice, "product": "enterprise", "webhook_id": world.webhook,
        "delivery_id": world.delivery, "organisation_id": here.organisations["red"], "branch_id": here.organisations["north"],
        "user_id": world.user, "client_id": here.clients["north"], "credential_id": world.credential,
    }  # fmt: skip


def _absent(given: dict[str, str]) -> dict[str, str]:
    """The same kinds of ids, of things that never were."""
    named = {key: ids.new(value.partition("_")[0]) if key.endswith("_id") else value for key, value in given.items()}
    return named


def _request(here: Bank, route: str, name: str, given: dict[str, str]) -> Response:
    method, path = route.split(" ", 1)
    client = _speaking(here, name)
    more = _body(here, route, name, given)
    headers = {**fresh_key(), "If-Match": "*", **more.pop("headers", {})}
    return client.request(method, path.format(**given), headers=headers, **more)


def _speaking(here: Bank, name: str) -> TestClient:
    if name == "nobody":
        return here.client()
    return here.client(name) if name in MACHINES else here.person(name)


def _body(here: Bank, route: str, name: str, given: dict[str, str]) -> dict[str, Any]:
    """A body that would be carried out."""
    own = {"broker red": "red", "broker blue": "blue", "broker green": "green"}.get(name, name)
    branch = {"green": "far", "b": "far"}.get(own, "north")
    place = {} if own in ("north", "south", "far") or own.startswith("manager") else {"branch_id": here.organisations[branch]}
    bodies: dict[str, dict[str, Any]] = {
        "POST /v1/cases": {"json": place},
        f"PUT {CASE}": {"json": {"product": "enterprise"}},
        f"POST {CASE}/decision": {"json": {"decision": "passed"}},
        f"PUT {CASE}/hold": {"json": {"held": True}},
        f"POST {CASE}/files": {"files": [("files", ("c.jpg", b"\xff\xd8\xff", "image/jpeg"))]},
        f"POST {CASE}/uploads": {"json": {"name": "d.pdf", "size": 10}},
        f"PATCH {CASE}/uploads/{{upload_id}}": {"content": b"x", "headers": {"Upload-Offset": "0"}},
        f"POST {CASE}/findings/{{finding_key}}/decision": {"json": {"decision": "confirmed"}},
        f"POST {CASE}/corrections": {"json": {"kind": "field", "document": f"{given['file_id']}:1:1", "field": "name", "value": "李四"}},
        f"POST {CASE}/claims": {"json": {"kind": "type", "document": f"{given['file_id']}:1:1", "type": "income_proof"}},
        f"POST {CASE}/notices": {"json": {"report": 2, "text": "请补"}},
        f"POST {CASE}/messages": {"json": {"text": "好"}},
        "POST /v1/webhooks": {"json": {"url": "https://hooks.example/"}},
        "POST /v1/oauth/token": {"data": {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}},
        "POST /v1/session": {"json": {"login": "x", "password": "y"}},
        "POST /v1/session/password": {"json": {"password": "wrong", "new_password": "another one 2026"}},
        "POST /v1/session/second-factor": {"json": {"password": PASSWORD}},
        "POST /v1/session/second-factor/confirm": {"json": {"password": PASSWORD, "secret": "A" * 32, "code": "000000"}},
        "POST /v1/organisations": {"json": {"kind": "branch", "name": f"new {ids.new('x')}"}},
        "POST /v1/users": {"json": {"organisation_id": given["organisation_id"], "login": f"u{ids.new('x')[2:12].lower().replace('-', 'x')}",
                                    "name": "王", "role": "broker"}},
        "PATCH /v1/users/{user_id}": {"json": {"drop_second_factor": False}},
        "POST /v1/clients": {"json": {"organisation_id": here.organisations["north"], "name": "m", "scopes": ["cases:read"]}},
        "PATCH /v1/clients/{client_id}": {"json": {"disabled": False}},
        "POST /v1/clients/{client_id}/credentials": {"json": {"kind": "key"}},
        "PUT /v1/settings": {"json": {"due_hours": 24}},
    }  # fmt: skip
    return dict(bodies.get(route, {}))


def _refused(here: Bank, route: str, name: str, world: World, status: int, result: Result) -> Iterator[str]:
    given = _ids(here, world)
    answer = _request(here, route, name, given)
    result.requests += 1
    if answer.status_code != status:
        yield f"{route} by {name}: {answer.status_code}, must be {status}"
    for secret in SECRETS:
        if secret in answer.text:
            yield f"{route} by {name}: the answer tells {secret!r}"
    if status == HIDDEN and "{" in route:
        absent = _request(here, route, name, _absent(given) | _own_place(here, route, given))
        result.requests += 1
        if _but_for_its_id(answer) != _but_for_its_id(absent):
            yield f"{route} by {name}: a foreign id is answered otherwise than an absent one"


def _own_place(here: Bank, route: str, given: dict[str, str]) -> dict[str, str]:
    """Of two ids in a path the second may be right: the first hides it."""
    return {key: given[key] for key in ("version", "form", "finding_key", "product")}


def _but_for_its_id(answer: Response) -> tuple[Any, ...]:
    headers = {key: value for key, value in answer.headers.items() if key != "x-request-id"}
    return answer.status_code, re.sub(rb'"request_id":"[0-9a-f]*"', b"", answer.content), headers


def _allowed(here: Bank, route: str, name: str, result: Result) -> Iterator[str]:
    changes = not route.startswith("GET") and ("{case_id}" in route or "{webhook_id}" in route)
    world = _world(here) if changes or "/{form}" in route else _standing(here)
    if "reopen" in route:
        _request(here, f"POST {CASE}/close", "north", _ids(here, world))
    if "/close" in route and name in BROKERS:
        _request(here, f"POST {CASE}/notices", "north", _ids(here, world))
    if "/{form}" in route:
        _printed(here, world)
    if route == "DELETE /v1/session":
        here.sessions.pop(name, None)
    given = _ids(here, world)
    if "/claims/{" in route:
        given["correction_id"] = _request(here, f"POST {CASE}/claims", "red", given).json()["id"]
    answer = _request(here, route, name, given)
    result.requests += 1
    if "/session" in route and not route.startswith("GET"):
        here.sessions.pop(name, None)
    expected = (401, 429) if route in WRONG_ON_PURPOSE else range(200, 300)
    if answer.status_code not in expected:
        yield f"{route} by {name}: {answer.status_code}, must be allowed: {answer.text[:300]}"


WRONG_ON_PURPOSE = (
    "POST /v1/oauth/token", "POST /v1/session", "POST /v1/session/password", "POST /v1/session/second-factor/confirm",
)  # fmt: skip
"""Tried with a wrong secret: whoever asks is let to ask."""
_KEPT: dict[int, World] = {}


def _standing(here: Bank) -> World:
    if id(here) not in _KEPT:
        _KEPT[id(here)] = _world(here)
    return _KEPT[id(here)]


def _printed(here: Bank, world: World) -> None:
    """The paper that is asked for lies ready."""
    from intake import work
    from tests.service import checked

    with database.writing(here.door.engine) as tx:
        work.enqueue_paper(tx, world.made.case, 1, "pdf")
    checked(here, world.made.case, {"report_version": 0, "verdict": "", "findings": []})


def main() -> int:
    """Prints one line of JSON; 1 when something is not as it must be."""
    with tempfile.TemporaryDirectory() as folder:
        result = matrix(Path(folder))
    for each in result.wrong:
        print(each, file=sys.stderr)
    print(json.dumps({"routes": result.routes, "actors": len(EVERYBODY), "requests": result.requests, "wrong": len(result.wrong)}))
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
