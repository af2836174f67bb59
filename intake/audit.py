"""The record of who did what: leaves of a Merkle log, each written in the transaction it speaks of.

A leaf says when, who (an id), what was done to which id, and small facts such as a SHA-256: never personal data, so that it can be kept
for ten years and handed out, and a case's erasure leaves it whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from intake import merkle
from intake.database import count, now
from intake.tables import audit, audit_nodes, counters

WORD = re.compile(r"[A-Za-z0-9_.:/@+-]{0,128}")
NUMBER = re.compile(r"\d{11,19}[Xx]?")


def record(
    tx: Connection,
    action: str,
    *,
    actor: str,
    case_id: str | None = None,
    object_id: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Adds a leaf and returns its place, from 0. Call it late in the transaction: from here to its end no other one adds a leaf.
    `detail`: numbers, flags, ids, hashes; ValueError for anything that could be a person's."""
    facts = dict(detail or {})
    for each in (action, actor, case_id, object_id, *facts.values()):
        _check(each)
    place = _next(tx)
    said = {"action": action, "actor": actor, "at": now().isoformat(timespec="microseconds"), "case": case_id, "seq": place}
    leaf = canonical(said | {"object": object_id, "detail": facts})
    hashed = merkle.leaf_hash(leaf.encode())
    tx.execute(insert(audit).values(seq=place, case_id=case_id, leaf=leaf, leaf_hash=hashed))
    added = [{"level": level, "place": at, "hash": each} for level, at, each in merkle.completed(place, hashed, nodes(tx))]
    tx.execute(insert(audit_nodes), added)
    return place


def canonical(value: Any) -> str:
    """JSON with one form only: sorted, without spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def nodes(tx: Connection) -> merkle.Node:
    """The stored hashes of full subtrees."""

    def node(level: int, place: int) -> bytes:
        found = tx.execute(select(audit_nodes.c.hash).where(audit_nodes.c.level == level, audit_nodes.c.place == place)).scalar_one()
        return bytes(found)

    return node


def size(tx: Connection) -> int:
    """How many leaves there are."""
    return int(tx.execute(select(counters.c.value).where(counters.c.name == "audit")).scalar() or 0)


def _next(tx: Connection) -> int:
    """Transactions take the counter `seq` before `audit`: in another order two of them could wait for each other."""
    tx.execute(select(counters.c.value).where(counters.c.name == "seq").with_for_update())
    return count(tx, "audit") - 1


def _check(value: Any) -> None:
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, list | tuple):
        for each in value:
            _check(each)
    elif not isinstance(value, str) or not WORD.fullmatch(value) or NUMBER.fullmatch(value):
        raise ValueError("the audit log takes ids, short codes, numbers and hashes only")
