"""A large file in pieces, so that a broken line costs one piece. Each piece lies sealed beside the blobs; the last one makes the file."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from intake import audit, cases, files, guard, ids
from intake.acting import Act
from intake.database import now
from intake.errors import Conflict, Invalid, NotFound, QuotaExceeded, TooLarge, Unavailable
from intake.storage import Blobs
from intake.tables import uploads

PLACE = "uploads.name:"
LIVES = timedelta(hours=24)
PIECE = 8 << 20
"""Bytes of a piece at most."""
AT_ONCE = 20
"""Uploads of one case that may be under way."""
PIECES = 1000


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload under way, or done: then it is `file_id`."""

    id: str
    case_id: str
    size: int
    received: int
    file_id: str | None
    ends_at: datetime


def begin(act: Act, case_id: str, name: str, size: int, within: guard.Limits) -> Upload:
    """An upload of so many bytes begins. Raises TooLarge, QuotaExceeded."""
    cases.hold(act, case_id)
    if size > max(within.pdf_bytes, within.image_bytes):
        raise TooLarge
    going = select(func.count()).select_from(uploads)
    going = going.where(uploads.c.case_id == case_id, uploads.c.file_id.is_(None), uploads.c.ends_at > now())
    if (act.tx.execute(going).scalar() or 0) >= AT_ONCE:
        raise QuotaExceeded("同时进行的分段上传过多，请先完成已开始的。")
    id, at = ids.new("upload"), now()
    sealed = act.vault.box(act.tx, case_id).seal_text(name, PLACE + id)
    row = {"id": id, "case_id": case_id, "name_sealed": sealed, "size": size, "received": 0, "pieces": "", "started_by": act.scope.actor}
    act.tx.execute(insert(uploads).values(row | {"created_at": at, "ends_at": at + LIVES}))
    audit.record(act.tx, "upload.begin", actor=act.scope.actor, case_id=case_id, object_id=id, detail={"size": size})
    return get(act, case_id, id)


def get(act: Act, case_id: str, upload: str) -> Upload:
    """How far an upload is. Raises NotFound."""
    cases.get(act, case_id)
    return _upload(_row(act, case_id, upload))


def seal(act: Act, blobs: Blobs, case_id: str, upload: str, offset: int, data: bytes) -> str:
    """Keeps a piece; gives its key. Not counted yet: see `add`. Raises Conflict when it is not the next one."""
    cases.get(act, case_id)
    row = _row(act, case_id, upload)
    _next(row, offset, len(data))
    key = f"{case_id}/{upload}/{offset:012d}-{secrets.token_hex(4)}"
    blobs.put(key, act.vault.box(act.tx, case_id).seal(data, key))
    return key


def add(act: Act, case_id: str, upload: str, offset: int, size: int, key: str) -> Upload:
    """Counts a piece that was kept. Raises Conflict when another came in between."""
    cases.hold(act, case_id)
    row = _row(act, case_id, upload)
    _next(row, offset, size)
    mine = (uploads.c.id == upload, uploads.c.received == offset)
    changed = update(uploads).where(*mine).values(received=offset + size, pieces=f"{row.pieces} {key}".strip())
    if act.tx.execute(changed).rowcount != 1:
        raise Conflict
    return get(act, case_id, upload)


def _next(row: Row[Any], offset: int, size: int) -> None:
    if row.file_id is not None or offset != row.received:
        raise Conflict(f"下一段应从第 {row.received} 字节开始。")
    if size == 0 or offset + size > row.size or len(row.pieces.split()) >= PIECES:
        raise Invalid("这一段为空、超出所声明的大小，或分段过多。")


def whole(act: Act, blobs: Blobs, case_id: str, upload: str) -> tuple[str, bytes]:
    """The name and the bytes of an upload whose last piece came. Raises Conflict while one is wanting."""
    cases.get(act, case_id)
    row = _row(act, case_id, upload)
    if row.received != row.size or row.file_id is not None:
        raise Conflict
    box = act.vault.box(act.tx, case_id)
    try:
        data = b"".join(box.open(blobs.get(key), key) for key in row.pieces.split())
    except KeyError:
        raise Unavailable from None
    return box.open_text(row.name_sealed, PLACE + upload), data


def finish(act: Act, case_id: str, upload: str, stored: files.Stored, within: guard.Limits) -> files.File:
    """The pieces are a file of the case. Its pieces are swept up later. Raises Conflict when they are one already."""
    (file,) = files.accept(act, case_id, [stored], within)
    mine = (uploads.c.id == upload, uploads.c.file_id.is_(None))
    if act.tx.execute(update(uploads).where(*mine).values(file_id=file.id, ends_at=now())).rowcount != 1:
        raise Conflict
    return file


def give_up(act: Act, case_id: str, upload: str) -> None:
    """The upload is of no use: its pieces are swept up later."""
    cases.get(act, case_id)
    act.tx.execute(update(uploads).where(uploads.c.id == upload, uploads.c.case_id == case_id).values(ends_at=now()))
    audit.record(act.tx, "upload.end", actor=act.scope.actor, case_id=case_id, object_id=upload)


def _row(act: Act, case_id: str, upload: str) -> Row[Any]:
    row = act.tx.execute(select(uploads).where(uploads.c.id == upload, uploads.c.case_id == case_id)).first()
    if row is None or (row.file_id is None and row.ends_at <= now()):
        raise NotFound
    return row


def _upload(row: Row[Any]) -> Upload:
    return Upload(row.id, row.case_id, row.size, row.received, row.file_id, row.ends_at)
