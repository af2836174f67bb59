"""Who comes in: people by password and session, machines by key or token. What is stored of a secret is its hash."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from intake.database import now, reading, writing
from intake.errors import Unauthenticated
from intake.scope import ROLES, Scope
from intake.tables import clients, credentials, organisations, sessions, users
from intake.vault import Vault

SEEN_EVERY = timedelta(seconds=60)
"""How old a `last seen` may grow before it is written again: not on every request."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in. `csrf` must come back with every request that changes something."""

    scope: Scope
    csrf: str


def authenticate_session(engine: Engine, cookie: str, *, idle_s: int = 30 * 60) -> Session:
    """The session of this cookie. Raises Unauthenticated when there is none, or it ended, idled out, or its user may no more."""
    token = hash_of(cookie)
    with reading(engine) as tx:
        row = tx.execute(
            select(sessions.c.last_seen_at, sessions.c.ends_at, *_PERSON)
            .join(users, users.c.id == sessions.c.user_id)
            .join(organisations, organisations.c.id == users.c.organisation_id)
            .where(sessions.c.token_hash == token, users.c.disabled_at.is_(None), organisations.c.disabled_at.is_(None))
        ).one_or_none()
    moment = now()
    if row is None or row.ends_at <= moment or row.last_seen_at + timedelta(seconds=idle_s) <= moment:
        raise Unauthenticated
    if moment - row.last_seen_at > SEEN_EVERY:
        with writing(engine) as tx:
            tx.execute(update(sessions).where(sessions.c.token_hash == token).values(last_seen_at=moment))
    return Session(scope_of_person(row), csrf_of(cookie))


def authenticate_bearer(engine: Engine, vault: Vault, token: str) -> Scope:
    """On whose behalf a machine with this key or token speaks. Raises Unauthenticated when it is none, expired, revoked or disabled."""
    hashed = hash_of(token)
    with reading(engine) as tx:
        row = tx.execute(
            select(
                credentials.c.id, credentials.c.scopes, credentials.c.expires_at, credentials.c.last_used_at,
                clients.c.id.label("client"), clients.c.scopes.label("most"),
                organisations.c.id.label("organisation"), organisations.c.kind, organisations.c.bank_id,
            )
            .join(clients, clients.c.id == credentials.c.client_id)
            .join(organisations, organisations.c.id == clients.c.organisation_id)
            .where(
                credentials.c.secret_hash == hashed, credentials.c.kind.in_(("key", "token")), credentials.c.revoked_at.is_(None),
                clients.c.disabled_at.is_(None), organisations.c.disabled_at.is_(None),
            )
        ).one_or_none()  # fmt: skip
    moment = now()
    if row is None or (row.expires_at and row.expires_at <= moment):
        raise Unauthenticated
    if row.last_used_at is None or moment - row.last_used_at > SEEN_EVERY:
        with writing(engine) as tx:
            tx.execute(update(credentials).where(credentials.c.id == row.id).values(last_used_at=moment))
    allowed = frozenset(row.scopes.split()) & frozenset(row.most.split())
    bank = row.bank_id or row.organisation
    return Scope(row.client, "system", row.organisation, row.kind, bank, client_id=row.client, scopes=allowed)


def hash_of(secret: str) -> bytes:
    """What is stored of a secret that we made ourselves: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret(prefix: str) -> str:
    """256 random bits, with a prefix by which a leaked one is recognised."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def csrf_of(cookie: str) -> str:
    """The token against forged requests that belongs to a session: told from its cookie, and telling nothing of it."""
    return base64.urlsafe_b64encode(hmac.new(cookie.encode(), b"csrf", hashlib.sha256).digest()).decode().rstrip("=")


_PERSON = (users.c.id, users.c.role, users.c.organisation_id, organisations.c.kind, organisations.c.bank_id)


def scope_of_person(row: Row[*tuple[Any, ...]]) -> Scope:
    """The scope of a user, from a row with the columns of `_PERSON`."""
    bank = row.bank_id or row.organisation_id
    return Scope(row.id, row.role, row.organisation_id, row.kind, bank, user_id=row.id, scopes=ROLES[row.role])


def organisation_row(tx: Connection, organisation: str) -> Row[*tuple[Any, ...]] | None:
    """An organisation's row, unless it is disabled."""
    found = select(organisations).where(organisations.c.id == organisation, organisations.c.disabled_at.is_(None))
    return tx.execute(found).one_or_none()
