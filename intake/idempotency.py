"""A request that comes twice happens once: the answer to the first is kept with what it did, in one transaction.

After draft-ietf-httpapi-idempotency-key-header: no key where one is needed → 400, the key with another request → 422, the first one
still running → 409, the first one done → its answer again. An error leaves nothing behind, so the request may be tried again.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from intake.acting import Act
from intake.database import now
from intake.errors import Invalid, KeyReused, StillRunning
from intake.tables import idempotency

KEPT = timedelta(days=7)
FORM = re.compile(r"[\x21-\x7e]{1,255}")
_running: set[tuple[str, bytes]] = set()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Key:
    """A key of one actor (by hash), and what it was sent with."""

    actor: str
    hash: bytes
    fingerprint: bytes


def key(actor: str, text: str, *parts: bytes) -> Key:
    """The key for a request that consists of `parts`. Raises Invalid for a key of another form. Quotes around it, as the draft has them,
    do not matter."""
    text = text.strip().strip('"')
    if not FORM.fullmatch(text):
        raise Invalid("Idempotency-Key 应为 1 至 255 个可见 ASCII 字符。", "header:Idempotency-Key")
    mark = hashlib.sha256()
    for part in parts:
        mark.update(len(part).to_bytes(8, "big") + part)
    return Key(actor[:40], hashlib.sha256(text.encode()).digest(), mark.digest())


@contextlib.contextmanager
def alone(key: Key) -> Iterator[None]:
    """While the first request under a key runs in this process, the second is refused: StillRunning. One that runs in another process
    loses at the commit, since keys are unique in the database, and then gets the first one's answer."""
    mark = (key.actor, key.hash)
    with _lock:
        if mark in _running:
            raise StillRunning
        _running.add(mark)
    try:
        yield
    finally:
        with _lock:
            _running.discard(mark)


def earlier(act: Act, key: Key) -> dict[str, Any] | None:
    """The answer that was given to this request before, None when it is new. Raises KeyReused; NotFound when its case was erased."""
    row = act.tx.execute(select(idempotency).where(*_of(key))).first()
    if row is None:
        return None
    if row.fingerprint != key.fingerprint:
        raise KeyReused
    owner, _, sealed = bytes(row.answer_sealed).partition(b"|")
    answer: dict[str, Any] = act.vault.box(act.tx, owner.decode()).open_json(sealed, _place(key))
    return answer


def known(act: Act, key: Key) -> bool:
    """Whether the key was used before, for whatever."""
    return act.tx.execute(select(idempotency.c.actor).where(*_of(key))).first() is not None


def keep(act: Act, key: Key, answer: dict[str, Any], status: int, owner: str = "system") -> None:
    """The answer to the first request, sealed with the key of `owner`: the case that it speaks of."""
    sealed = owner.encode() + b"|" + act.vault.box(act.tx, owner).seal_json(answer, _place(key))
    row = {"actor": key.actor, "key_hash": key.hash, "fingerprint": key.fingerprint, "status": status, "answer_sealed": sealed}
    act.tx.execute(insert(idempotency).values(row | {"created_at": now()}))


def prune(tx: Connection) -> int:
    """Forgets keys older than `KEPT`; gives how many."""
    return tx.execute(delete(idempotency).where(idempotency.c.created_at < now() - KEPT)).rowcount


def _of(key: Key) -> tuple[Any, ...]:
    return idempotency.c.actor == key.actor, idempotency.c.key_hash == key.hash


def _place(key: Key) -> str:
    return f"idempotency.answer:{key.actor}:{key.hash.hex()}"
