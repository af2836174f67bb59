"""Organisations and their people, as the administrator keeps them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from intake import audit, ids, passwords, totp
from intake.database import now
from intake.errors import Conflict, Invalid, NotFound, Unauthenticated
from intake.scope import ROLES
from intake.tables import agency_branches, clients, organisations, sessions, users
from intake.vault import SYSTEM, Vault

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,99}")
BELONGS = {"broker": ("agency",), "manager": ("branch",), "administrator": ("bank", "branch", "agency"), "auditor": ("bank",)}
"""In which kinds of organisation people of a role can be."""


def add_organisation(tx: Connection, kind: str, name: str, *, bank: str | None = None, actor: str) -> str:
    """A bank, or a branch or agency of one. Raises Conflict when the name is taken."""
    name = name.strip()
    if kind not in ("bank", "branch", "agency") or (kind == "bank") != (bank is None):
        raise Invalid("机构类型有误：支行和中介须指明所属银行。", "/kind")
    if not 1 <= len(name) <= 200:
        raise Invalid("请填写机构名称（200 字以内）。", "/name")
    if bank is not None and organisation(tx, bank).kind != "bank":
        raise Invalid("所属银行有误。", "/bank")
    made = ids.new("org")
    _insert(tx, organisations, {"id": made, "kind": kind, "bank_id": bank, "name": name, "created_at": now()}, "机构名称已存在。")
    audit.record(tx, "organisation.add", actor=actor, object_id=made, detail={"kind": kind, "bank": bank})
    return made


def allow_branch(tx: Connection, agency: str, branch: str, *, actor: str) -> None:
    """Lets an agency hand in to a branch of its bank."""
    giver, taker = organisation(tx, agency), organisation(tx, branch)
    if giver.kind != "agency" or taker.kind != "branch" or giver.bank_id != taker.bank_id:
        raise Invalid("只能将中介关联到同一银行的支行。", "/branch")
    held = select(agency_branches).where(agency_branches.c.agency_id == agency, agency_branches.c.branch_id == branch)
    if tx.execute(held).one_or_none() is None:
        tx.execute(insert(agency_branches).values(agency_id=agency, branch_id=branch))
        audit.record(tx, "agency.allow", actor=actor, object_id=agency, detail={"branch": branch})


def organisation(tx: Connection, id: str) -> Row[*tuple[Any, ...]]:
    """Its row. Raises NotFound."""
    row = tx.execute(select(organisations).where(organisations.c.id == id, organisations.c.disabled_at.is_(None))).one_or_none()
    if row is None:
        raise NotFound
    return row


def of_bank(bank: str) -> Select[Any]:
    """All organisations of a bank, itself among them."""
    return select(organisations).where((organisations.c.id == bank) | (organisations.c.bank_id == bank)).order_by(organisations.c.name)


def add_user(
    tx: Connection,
    vault: Vault,
    *,
    organisation_id: str,
    login: str,
    name: str,
    role: str,
    password: str,
    actor: str,
    must_change: bool = True,
) -> str:
    """A person who can log in. Raises Invalid, NotFound, and Conflict when the login name is taken."""
    login = login.strip().casefold()
    if not LOGIN.fullmatch(login):
        raise Invalid("登录名须为 3 至 100 位小写字母、数字或 . _ @ -。", "/login")
    if role not in ROLES or organisation(tx, organisation_id).kind not in BELONGS[role]:
        raise Invalid("该机构不能有此角色的用户。", "/role")
    passwords.check_new(password, login)
    made = ids.new("user")
    sealed = vault.box(tx, SYSTEM).seal_text(name.strip()[:100], f"users.name:{made}")
    row = {"id": made, "organisation_id": organisation_id, "login": login, "name_sealed": sealed, "role": role, "must_change": must_change}
    _insert(tx, users, {**row, "password_hash": passwords.hashed(password), "created_at": now()}, "登录名已存在。")
    audit.record(tx, "user.add", actor=actor, object_id=made, detail={"role": role, "organisation": organisation_id})
    return made


def people_of(tx: Connection, vault: Vault, organisation_ids: list[str]) -> list[dict[str, Any]]:
    """The users of these organisations, names opened, without what belongs to their passwords."""
    box = vault.box(tx, SYSTEM)
    rows = tx.execute(select(users).where(users.c.organisation_id.in_(organisation_ids)).order_by(users.c.login)).all()
    kept = ("id", "organisation_id", "login", "role", "must_change", "disabled_at", "created_at")
    return [
        {name: getattr(row, name) for name in kept}
        | {"name": box.open_text(row.name_sealed, f"users.name:{row.id}"), "second_factor": row.totp_sealed is not None}
        for row in rows
    ]


def names(tx: Connection, vault: Vault, actors: Iterable[str]) -> dict[str, str]:
    """What those who acted are called, by their ids: people by their names, machines by theirs. The service itself is not in it."""
    wanted = sorted(set(actors))
    box = vault.box(tx, SYSTEM)
    found = {row.id: row.name for row in tx.execute(select(clients.c.id, clients.c.name).where(clients.c.id.in_(wanted)))}
    rows = tx.execute(select(users.c.id, users.c.name_sealed).where(users.c.id.in_(wanted))).all()
    return found | {row.id: box.open_text(row.name_sealed, f"users.name:{row.id}") for row in rows}


def set_password(tx: Connection, user: str, password: str, *, actor: str, must_change: bool) -> None:
    """A new password; all sessions of the user end."""
    row = _user(tx, user)
    passwords.check_new(password, row.login)
    if passwords.fits(row.password_hash, password):
        raise Invalid("新密码不能与原密码相同。", "/password")
    tx.execute(update(users).where(users.c.id == user).values(password_hash=passwords.hashed(password), must_change=must_change))
    tx.execute(delete(sessions).where(sessions.c.user_id == user))
    audit.record(tx, "user.password", actor=actor, object_id=user)


def set_disabled(tx: Connection, user: str, disabled: bool, *, actor: str) -> None:
    """Lets a person in no more (or again); all sessions end at once. Nobody can shut himself out."""
    _user(tx, user)
    if disabled and actor == user:
        raise Conflict("不能停用自己的账号。")
    tx.execute(update(users).where(users.c.id == user).values(disabled_at=now() if disabled else None))
    tx.execute(delete(sessions).where(sessions.c.user_id == user))
    audit.record(tx, "user.disable" if disabled else "user.enable", actor=actor, object_id=user)


def begin_second_factor(tx: Connection, user: str) -> tuple[bytes, str]:
    """A new secret, stored by nobody yet, and the address that an authenticator app scans."""
    secret = totp.new_secret()
    return secret, totp.address(secret, _user(tx, user).login)


def confirm_second_factor(tx: Connection, vault: Vault, user: str, secret: bytes, code: str, *, actor: str) -> None:
    """Stores the secret when the app shows its code. Raises Unauthenticated for a wrong one."""
    step = totp.step_of(secret, code, 0)
    if step is None or len(secret) < 16:
        raise Unauthenticated
    sealed = vault.box(tx, SYSTEM).seal(secret, f"users.totp:{user}")
    tx.execute(update(users).where(users.c.id == user).values(totp_sealed=sealed, totp_last_step=step))
    audit.record(tx, "user.second_factor", actor=actor, object_id=user)


def drop_second_factor(tx: Connection, user: str, *, actor: str) -> None:
    """For a lost phone: the next log-in goes without; all sessions end."""
    _user(tx, user)
    tx.execute(update(users).where(users.c.id == user).values(totp_sealed=None, totp_last_step=0))
    tx.execute(delete(sessions).where(sessions.c.user_id == user))
    audit.record(tx, "user.second_factor_drop", actor=actor, object_id=user)


def by_login(tx: Connection, login: str) -> Row[*tuple[Any, ...]]:
    """The user's row. Raises NotFound."""
    row = tx.execute(select(users).where(users.c.login == login.strip().casefold())).one_or_none()
    if row is None:
        raise NotFound
    return row


def generated_password() -> str:
    """A password that a person can type once: four groups of five characters without look-alikes."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))


def _user(tx: Connection, user: str) -> Row[*tuple[Any, ...]]:
    row = tx.execute(select(users).where(users.c.id == user)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _insert(tx: Connection, table: Any, row: dict[str, Any], taken: str) -> None:
    try:
        with tx.begin_nested():
            tx.execute(insert(table).values(row))
    except IntegrityError:
        raise Conflict(taken) from None
