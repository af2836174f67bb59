"""Sealing: each case's data under its own key, those keys under a versioned master key that lies apart from database and blobs.

What is sealed says where it belongs (owner and place are authenticated), so that nothing can be moved to another row, column or case
without being found. Erasing a case drops its key. Rotating the master key wraps the keys anew and touches nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from intake.database import now, writing
from intake.errors import NotFound
from intake.masterkeys import Masters, load
from intake.settings import Settings
from intake.tables import keys

SYSTEM = "system"
"""Owner of what belongs to organisations and users, not to a case."""
AES_256_GCM = b"\x01"
"""First byte of all that is sealed: the algorithm. SM4-GCM would be another one."""
LOCK = 0x59757369
"""Of PostgreSQL, held while the system's key is made."""
NONCE_BYTES = 12
CACHE_SECONDS, CACHE_KEYS = 60.0, 2000


class SealBroken(Exception):
    """What was to be opened is not what was sealed at this place: damaged, moved, or under another key."""


@dataclass(frozen=True, slots=True)
class Box:
    """Seals and opens for one owner. `place` says what it is and where it stands: `table.column:id`, or the key of a blob."""

    owner: str
    key: bytes

    def seal(self, data: bytes, place: str) -> bytes:
        """29 bytes longer than `data`."""
        nonce = os.urandom(NONCE_BYTES)
        return AES_256_GCM + nonce + AESGCM(self.key).encrypt(nonce, data, self._where(place))

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed at this place for this owner. Raises SealBroken for anything else."""
        if sealed[:1] != AES_256_GCM or len(sealed) < 1 + NONCE_BYTES + 16:
            raise SealBroken("not sealed by a known algorithm")
        try:
            return AESGCM(self.key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], self._where(place))
        except InvalidTag:
            raise SealBroken("damaged, moved, or under another key") from None

    def seal_text(self, text: str, place: str) -> bytes:
        return self.seal(text.encode(), place)

    def open_text(self, sealed: bytes, place: str) -> str:
        return self.open(sealed, place).decode()

    def seal_json(self, value: Any, place: str) -> bytes:
        return self.seal(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(), place)

    def open_json(self, sealed: bytes, place: str) -> Any:
        return json.loads(self.open(sealed, place))

    def _where(self, place: str) -> bytes:
        return f"{self.owner}|{place}".encode()

    def __repr__(self) -> str:
        return f"Box({self.owner})"


class Vault:
    """The master keys of this process, and the data keys that they open."""

    def __init__(self, masters: Masters) -> None:
        self.masters = masters
        self._opened: dict[tuple[str, bytes], tuple[float, bytes]] = {}
        self._lock = threading.Lock()

    def new_key(self, tx: Connection, owner: str) -> Box:
        """Makes the owner's key; written with the transaction."""
        key = secrets.token_bytes(32)
        version, wrapped = self.masters.wrap(key, owner.encode())
        tx.execute(insert(keys).values(owner=owner, wrapped=wrapped, master_version=version, created_at=now()))
        return Box(owner, key)

    def prepare(self, engine: Engine) -> None:
        """Makes the system's key where there is none yet. Called once after `migrate`, at each start."""
        with writing(engine) as tx:
            if tx.dialect.name == "postgresql":
                tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            if tx.execute(select(keys.c.owner).where(keys.c.owner == SYSTEM)).scalar() is None:
                self.new_key(tx, SYSTEM)

    def drop_key(self, tx: Connection, owner: str) -> None:
        """Forgets the owner's key: nothing sealed with it can be opened any more."""
        tx.execute(delete(keys).where(keys.c.owner == owner))
        with self._lock:
            self._opened = {known: held for known, held in self._opened.items() if known[0] != owner}

    def box(self, tx: Connection, owner: str) -> Box:
        """The owner's box. Raises NotFound when its key was dropped. Always asks the database, so that an erasure counts at once
        everywhere; what is remembered for a minute is only what the master key (perhaps a KMS far away) made of the row."""
        row = tx.execute(select(keys.c.wrapped, keys.c.master_version).where(keys.c.owner == owner)).one_or_none()
        if row is None and owner == SYSTEM:
            return self.new_key(tx, SYSTEM)
        if row is None:
            raise NotFound
        return Box(owner, self._unwrapped(owner, row.wrapped, row.master_version))

    def boxes(self, tx: Connection, owners: Sequence[str]) -> dict[str, Box]:
        """The boxes of these owners, in one question to the database; those whose key was dropped are not among them."""
        rows = tx.execute(select(keys.c.owner, keys.c.wrapped, keys.c.master_version).where(keys.c.owner.in_(owners))).all()
        return {row.owner: Box(row.owner, self._unwrapped(row.owner, row.wrapped, row.master_version)) for row in rows}

    def digest(self, kind: str, text: str) -> bytes:
        """A keyed hash of 32 bytes, to find something by without storing it. Unlike a plain one it cannot be tried out without the key."""
        return hmac.new(self.masters.index, f"{kind}|{text}".encode(), hashlib.sha256).digest()

    def signer(self) -> Ed25519PrivateKey:
        """The key that signs checkpoints of the audit log."""
        return Ed25519PrivateKey.from_private_bytes(self.masters.sign)

    def _unwrapped(self, owner: str, wrapped: bytes, version: int) -> bytes:
        with self._lock:
            held = self._opened.get((owner, wrapped))
            if held and time.monotonic() - held[0] < CACHE_SECONDS:
                return held[1]
        key = self.masters.unwrap(version, wrapped, owner.encode())
        with self._lock:
            if len(self._opened) >= CACHE_KEYS:
                self._opened.clear()
            self._opened[owner, wrapped] = (time.monotonic(), key)
        return key


def opened(settings: Settings) -> Vault:
    """The vault of this process. Raises SettingWrong when the master key is missing, readable by others, or in production a default one."""
    return Vault(load(settings))


def rotate(engine: Engine, vault: Vault, batch: int = 500) -> int:
    """Wraps every data key anew under the newest master key, a batch per transaction; interrupted, it goes on where it was.
    Returns how many. Nothing that was sealed is touched."""
    done = 0
    while True:
        with writing(engine) as tx:
            old = select(keys).where(keys.c.master_version != vault.masters.current).order_by(keys.c.owner).limit(batch)
            rows = tx.execute(old.with_for_update()).all()
            for row in rows:
                key = vault.masters.unwrap(row.master_version, row.wrapped, row.owner.encode())
                version, wrapped = vault.masters.wrap(key, row.owner.encode())
                tx.execute(update(keys).where(keys.c.owner == row.owner).values(wrapped=wrapped, master_version=version))
        done += len(rows)
        if len(rows) < batch:
            return done
