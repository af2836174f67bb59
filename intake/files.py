"""Files of a case: taken in, listed, given back, removed. The bytes are sealed and safe on the disk before anybody is told so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from intake import audit, cases, events, guard, ids, work
from intake.acting import Act, looking
from intake.database import count, now
from intake.errors import NotFound, QuotaExceeded, Unavailable
from intake.scope import Scope
from intake.settings import Settings
from intake.storage import Blobs
from intake.tables import files
from intake.vault import Vault

PLACE = "files.name:"
NAME = 120
"""Characters of a file's name that are kept."""
QUALITY = 200
"""Characters that are kept about pages nobody can rely on; the first of many are enough."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that lie sealed under `blob`, and what they are. Not yet a file: the transaction that makes one may still be refused."""

    id: str
    name: str
    kind: str
    mime: str
    size: int
    sha256: str
    blob: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of a case. `number` counts the case's files from 1; `name` is unique in the case; `pages_done` of `pages` are read.
    `unclear`: pages that nobody can rely on, with the reasons (`blurred`, `dark`, `glare`, `cropped`, `small`, `damaged`)."""

    id: str
    case_id: str
    number: int
    name: str
    kind: str
    mime: str
    size: int
    sha256: str
    state: str
    pages: int | None
    pages_done: int
    error: str | None
    blob: str
    created_at: datetime
    unclear: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """What a file of a case is called, or was before it was removed."""

    id: str
    number: int
    name: str


def limits(settings: Settings) -> guard.Limits:
    """What may come in, by the settings."""
    return guard.Limits(settings.image_bytes, settings.pdf_bytes, settings.packet_bytes, settings.packet_files)


def store(engine: Engine, vault: Vault, blobs: Blobs, scope: Scope, case_id: str, name: str, data: bytes, within: guard.Limits) -> Stored:
    """Seals and keeps the bytes. Raises NotFound for a foreign case, FileRefused for what may not come in, StorageFull."""
    with looking(engine, vault, scope) as act:
        cases.seen(act, case_id)
        box = vault.box(act.tx, case_id)
    kind = guard.admit(data, name, within)
    blob = f"{case_id}/{ids.new('blob')}"
    blobs.put(blob, box.seal(data, blob))
    return Stored(ids.new("file"), name, kind.id, kind.mime, len(data), hashlib.sha256(data).hexdigest(), blob)


def accept(act: Act, case_id: str, stored: Sequence[Stored], within: guard.Limits, *, bulk: bool = False) -> list[File]:
    """What was stored becomes files of the case, and is to be read. Raises CaseClosed, QuotaExceeded; the blobs are then nobody's and
    are collected later."""
    cases.hold(act, case_id)
    box = act.vault.box(act.tx, case_id)
    columns = files.c.id, files.c.name_sealed, files.c.size, files.c.removed_at
    known = act.tx.execute(select(*columns).where(files.c.case_id == case_id)).all()
    present = [row for row in known if row.removed_at is None]
    if len(present) + len(stored) > within.packet_files:
        raise QuotaExceeded
    if sum(row.size for row in present) + sum(each.size for each in stored) > within.packet_bytes:
        raise QuotaExceeded
    taken = {box.open_text(row.name_sealed, PLACE + row.id) for row in known}  # older reports name removed files too
    made, at = [], now()
    for number, each in enumerate(stored, start=len(known) + 1):
        name = unique(plain_name(each.name, each.kind), taken)
        taken.add(name)
        row = {
            "id": each.id, "seq": count(act.tx), "case_id": case_id, "name_sealed": box.seal_text(name, PLACE + each.id), "kind": each.kind,
            "mime": each.mime, "size": each.size, "sha256": each.sha256, "blob": each.blob, "state": "waiting",
            "uploaded_by": act.scope.actor, "created_at": at,
        }  # fmt: skip
        act.tx.execute(insert(files).values(row))
        told = (each.kind, each.mime, each.size, each.sha256, "waiting", None, 0, None, each.blob, at)
        made.append(File(each.id, case_id, number, name, *told))
        act.rings.append(work.enqueue_read(act.tx, each.id, case_id, work.BULK if bulk else work.WAITING))
    cases.touch(act, case_id, inputs=True, unread=True)
    for each in stored:
        audit.record(act.tx, "file.upload", actor=act.scope.actor, case_id=case_id, object_id=each.id, detail={"sha256": each.sha256})
    for each in stored:
        events.tell(act.tx, case_id, "file.received", {"file": each.id})
    return made


def listed(act: Act, case_id: str) -> list[File]:
    """The files of a case in the order in which they came. Raises NotFound."""
    cases.seen(act, case_id)
    done = work.progress(act.tx, case_id)
    box = act.vault.box(act.tx, case_id)
    rows = act.tx.execute(select(files).where(files.c.case_id == case_id).order_by(files.c.seq)).all()
    named = [(number, row, box.open_text(row.name_sealed, PLACE + row.id)) for number, row in enumerate(rows, start=1)]
    return [_file(number, row, name, done.get(row.id, 0)) for number, row, name in named if row.removed_at is None]


def names(act: Act, case_id: str) -> list[Name]:
    """The names of all files that the case ever had. Raises NotFound."""
    cases.seen(act, case_id)
    box = act.vault.box(act.tx, case_id)
    rows = act.tx.execute(select(files.c.id, files.c.name_sealed).where(files.c.case_id == case_id).order_by(files.c.seq)).all()
    return [Name(row.id, n, box.open_text(row.name_sealed, PLACE + row.id)) for n, row in enumerate(rows, start=1)]


def reading_now(tx: Connection, case_id: str) -> dict[str, tuple[int, int]]:
    """File id → (pages read, pages) of the files of a case that are being read; nothing is unsealed, nobody's right is asked."""
    wanted = select(files.c.id, files.c.pages).where(files.c.case_id == case_id, files.c.state == "reading", files.c.removed_at.is_(None))
    rows = tx.execute(wanted).all()
    done = work.progress(tx, case_id) if rows else {}
    return {row.id: (done.get(row.id, 0), row.pages or 0) for row in rows}


