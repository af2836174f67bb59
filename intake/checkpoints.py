"""Signed heads of the audit log, proofs against them, and the export that outsiders verify.

A checkpoint is a signed note as C2SP's tlog-checkpoint has it: origin, number of leaves, root, signature. Whoever keeps an old one
outside can tell whether the log was rewritten since.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Connection, insert, select

from intake import merkle
from intake.audit import canonical, nodes, size
from intake.database import now
from intake.tables import audit, checkpoints
from intake.vault import Vault

ORIGIN = "yushen-audit"
FORMAT = "yushen-audit-1"
PAGE = 1000


def public_key(vault: Vault) -> str:
    """The key that checkpoints are verified with, in the form of signed notes: name, key id, key."""
    raw = _raw(vault.signer().public_key())
    body = base64.b64encode(b"\x01" + raw).decode()
    return f"{ORIGIN}+{_key_id(raw).hex()}+{body}"


def checkpoint(tx: Connection, vault: Vault) -> str:
    """The signed head of the log as it is now; made when there is none of this size yet."""
    leaves = size(tx)
    held = tx.execute(select(checkpoints.c.note).where(checkpoints.c.size == leaves)).scalar()
    if held is not None:
        return str(held)
    note = signed(leaves, merkle.root(leaves, nodes(tx)), vault)
    tx.execute(insert(checkpoints).values(size=leaves, note=note, created_at=now()))
    return note


def signed(leaves: int, root: bytes, vault: Vault) -> str:
    """The signed note of a head."""
    signer = vault.signer()
    body = f"{ORIGIN}\n{leaves}\n{base64.b64encode(root).decode()}\n"
    signature = base64.b64encode(_key_id(_raw(signer.public_key())) + signer.sign(body.encode())).decode()
    return f"{body}\n— {ORIGIN} {signature}\n"


def newest(tx: Connection) -> tuple[int, str] | None:
    """The size and note of the newest checkpoint."""
    row = tx.execute(select(checkpoints).order_by(checkpoints.c.size.desc()).limit(1)).one_or_none()
    return (row.size, row.note) if row else None


def proof(tx: Connection, leaf: int) -> dict[str, Any]:
    """That a leaf is in the log: the leaf, its path, and the newest checkpoint that holds it. Where none does yet (they are made each
    minute), `checkpoint` is null and the path leads to the root as it is now."""
    head = newest(tx)
    covered = head is not None and head[0] > leaf
    leaves = head[0] if head is not None and covered else size(tx)
    text = tx.execute(select(audit.c.leaf).where(audit.c.seq == leaf)).scalar_one()
    path = [base64.b64encode(each).decode() for each in merkle.inclusion(leaf, leaves, nodes(tx))]
    root = base64.b64encode(merkle.root(leaves, nodes(tx))).decode()
    note = head[1] if head is not None and covered else None
    return {"leaf": text, "place": leaf, "size": leaves, "root": root, "path": path, "checkpoint": note}


def export(tx: Connection, vault: Vault) -> Iterator[str]:
    """The whole log, line by line: a head line, every leaf in its canonical form, and a checkpoint over all of them. Any change to any
    byte of it is found by the verifier."""
    note, leaves = checkpoint(tx, vault), size(tx)
    yield canonical({"format": FORMAT}) + "\n"
    for start in range(0, leaves, PAGE):
        rows = select(audit.c.leaf).where(audit.c.seq >= start, audit.c.seq < min(start + PAGE, leaves)).order_by(audit.c.seq)
        for leaf in tx.execute(rows).scalars():
            yield leaf + "\n"
    yield canonical({"checkpoint": note}) + "\n"


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _key_id(raw: bytes) -> bytes:
    return hashlib.sha256(ORIGIN.encode() + b"\n\x01" + raw).digest()[:4]
