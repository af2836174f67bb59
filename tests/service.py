"""A small bank in a temporary folder, for the tests of the service: a branch, two agencies, people, machines, and the API in this process."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from api.http import app as http
from api.http.door import Door
from intake import database, machines, people
from intake.migrations import migrate
from intake.scope import MACHINE_SCOPES
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
    logins: dict[str, str] = field(default_factory=dict)

    def client(self, name: str | None = None) -> TestClient:
        """Speaks for the machine `name`, for nobody when None."""
        headers = {} if name is None else {"Authorization": f"Bearer {self.tokens[name]}"}
        return TestClient(self.app, base_url="https://testserver", headers=headers, raise_server_exceptions=False)

    def person(self, name: str) -> TestClient:
        """Logged in as the person `name`."""
        client = self.client()
        answer = client.post("/v1/session", json={"login": self.logins[name], "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client


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
            made.tokens[name] = _token(tx, client)
    return made


def _token(tx: Any, client: str) -> str:
    return machines.store(tx, client, "token", frozenset(MACHINE_SCOPES), timedelta(hours=1))


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
