"""Finding a case by a name, a company or a number, though the database holds none of them: by keyed hashes of what it is called."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from intake.database import insert_if_absent
from intake.tables import case_index, cases
from intake.vault import Vault

TAIL = 4
"""A number is also found by its last characters: what a masked one still shows."""


def keep(tx: Connection, vault: Vault, case_id: str, parties: Iterable[Mapping[str, Any]]) -> None:
    """Lets the case be found by the names and numbers of these parties (`name`, `id_number`)."""
    for kind, text in sorted({each for party in parties for each in _of(party)}):
        insert_if_absent(tx, case_index, case_id=case_id, kind=kind, digest=vault.digest(kind, text))


def called(vault: Vault, text: str) -> ColumnElement[bool]:
    """The condition on `cases` that somebody in it is called so, has this number, or one that ends in it."""
    plain = normal(text)
    wanted = [("name", plain), ("number", plain), ("tail", plain[-TAIL:])] if len(plain) <= TAIL else [("name", plain), ("number", plain)]
    either = [(case_index.c.kind == kind) & (case_index.c.digest == vault.digest(kind, each)) for kind, each in wanted]
    return cases.c.id.in_(select(case_index.c.case_id).where(or_(*either)))


def _of(party: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name, number = normal(str(party.get("name") or "")), normal(str(party.get("id_number") or ""))
    if name:
        yield "name", name
    if number:
        yield "number", number
        yield "tail", number[-TAIL:]


def normal(text: str) -> str:
    """One form for what people type: no spaces, no widths, capitals.

    >>> normal(" 重庆（示例）有限公司 "), normal("50010319880315123x")
    ('重庆(示例)有限公司', '50010319880315123X')
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
