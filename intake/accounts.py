"""Who comes in: people by password and session, machines by key or token. What is stored of a secret is its hash."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, NoReturn

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from intake import audit, machines, passwords, throttle, totp
from intake.database import now, reading, writing
from intake.errors import CodeNeeded, Throttled, Unauthenticated
from intake.scope import ROLES, Scope
from intake.settings import Settings
from intake.tables import clients, credentials, organisations, sessions, users
from intake.tokens import csrf_of, hash_of, new_secret
from intake.vault import SYSTEM, Vault

SEEN_EVERY = timedelta(seconds=60)
"""How old a `last seen` may grow before it is written again: not on every request."""
BANK_ROLES = ("manager", "administrator", "auditor")
"""Who must have a second factor where the settings ask for it."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in. `csrf` must come back with every request that changes something. `must`: what has to be done first
    (`password`, `second_factor`); until then the scope allows nothing. `cookie` is filled by a log-in only."""

    scope: Scope
    csrf: str = field(repr=False)
    must: tuple[str, ...] = ()
    cookie: str = field(default="", repr=False)


def log_in(engine: Engine, vault: Vault, settings: Settings, login: str, password: str, *, code: str = "", address: str = "") -> Session:
    """A new session. Raises Throttled; CodeNeeded when the password is right and the second factor's code is missing; else Unauthenticated,
    after the same time and in the same words whether the account exists, is disabled, or the password or code is wrong."""
    login = login.strip().casefold()[:100]
    each = throttle.buckets(vault, login, address)
    with writing(engine) as tx:
        throttle.attempt(tx, each)
        person = tx.execute(_people().where(users.c.login == login)).one_or_none()
    right = passwords.fits(person.password_hash if person else passwords.nobody(), password)
    if person is None or not right:
        _refused(engine, person)
    if person.totp_sealed is not None and not code.strip():
        with writing(engine) as tx:
            throttle.taken_back(tx, each)
        raise CodeNeeded
    with writing(engine) as tx:
        taken = person.totp_sealed is None or _code_taken(tx, vault, person, code)
        if taken:
            throttle.succeeded(tx, each)
            return _begun(tx, settings, person)
    _refused(engine, person)


def _code_taken(tx: Connection, vault: Vault, person: Row[*tuple[Any, ...]], code: str) -> bool:
    secret = vault.box(tx, SYSTEM).open(person.totp_sealed, f"users.totp:{person.id}")
    step = totp.step_of(secret, code, person.totp_last_step)
    mine = (users.c.id == person.id) & (users.c.totp_last_step < (step or 0))  # two log-ins with one code: the row lets one pass
    return step is not None and tx.execute(update(users).where(mine).values(totp_last_step=step)).rowcount == 1


def _begun(tx: Connection, settings: Settings, person: Row[*tuple[Any, ...]]) -> Session:
    cookie, moment = new_secret("yss"), now()
    csrf = csrf_of(cookie)
    ends = moment + timedelta(seconds=settings.session_s)
    row = {"token_hash": hash_of(cookie), "user_id": person.id, "csrf_hash": hash_of(csrf), "last_seen_at": moment, "ends_at": ends}
    tx.execute(insert(sessions).values(created_at=moment, **row))
    audit.record(tx, "session.open", actor=person.id, object_id=person.organisation_id)
    return replace(_session(person, cookie, settings.second_factor), cookie=cookie)


def _refused(engine: Engine, person: Row[*tuple[Any, ...]] | None) -> NoReturn:
    with writing(engine) as tx:
        audit.record(tx, "session.refuse", actor=person.id if person else "unknown")
    raise Unauthenticated


def authenticate_session(engine: Engine, cookie: str, *, idle_s: int = 30 * 60, second_factor: bool = False) -> Session:
    """The session of this cookie. Raises Unauthenticated when there is none, or it ended, idled out, or its user may no more."""
    token, moment = hash_of(cookie), now()
    with reading(engine) as tx:
        joined = _people(sessions.c.last_seen_at, sessions.c.ends_at).join(sessions, sessions.c.user_id == users.c.id)
        person = tx.execute(joined.where(sessions.c.token_hash == token)).one_or_none()
    if person is None or person.ends_at <= moment or person.last_seen_at + timedelta(seconds=idle_s) <= moment:
        raise Unauthenticated
    if moment - person.last_seen_at > SEEN_EVERY:
        with writing(engine) as tx:
            tx.execute(update(sessions).where(sessions.c.token_hash == token).values(last_seen_at=moment))
    return _session(person, cookie, second_factor)


def log_out(engine: Engine, cookie: str) -> None:
    """Ends the session; no error when there is none."""
    with writing(engine) as tx:
        ended = tx.execute(delete(sessions).where(sessions.c.token_hash == hash_of(cookie)).returning(sessions.c.user_id)).scalar()
        if ended:
            audit.record(tx, "session.close", actor=ended)


def sweep(tx: Connection) -> None:
    """Deletes sessions that are over."""
    tx.execute(delete(sessions).where(sessions.c.ends_at < now()))


def verify_password(engine: Engine, vault: Vault, user: str, password: str) -> None:
    """Asks for the password once more before something grave. Raises Unauthenticated or Throttled."""
    each = throttle.buckets(vault, user, "again")
    with writing(engine) as tx:
        throttle.attempt(tx, each)
        person = tx.execute(_people().where(users.c.id == user)).one_or_none()
    if person is None or not passwords.fits(person.password_hash, password):
        raise Unauthenticated
    with writing(engine) as tx:
        throttle.succeeded(tx, each)


def authenticate_bearer(engine: Engine, vault: Vault, token: str) -> Scope:
    """On whose behalf a machine with this key or token speaks. Raises Unauthenticated when it is none, expired, revoked or disabled."""
    moment = now()
    with reading(engine) as tx:
        mine = credentials.c.secret_hash == hash_of(token)
        row = tx.execute(_machine().where(mine, credentials.c.kind.in_(("key", "token")))).one_or_none()
    if row is None or row.expires_at is None or row.expires_at <= moment:
        raise Unauthenticated
    if row.last_used_at is None or moment - row.last_used_at > SEEN_EVERY:
        with writing(engine) as tx:
            tx.execute(update(credentials).where(credentials.c.id == row.id).values(last_used_at=moment))
    return _scope_of_machine(row)


def exchange(
    engine: Engine, vault: Vault, settings: Settings, client: str, secret: str, scopes: frozenset[str] | None = None, *, address: str = ""
) -> tuple[str, int, frozenset[str]]:
    """A short token for a client's secret (OAuth 2 client credentials): the token, its seconds, what it allows. Raises Unauthenticated."""
    moment = now()
    with writing(engine) as tx:
        mine = _machine().where(clients.c.id == client, credentials.c.secret_hash == hash_of(secret), credentials.c.kind == "secret")
        row = tx.execute(mine).one_or_none()
        if row is not None and row.expires_at is not None and row.expires_at > moment:
            most = _scope_of_machine(row).scopes
            allowed = most if scopes is None else most & scopes
            text = machines.store(tx, client, "token", allowed, timedelta(seconds=settings.token_s))
            tx.execute(update(credentials).where(credentials.c.id == row.id).values(last_used_at=moment))
            audit.record(tx, "token.issue", actor=client)
            return text, settings.token_s, allowed
    _count_wrong_secret(engine, vault, client, address)
    raise Unauthenticated