def get(act: Act, case_id: str, file_id: str) -> File:
    """One file of a case. Raises NotFound."""
    found = next((file for file in listed(act, case_id) if file.id == file_id), None)
    if found is None:
        raise NotFound
    return found


def original(act: Act, blobs: Blobs, case_id: str, file_id: str) -> tuple[File, bytes]:
    """A file's bytes as they were uploaded. Personal data in full: a recorded act."""
    file = get(act, case_id, file_id)
    audit.record(act.tx, "file.view", actor=act.scope.actor, case_id=case_id, object_id=file_id)
    try:
        sealed = blobs.get(file.blob)
    except KeyError:
        raise Unavailable from None
    return file, act.vault.box(act.tx, case_id).open(sealed, file.blob)


def remove(act: Act, case_id: str, file_id: str) -> None:
    """A file no longer belongs to the case; its bytes stay until the case is erased."""
    cases.hold(act, case_id)
    get(act, case_id, file_id)
    act.tx.execute(update(files).where(files.c.id == file_id).values(removed_at=now()))
    work.drop(act.tx, case_id, file_id)
    cases.touch(act, case_id, inputs=True)
    audit.record(act.tx, "file.remove", actor=act.scope.actor, case_id=case_id, object_id=file_id)
    events.tell(act.tx, case_id, "file.removed", {"file": file_id})


def total(act: Act) -> int:
    """How many files there are, of all; for metrics."""
    return int(act.tx.execute(select(func.count()).select_from(files)).scalar() or 0)


def plain_name(name: str, kind: str) -> str:
    """A file's own name without folders and control characters, cut to `NAME`; one without a name gets its kind.

    >>> plain_name("C:\\\\scans\\\\身份证.jpg", "jpeg"), plain_name("../\\x00", "pdf")
    ('身份证.jpg', 'file.pdf')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if c.isprintable()).strip().strip(".")
    if not shown:
        return f"file.{kind}"
    stem, suffix = PurePath(shown).stem, PurePath(shown).suffix[:10]
    return stem[: NAME - len(suffix)] + suffix


def unique(name: str, taken: set[str]) -> str:
    """The name, or the next free `name (2)`: reports name files by their names.

    >>> unique("a.jpg", {"a.jpg", "a (2).jpg"})
    'a (3).jpg'
    """
    if name not in taken:
        return name
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    return next(each for n in range(2, len(taken) + 3) if (each := f"{stem} ({n}){suffix}") not in taken)


def _file(number: int, row: Row[Any], name: str, done: int) -> File:
    pages = row.pages
    read = pages if row.state == "read" and pages else min(done, pages) if pages else done
    return File(
        row.id, row.case_id, number, name, row.kind, row.mime, row.size, row.sha256, row.state, pages, read, row.error, row.blob,
        row.created_at, _unclear(row.quality),
    )  # fmt: skip


def _unclear(quality: str | None) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """What `remark` kept.

    >>> _unclear("1:blurred+dark 4:glare")
    ((1, ('blurred', 'dark')), (4, ('glare',)))
    """
    parts = [each.partition(":") for each in (quality or "").split()]
    return tuple((int(page), tuple(reasons.split("+"))) for page, _, reasons in parts)


def remark(tx: Connection, file_id: str, quality: str) -> None:
    """Keeps which pages of a file nobody can rely on; of a long file, part after part."""
    had = tx.execute(select(files.c.quality).where(files.c.id == file_id)).scalar() or ""
    every = f"{had} {quality}".split()
    kept = [each for n, each in enumerate(every) if len(" ".join(every[: n + 1])) <= QUALITY]
    tx.execute(update(files).where(files.c.id == file_id).values(quality=" ".join(kept)))
