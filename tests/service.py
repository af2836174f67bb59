"""A small bank in a temporary folder, for the tests of the service: a branch, two agencies, people, machines, and the API in this process."""

from __future__ import annotations

import hashlib
import itertools
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.http import app as http
from api.http.door import Door
from intake import accounts, cases, database, files, ids, machines, messages, people, tables, uploads, work
from intake.migrations import migrate
from intake.scope import MACHINE_SCOPES, Scope
from intake.settings import Settings

PASSWORD = "correct horse battery staple 9"
_numbers = itertools.count(1)


@dataclass
class Bank:
    """Ids of the organisations, tokens of machines by name, logins of people by name."""

    settings: Settings
    door: Door
    app: FastAPI
    organisations: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, TestClient] = field(default_factory=dict)

    def client(self, name: str | None = None) -> TestClient:
        """Speaks for the machine `name`, for nobody when None."""
        headers = {} if name is None else {"Authorization": f"Bearer {self.tokens[name]}"}
        return TestClient(self.app, base_url="https://testserver", headers=headers, raise_server_exceptions=False)

    def person(self, name: str) -> TestClient:
        """Logged in as the person `name`, once for all."""
        if name not in self.sessions:
            client = self.client()
            answer = client.post("/v1/session", json={"login": name.replace(" ", "."), "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            client.headers["X-CSRF-Token"] = answer.json()["csrf"]
            self.sessions[name] = client
        return self.sessions[name]

    def visitor(self, login: str) -> TestClient:
        """A browser of its own that logged in by the page as this person; it follows no redirect."""
        client = TestClient(self.app, base_url="https://testserver", follow_redirects=False)
        answer = client.post("/login", data={"login": login, "password": PASSWORD, "next": "/"})
        assert answer.status_code == 303, answer.text
        return client

    def scope(self, name: str) -> Scope:
        """The scope of the machine `name`."""
        return accounts.authenticate_bearer(self.door.engine, self.door.vault, self.tokens[name])


def bank(folder: Path, **changed: Any) -> Bank:
    """A bank `a` with branches `north` and `south`, agencies `red` (of north), `blue` (of both); a second bank `b` with branch `far`
    and agency `green`. A machine for each organisation, and people of each role in bank a and b."""
    settings = Settings(data=folder, **changed)
    folder.mkdir(parents=True, exist_ok=True)
    door = http.opened(settings)
    migrate(door.engine)
    made = Bank(settings, door, http.create_app(settings, door))
    with database.writing(door.engine) as tx:
        _organisations(tx, made.organisations)
        for name, id in made.organisations.items():
            client = machines.add_client(tx, id, f"machine of {name}", frozenset(MACHINE_SCOPES), actor="test")
            made.clients[name] = client
            made.tokens[name] = machines.store(tx, client, "token", frozenset(MACHINE_SCOPES), timedelta(hours=1))
        for name, (role, of) in PEOPLE.items():
            login = name.replace(" ", ".")
            person = {"organisation_id": made.organisations[of], "login": login, "name": f"测试{name}", "role": role, "password": PASSWORD}
            made.people[name] = people.add_user(tx, door.vault, **person, actor="test", must_change=False)
    return made


PEOPLE = {
    "broker red": ("broker", "red"), "broker blue": ("broker", "blue"), "broker green": ("broker", "green"),
    "manager north": ("manager", "north"), "manager south": ("manager", "south"), "manager far": ("manager", "far"),
    "administrator a": ("administrator", "a"), "administrator b": ("administrator", "b"), "administrator red": ("administrator", "red"),
    "auditor a": ("auditor", "a"), "spare red": ("broker", "red"),
}  # fmt: skip
"""Name → role and organisation."""


def _organisations(tx: Any, made: dict[str, str]) -> None:
    tree: Mapping[str, tuple[str, str | None]] = {
        "a": ("bank", None), "b": ("bank", None), "north": ("branch", "a"), "south": ("branch", "a"), "far": ("branch", "b"),
        "red": ("agency", "a"), "blue": ("agency", "a"), "green": ("agency", "b"),
    }  # fmt: skip
    for name, (kind, of) in tree.items():
        made[name] = people.add_organisation(tx, kind, name, bank=made[of] if of else None, actor="test")
    for agency, branch in (("red", "north"), ("blue", "north"), ("blue", "south"), ("green", "far")):
        people.allow_branch(tx, made[agency], made[branch], actor="test")


def fresh_key() -> dict[str, str]:
    """A header with a new Idempotency-Key."""
    return {"Idempotency-Key": f"key-{next(_numbers)}"}


FINDING = "0123456789abcdef0123456789abcdef"
GOLDEN = Path(__file__).parent / "golden" / "problems.report.json"


@dataclass(frozen=True)
class Made:
    """A case of agency red at branch north, checked, with one of everything."""

    case: str
    file: str
    upload: str
    notice: str
    correction: str
    document: str


def checked_case(bank: Bank, opener: str = "red", image: bytes | Mapping[str, bytes] = b"\xff\xd8\xff picture", names: tuple[str, ...] = ()) -> Made:
    """A case that was handed in, read and checked (with the kept report of the packet of problems), sent back once, with a message of
    each side, an upload under way and an address for each organisation."""
    door = bank.door
    with door.act(bank.scope(opener)) as act:
        declared = {"parties": [{"role": "borrower", "name": "张伟", "id_number": "50010319880315123X"}]}
        case = cases.open_case(act, cases.NewCase(product="personal_mortgage", declared=declared)).id
    within = files.limits(bank.settings)
    report = json.loads(GOLDEN.read_text(encoding="utf-8")) | {"checked_at": "2026-11-23T08:00:00+00:00", "timings": {"total": 1.0}}
    own = names or tuple(each["name"] for each in report["files"])
    bytes_of = {name: image if isinstance(image, bytes) else image[name] for name in own}
    stored = [files.store(door.engine, door.vault, door.blobs, bank.scope(opener), case, *each, within) for each in bytes_of.items()]
    with door.act(bank.scope(opener)) as act:
        accepted = files.accept(act, case, stored, within)
        upload = uploads.begin(act, case, "b.pdf", 100, within).id
        messages.send(act, case, "已上传", finding=None, internal=False)
        cases.complete(act, case)
    document = f"{accepted[0].id}:1:1"
    for number, each in enumerate(report["documents"], start=1):
        each["key"] = f"{accepted[0].id}:{number}:1"
    for number, each in enumerate(report["findings"]):
        each |= {"key": FINDING if number == 0 else hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest(), "decision": "open"}
    checked(bank, case, report)
    with door.act(bank.scope("north")) as act:
        messages.send(act, case, "内部备注：疑似流水造假", finding=None, internal=True)
        notice = messages.notify(act, case, 1, "请补充材料", [], None).id
        cases.complete(act, case)
        from intake import corrections

        correction = corrections.correct(act, case, None, "field", document, {"field": "name", "value": "张三"}).id
    checked(bank, case, report | {"report_version": 2})
    return Made(case, accepted[0].id, upload, notice, correction, document)


def checked(bank: Bank, case: str, report: Mapping[str, Any]) -> None:
    """All work of the case is done, as workers would have done it; the check gives this report."""
    door = bank.door
    while (claim := work.claim(door.engine, "test")) is not None:
        blob = f"{claim.case_id}/{ids.new('blob')}"
        data = json.dumps(report, ensure_ascii=False).encode() if claim.kind == "check" else b"paper"
        with database.writing(door.engine) as tx:
            box = door.vault.box(tx, claim.case_id)
            door.blobs.put(blob, box.seal(data, blob))
            if claim.kind == "read":
                work.finish_read(tx, claim, blob, 1, None)
            elif claim.kind == "check":
                sha256 = hashlib.sha256(data).hexdigest()
                version = cases_report(tx, claim.case_id) + 1
                work.finish_check(tx, claim, work.Made(version, report["verdict"], len(report["findings"]), blob, sha256))
            else:
                work.finish_paper(tx, claim, blob)


def cases_report(tx: Any, case: str) -> int:
    """The number of a case's newest report."""
    return int(tx.execute(select(tables.cases.c.report).where(tables.cases.c.id == case)).scalar_one())


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """The application on a free port of this machine, in a thread, for those who need real connections."""
    door = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield int(door.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