def _count_wrong_secret(engine: Engine, vault: Vault, client: str, address: str) -> None:
    """Wrong secrets are recorded while few: 256 bits are not guessed, but an attempt is worth knowing."""
    try:
        with writing(engine) as tx:
            throttle.attempt(tx, throttle.buckets(vault, client[:100], address))
            audit.record(tx, "token.refuse", actor="unknown")
    except Throttled:
        return


def _people(*more: Any) -> Any:
    """Users who may come in, with their organisations."""
    joined = select(users, organisations.c.kind, organisations.c.bank_id, *more)
    joined = joined.join(organisations, organisations.c.id == users.c.organisation_id)
    return joined.where(users.c.disabled_at.is_(None), organisations.c.disabled_at.is_(None))


def _session(person: Row[*tuple[Any, ...]], cookie: str, second_factor: bool) -> Session:
    lacks = second_factor and person.role in BANK_ROLES and person.totp_sealed is None
    must = tuple(name for name, wanted in (("password", person.must_change), ("second_factor", lacks)) if wanted)
    allowed = frozenset() if must else ROLES[person.role]
    bank = person.bank_id or person.organisation_id
    scope = Scope(person.id, person.role, person.organisation_id, person.kind, bank, person.id, None, allowed)
    return Session(scope, csrf_of(cookie), must)


def _machine() -> Any:
    """Credentials that are not revoked, of clients and organisations that are not disabled."""
    columns = (credentials.c.id, credentials.c.scopes, credentials.c.expires_at, credentials.c.last_used_at, clients.c.id.label("client"))
    more = (clients.c.scopes.label("most"), organisations.c.id.label("organisation"), organisations.c.kind, organisations.c.bank_id)
    joined = select(*columns, *more).join(clients, clients.c.id == credentials.c.client_id)
    joined = joined.join(organisations, organisations.c.id == clients.c.organisation_id)
    return joined.where(credentials.c.revoked_at.is_(None), clients.c.disabled_at.is_(None), organisations.c.disabled_at.is_(None))


def _scope_of_machine(row: Row[*tuple[Any, ...]]) -> Scope:
    allowed = frozenset(row.scopes.split()) & frozenset(row.most.split())
    return Scope(row.client, "system", row.organisation, row.kind, row.bank_id or row.organisation, None, row.client, allowed)
