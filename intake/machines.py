"""Machines that speak to the API, and what they prove themselves with: secrets exchanged for short tokens, or long-lived keys.

Of each kind a client has two at most, so that one can be replaced while the other still works.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from intake import audit, ids
from intake.database import now
from intake.errors import Conflict, Invalid, NotFound
from intake.people import organisation
from intake.scope import MACHINE_SCOPES
from intake.tables import clients, credentials
from intake.tokens import hash_of, new_secret

AT_A_TIME = 2
LONGEST = timedelta(days=366)
PREFIXES = {"secret": "ysc", "key": "ysk", "token": "yst"}


def add_client(tx: Connection, organisation_id: str, name: str, scopes: frozenset[str], *, actor: str) -> str:
    """A machine of an organisation. `scopes` is the most that it can ever do."""
    organisation(tx, organisation_id)
    if not 1 <= len(name.strip()) <= 100:
        raise Invalid("请填写名称（100 字以内）。", "/name")
    _check(scopes, MACHINE_SCOPES)
    made = ids.new("client")
    row = {"id": made, "organisation_id": organisation_id, "name": name.strip(), "scopes": " ".join(sorted(scopes)), "created_at": now()}
    tx.execute(insert(clients).values(row))
    audit.record(tx, "client.add", actor=actor, object_id=made, detail={"organisation": organisation_id, "scopes": sorted(scopes)})
    return made


def add_credential(
    tx: Connection, client: str, kind: str, *, scopes: frozenset[str] | None = None, lasts: timedelta = timedelta(days=90), actor: str
) -> tuple[str, str]:
    """A new secret or key: its id, and its text, which is shown now and never again. Raises Conflict when there are two already."""
    row = the_client(tx, client)
    most = frozenset(row.scopes.split())
    allowed = most if scopes is None else scopes
    _check(allowed, most)
    if kind not in ("secret", "key") or not timedelta(minutes=1) <= lasts <= LONGEST:
        raise Invalid("凭证类型或有效期有误（最长 366 天）。", "/expires")
    live = select(func.count()).select_from(credentials).where(credentials.c.client_id == client, credentials.c.kind == kind)
    tx.execute(select(clients.c.id).where(clients.c.id == client).with_for_update())
    if (tx.execute(live.where(credentials.c.revoked_at.is_(None), credentials.c.expires_at > now())).scalar() or 0) >= AT_A_TIME:
        raise Conflict("同时只能有两个有效凭证，请先停用一个。")
    text = store(tx, client, kind, allowed, lasts)
    made = tx.execute(select(credentials.c.id).where(credentials.c.secret_hash == hash_of(text))).scalar_one()
    audit.record(tx, f"{kind}.add", actor=actor, object_id=made, detail={"client": client, "scopes": sorted(allowed)})
    return made, text


def revoke(tx: Connection, credential: str, *, actor: str) -> None:
    """Ends a secret or key at once; with a secret, the tokens that came of it."""
    row = tx.execute(select(credentials).where(credentials.c.id == credential, credentials.c.kind != "token")).one_or_none()
    if row is None:
        raise NotFound
    ended = credentials.c.id == credential
    if row.kind == "secret":
        ended = ended | ((credentials.c.client_id == row.client_id) & (credentials.c.kind == "token"))
    tx.execute(update(credentials).where(ended, credentials.c.revoked_at.is_(None)).values(revoked_at=now()))
    audit.record(tx, f"{row.kind}.revoke", actor=actor, object_id=credential)


def set_disabled(tx: Connection, client: str, disabled: bool, *, actor: str) -> None:
    """Lets a machine in no more (or again), at once."""
    if tx.execute(update(clients).where(clients.c.id == client).values(disabled_at=now() if disabled else None)).rowcount == 0:
        raise NotFound
    audit.record(tx, "client.disable" if disabled else "client.enable", actor=actor, object_id=client)


def the_client(tx: Connection, client: str) -> Row[*tuple[Any, ...]]:
    """Its row. Raises NotFound when it is absent or disabled."""
    row = tx.execute(select(clients).where(clients.c.id == client, clients.c.disabled_at.is_(None))).one_or_none()
    if row is None:
        raise NotFound
    return row


def credentials_of(tx: Connection, client: str) -> list[Row[*tuple[Any, ...]]]:
    """Its secrets and keys, newest first; never what they are."""
    columns = [column for column in credentials.c if column.name != "secret_hash"]
    mine = select(*columns).where(credentials.c.client_id == client, credentials.c.kind != "token")
    return list(tx.execute(mine.order_by(credentials.c.created_at.desc())).all())


def store(tx: Connection, client: str, kind: str, scopes: frozenset[str], lasts: timedelta) -> str:
    """Writes a credential's hash and returns its text."""
    text, moment = new_secret(PREFIXES[kind]), now()
    row = {"id": ids.new("cred"), "client_id": client, "kind": kind, "secret_hash": hash_of(text), "scopes": " ".join(sorted(scopes))}
    tx.execute(insert(credentials).values(**row, created_at=moment, expires_at=moment + lasts))
    return text


def sweep(tx: Connection) -> None:
    """Deletes tokens that ended a day ago."""
    tx.execute(delete(credentials).where(credentials.c.kind == "token", credentials.c.expires_at < now() - timedelta(days=1)))


def _check(scopes: frozenset[str], most: frozenset[str]) -> None:
    if not scopes or not scopes <= most:
        raise Invalid(f"权限范围有误，可选：{'、'.join(sorted(most))}。", "/scopes")
