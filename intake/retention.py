"""How long cases are kept, what holds them, and how one is erased: its key first, then what it opened.

What a bank set for itself stands in the table of settings: `retention_days` (after its end a case is erased by itself) and
`min_retention_days` (before that nobody can erase it). A legal hold stops both.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, select, update

from intake import audit, events, work
from intake.database import now, reading, writing
from intake.errors import NotFound, OnHold
from intake.settings import Settings
from intake.storage import ERASED, Blobs
from intake.tables import case_index, cases, corrections, decisions, files, messages, notices, settings, uploads
from intake.vault import Vault

log = logging.getLogger(__name__)
OVER = ("passed", "declined", "closed")
EMPTY = b""
LONGEST_DAYS = 36_500


def due(engine: Engine, given: Settings, most: int = 200) -> list[str]:
    """Cases whose time is over and that nothing holds, the oldest first."""
    moment = now()
    with reading(engine) as tx:
        banks = tx.execute(select(cases.c.bank_id).where(cases.c.stage.in_(OVER)).distinct()).scalars().all()
        found: list[str] = []
        for bank in banks:
            days = max(setting(tx, bank, "retention_days", given.retention_days), setting(tx, bank, "min_retention_days", 0))
            ended = func.coalesce(cases.c.closed_at, cases.c.updated_at, type_=cases.c.closed_at.type)
            over = (cases.c.bank_id == bank) & cases.c.stage.in_(OVER) & cases.c.legal_hold.is_(False)
            before = over & (ended <= moment - timedelta(days=days))
            found += tx.execute(select(cases.c.id).where(before).order_by(ended).limit(most)).scalars()
    return found[:most]


def setting(tx: Connection, organisation: str, name: str, default: int) -> int:
    """A number that a bank set for itself, else the default."""
    wanted = select(settings.c.value).where(settings.c.organisation_id == organisation, settings.c.name == name)
    value = tx.execute(wanted).scalar()
    return default if value is None or not str(value).isdecimal() else min(int(value), LONGEST_DAYS)


def hold(tx: Connection, case_id: str, held: bool, *, actor: str) -> None:
    """Sets or lifts a legal hold: while it lasts the case cannot be erased. Raises NotFound."""
    changed = update(cases).where(cases.c.id == case_id, cases.c.stage != "erased").values(legal_hold=held, etag=cases.c.etag + 1)
    if tx.execute(changed).rowcount == 0:
        raise NotFound
    audit.record(tx, "case.hold" if held else "case.release", actor=actor, case_id=case_id)


def erase(engine: Engine, vault: Vault, blobs: Blobs, case_id: str, actor: str) -> None:
    """Makes a case unreadable for ever and deletes what is left of it. Raises NotFound, and OnHold when it must be kept.

    When the transaction is committed its key is gone, and with it all that was sealed. Deleting the blobs comes after; what a failure
    leaves there cannot be opened and is swept up by `finish`."""
    with writing(engine) as tx:
        row = tx.execute(select(cases).where(cases.c.id == case_id).with_for_update()).one_or_none()
        if row is None or row.stage == "erased":
            raise NotFound
        if row.legal_hold or _must_be_kept(tx, row, now()):
            raise OnHold
        emptied(tx, case_id)
        vault.drop_key(tx, case_id)
        events.tell(tx, case_id, "case.erased", {})
        audit.record(tx, "case.erase", actor=actor, case_id=case_id)
    _wiped(engine)
    try:
        _cleared(blobs, case_id)
    except Exception as error:
        log.warning("blobs of an erased case are left for the sweep: %s", type(error).__name__)


def finish(engine: Engine, blobs: Blobs) -> int:
    """Deletes what interrupted erasures left behind; returns of how many cases."""
    marked = {key.removeprefix(ERASED) for key in blobs.keys(ERASED)}
    with reading(engine) as tx:
        erased = set(tx.execute(select(cases.c.id).where(cases.c.stage == "erased")).scalars())
    for case_id in erased - marked:
        _cleared(blobs, case_id)
    return len(erased - marked)


def sweep(engine: Engine, vault: Vault, blobs: Blobs, given: Settings, most: int = 200) -> int:
    """Erases what is due; returns how many cases."""
    done = 0
    for case_id in due(engine, given, most):
        try:
            erase(engine, vault, blobs, case_id, "system:retention")
            done += 1
        except (NotFound, OnHold):
            continue
    return done


def _must_be_kept(tx: Connection, row: Row[*tuple[Any, ...]], moment: datetime) -> bool:
    shortest = setting(tx, row.bank_id, "min_retention_days", 0)
    if not shortest:
        return False
    return row.stage not in OVER or (row.closed_at or row.updated_at) + timedelta(days=shortest) > moment


def emptied(tx: Connection, case_id: str) -> None:
    """Rows that hold nothing but what was sealed go; of the others what was sealed goes. Numbers, states and hashes stay for the record."""
    work.drop(tx, case_id)
    for table in (case_index, uploads, corrections, decisions, notices, messages):
        tx.execute(delete(table).where(table.c.case_id == case_id))
    moment = now()
    tx.execute(update(files).where(files.c.case_id == case_id).values(name_sealed=EMPTY, removed_at=moment))
    gone = {"stage": "erased", "erased_at": moment, "updated_at": moment, "declared_sealed": EMPTY, "reference": None, "verdict": None}
    tx.execute(update(cases).where(cases.c.id == case_id).values(**gone, etag=cases.c.etag + 1))


def _wiped(engine: Engine) -> None:
    """SQLite overwrites deleted rows (secure_delete); its log is emptied here. On PostgreSQL see docs/security.md."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]


def _cleared(blobs: Blobs, case_id: str) -> None:
    """The mark comes first: a backup made just now must know of it. Blobs left by a failure are orphans for `storage.collect`."""
    blobs.put(f"{ERASED}{case_id}", b"")
    for key in list(blobs.keys(f"{case_id}/")):
        blobs.delete(key)
