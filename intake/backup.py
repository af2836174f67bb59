"""A backup is a folder: all tables as lines of JSON out of one consistent view, the blobs they speak of, and a list of it all with hashes.

It is the same for SQLite and PostgreSQL, disk and S3, so that one can be restored as the other. What is in it stays sealed: the master key
is not in it and must be kept elsewhere. Into the same folder again, only new blobs are copied.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, LargeBinary, Table, delete, func, insert, select, text

from intake import audit, vault
from intake.database import Moment, now, writing
from intake.errors import WrongUse
from intake.migrations import migrate, version
from intake.storage import ERASED, Blobs, Disk
from intake.tables import cases, files, keys, metadata, organisations, reports, work

FORMAT = "yushen-backup-1"
LEFT_OUT = {"sessions", "throttle", "counters"}
"""Nobody stays logged in over a restore; counters are told from the tables."""
ROWS_AT_ONCE = 500
LIST = "backup.json"


def backup(engine: Engine, blobs: Blobs, folder: Path) -> dict[str, int]:
    """Writes a backup; returns how many rows and blobs it has. The service may go on meanwhile. Without its list, which is written
    last, a folder is no backup: one that was interrupted cannot be taken for whole."""
    (folder / "tables").mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / LIST).unlink(missing_ok=True)
    hashes: dict[str, str] = {}
    rows = 0
    with _still(engine) as tx:
        for table in _tables():
            count, hashes[f"tables/{table.name}.jsonl"] = _write(folder / "tables" / f"{table.name}.jsonl", _lines(tx, table))
            rows += count
        wanted, schema, leaves = _blobs_of(tx), version(tx), audit.size(tx)
    copied = _blobs_copied(blobs, Disk(folder / "blobs"), wanted)
    told = {"rows": rows, "blobs": len(wanted), "copied": copied, "leaves": leaves}
    said = {"format": FORMAT, "made_at": now().isoformat(), "schema": schema, "hashes": hashes, **told}
    _write(folder / LIST, iter([json.dumps(said, indent=1, sort_keys=True)]))
    return told


def restore(engine: Engine, secrets: vault.Vault, blobs: Blobs, folder: Path) -> dict[str, int]:
    """Puts a backup into an empty database. Cases whose erasure is known here or in the backup stay erased. Raises WrongUse, having
    changed nothing, when the backup is not whole, of another version, the database is not empty, or the master key is not the right one."""
    said = _checked_list(folder)
    migrate(engine)
    with writing(engine) as tx:
        if version(tx) != said["schema"]:
            raise WrongUse(f"the backup is of schema {said['schema']}, this program's {version(tx)}: restore with the version that made it")
        if tx.execute(select(func.count()).select_from(organisations)).scalar() or audit.size(tx):
            raise WrongUse("the database is not empty: a backup is restored into a new one")
        tx.execute(delete(keys))
        rows = sum(_read(tx, table, folder / "tables" / f"{table.name}.jsonl") for table in _tables())
        _counted(tx, said["leaves"])
        _opens(tx, secrets)
        erased = {key.removeprefix(ERASED) for store in (Disk(folder / "blobs"), blobs) for key in store.keys(ERASED)}
        forgotten = _forget(tx, erased)
        copied = _put_back(tx, Disk(folder / "blobs"), blobs)
    return {"rows": rows, "blobs": copied, "forgotten": forgotten}


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


class _still:
    """A transaction that sees one moment only, however long it takes."""

    def __init__(self, engine: Engine) -> None:
        options: dict[str, Any] = {"reads": True} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self.connection = engine.connect().execution_options(**options)

    def __enter__(self) -> Connection:
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text("SELECT set_config('yushen.organisation', '*', true)"))
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.rollback()
        self.connection.close()


def _lines(tx: Connection, table: Table) -> Iterator[str]:
    order: Sequence[Any] = (table.c.bank_id.isnot(None), table.c.id) if table is organisations else tuple(table.primary_key.columns)
    for row in tx.execute(select(table).order_by(*order)).yield_per(ROWS_AT_ONCE):
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def _value(column: Column[Any], given: Any) -> Any:
    if given is None:
        return None
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(given)
    return datetime.fromisoformat(given) if isinstance(column.type, Moment) else given


def _write(path: Path, lines: Iterator[str]) -> tuple[int, str]:
    """How many lines, and the SHA-256 of the file."""
    hashed, count = hashlib.sha256(), 0
    temporary = path.with_name(f".{path.name}")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for line in lines:
            row = f"{line}\n".encode()
            hashed.update(row)
            file.write(row)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    return count, hashed.hexdigest()


def _blobs_of(tx: Connection) -> set[str]:
    living = select(cases.c.id).where(cases.c.stage != "erased")
    found: set[str] = set()
    for table, column in ((files, files.c.blob), (reports, reports.c.blob), (work, work.c.result)):
        found |= set(tx.execute(select(column).where(column.isnot(None), table.c.case_id.in_(living))).scalars())
    return found


def _blobs_copied(blobs: Blobs, kept: Disk, wanted: set[str]) -> int:
    """Copies what is new and deletes what is wanted no more. Erased cases are listed last, so that none is missed that was erased, and
    lost its blobs, while we copied."""
    held, copied = set(kept.keys()), 0
    for key in wanted - held:
        try:
            kept.put(key, blobs.get(key))
            copied += 1
        except KeyError:
            continue
    marks = set(blobs.keys(ERASED))
    for key in marks - held:
        kept.put(key, b"")
    for gone in held - wanted - marks:
        kept.delete(gone)
    return copied


def _checked_list(folder: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise WrongUse(f"{folder} holds no whole backup (no {LIST})") from None
    if said.get("format") != FORMAT:
        raise WrongUse(f"{folder / LIST} is of another format")
    for name, expected in said["hashes"].items():
        path = folder / name
        with path.open("rb") if path.is_file() else _missing(path) as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                raise WrongUse(f"{path} is damaged: its hash is not the one in {LIST}")
    return said


def _missing(path: Path) -> Any:
    raise WrongUse(f"{path} is missing")


def _read(tx: Connection, table: Table, path: Path) -> int:
    columns, count, held = list(table.columns), 0, []
    with path.open(encoding="utf-8") as file:
        for line in file:
            held.append({c.name: _value(c, given) for c, given in zip(columns, json.loads(line), strict=True)})
            if len(held) == ROWS_AT_ONCE:
                tx.execute(insert(table), held)
                held = []
            count += 1
    if held:
        tx.execute(insert(table), held)
    return count


def _counted(tx: Connection, leaves: int) -> None:
    from intake.tables import counters

    numbered = [table for table in metadata.sorted_tables if "seq" in table.c and table.name != "audit"]
    highest = max(tx.execute(select(func.max(table.c.seq))).scalar() or 0 for table in numbered)
    tx.execute(delete(counters))
    tx.execute(insert(counters), [{"name": "seq", "value": highest}, {"name": "audit", "value": leaves}])


def _opens(tx: Connection, secrets: vault.Vault) -> None:
    from intake.masterkeys import MasterKeyMissing

    try:
        secrets.box(tx, vault.SYSTEM)
    except MasterKeyMissing as error:
        raise WrongUse(f"the backup cannot be opened: {error}") from None


def _forget(tx: Connection, erased: set[str]) -> int:
    """Erases again what was erased after the backup was made."""
    from intake.retention import emptied

    rows = tx.execute(select(cases.c.id).where(cases.c.id.in_(erased), cases.c.stage != "erased")).scalars().all()
    for case_id in rows:
        emptied(tx, case_id)
        tx.execute(delete(keys).where(keys.c.owner == case_id))
        audit.record(tx, "case.erase", actor="system:restore", case_id=case_id)
    return len(rows)


def _put_back(tx: Connection, kept: Disk, blobs: Blobs) -> int:
    wanted = _blobs_of(tx) | set(kept.keys(ERASED))
    missing = wanted - set(kept.keys())
    if missing:
        raise WrongUse(f"{len(missing)} blobs are missing in the backup")
    for key in wanted:
        blobs.put(key, kept.get(key))
    return len(wanted)
