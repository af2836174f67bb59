"""Machines that come in: keys two at a time, secrets for short tokens, nothing for ever, nothing more than the client may."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from intake import accounts, machines
from intake.database import now, reading, writing
from intake.errors import Conflict, Invalid, NotFound, Unauthenticated
from intake.tables import credentials
from tests.service_ground import Ground
from tests.service_postgres import ground, postgres, small

__all__ = ["ground", "postgres", "small"]


@pytest.fixture
def client(ground: Ground) -> str:
    with writing(ground.engine) as tx:
        return machines.add_client(tx, ground.organisations["bank_1"], "case system", frozenset({"cases:read", "cases:write"}), actor="command")


def made(ground: Ground, client: str, kind: str = "key", **more: Any) -> tuple[str, str]:
    with writing(ground.engine) as tx:
        return machines.add_credential(tx, client, kind, actor="command", **more)


def test_a_key_says_who_and_what(ground: Ground, client: str) -> None:
    _, key = made(ground, client, scopes=frozenset({"cases:read"}))
    scope = accounts.authenticate_bearer(ground.engine, ground.vault, key)
    assert (scope.actor, scope.client_id, scope.role, scope.kind) == (client, client, "system", "bank")
    assert scope.scopes == frozenset({"cases:read"}) and scope.sees_cases and key.startswith("ysk_") and len(key) == 47
    with reading(ground.engine) as tx:
        row = tx.execute(select(credentials)).one()
    assert key.encode() not in bytes(row.secret_hash) and row.last_used_at is not None


def test_there_are_two_at_a_time_and_the_old_one_is_revoked_at_once(ground: Ground, client: str) -> None:
    first, key = made(ground, client)
    _, second = made(ground, client)
    with pytest.raises(Conflict):
        made(ground, client)
    made(ground, client, "secret")
    with writing(ground.engine) as tx:
        machines.revoke(tx, first, actor="command")
    with pytest.raises(Unauthenticated):
        accounts.authenticate_bearer(ground.engine, ground.vault, key)
    assert accounts.authenticate_bearer(ground.engine, ground.vault, second)
    made(ground, client)


def test_of_many_asked_for_at_once_there_are_two(ground: Ground, client: str) -> None:
    seen: list[str] = []

    def ask() -> None:
        try:
            seen.append(made(ground, client)[1])
        except Conflict:
            return

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 2


def test_a_key_ends_by_itself_and_with_its_client_and_organisation(ground: Ground, client: str) -> None:
    credential, key = made(ground, client, lasts=timedelta(minutes=1))
    with writing(ground.engine) as tx:
        tx.execute(update(credentials).where(credentials.c.id == credential).values(expires_at=now() - timedelta(seconds=1)))
    with pytest.raises(Unauthenticated):
        accounts.authenticate_bearer(ground.engine, ground.vault, key)
    _, key = made(ground, client)
    assert accounts.authenticate_bearer(ground.engine, ground.vault, key)
    with writing(ground.engine) as tx:
        machines.set_disabled(tx, client, True, actor="command")
    with pytest.raises(Unauthenticated):
        accounts.authenticate_bearer(ground.engine, ground.vault, key)
    with pytest.raises(NotFound):
        made(ground, client)


@pytest.mark.parametrize("lasts", [timedelta(seconds=1), timedelta(days=400), timedelta(days=-1)])
def test_no_key_is_for_ever(small: Ground, lasts: timedelta) -> None:
    with writing(small.engine) as tx:
        client = machines.add_client(tx, small.organisations["agency_1"], "x", frozenset({"cases:read"}), actor="command")
        with pytest.raises(Invalid):
            machines.add_credential(tx, client, "key", lasts=lasts, actor="command")


def test_a_machine_gets_no_more_than_its_client_may(small: Ground) -> None:
    with writing(small.engine) as tx:
        client = machines.add_client(tx, small.organisations["bank_1"], "x", frozenset({"cases:read"}), actor="command")
        for wanted in (frozenset({"cases:read", "reveal"}), frozenset[str](), frozenset({"nonsense"})):
            with pytest.raises(Invalid):
                machines.add_credential(tx, client, "key", scopes=wanted, actor="command")
        with pytest.raises(Invalid):
            machines.add_client(tx, small.organisations["bank_1"], "x", frozenset({"accounts"}), actor="command")


def test_a_secret_is_exchanged_for_a_short_token_and_opens_nothing_itself(ground: Ground, client: str) -> None:
    credential, secret = made(ground, client, "secret")
    with pytest.raises(Unauthenticated):
        accounts.authenticate_bearer(ground.engine, ground.vault, secret)
    token, seconds, allowed = accounts.exchange(ground.engine, ground.vault, ground.settings, client, secret, frozenset({"cases:read", "reveal"}))
    assert seconds == 900 and allowed == {"cases:read"}
    assert accounts.authenticate_bearer(ground.engine, ground.vault, token).scopes == {"cases:read"}
    for wrong in ((client, "ysc_x"), ("client_x", secret), (client, token)):
        with pytest.raises(Unauthenticated):
            accounts.exchange(ground.engine, ground.vault, ground.settings, *wrong)
    with writing(ground.engine) as tx:
        machines.revoke(tx, credential, actor="command")
    with pytest.raises(Unauthenticated):
        accounts.authenticate_bearer(ground.engine, ground.vault, token)
    with pytest.raises(Unauthenticated):
        accounts.exchange(ground.engine, ground.vault, ground.settings, client, secret)


def test_what_is_listed_of_keys_does_not_open_anything(small: Ground) -> None:
    with writing(small.engine) as tx:
        client = machines.add_client(tx, small.organisations["bank_1"], "x", frozenset({"cases:read"}), actor="command")
        machines.add_credential(tx, client, "key", actor="command")
        (row,) = machines.credentials_of(tx, client)
    assert "secret_hash" not in row._mapping and row.kind == "key"
