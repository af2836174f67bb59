"""A case as the database and the blobs have it: opened for a check, for the printing of a report, for pictures of its pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Connection, Row, select

from extractors.fileread import FileRead
from intake import cases, corrections, tables, work
from intake.files import PLACE
from intake.storage import Blobs
from intake.tables import files, reports
from intake.vault import Box, Vault
from validators.corrections import Correction, Corrections, Kind
from validators.model import Declaration, Loan, Party
from worker import parts

Source = Callable[[str], bytes]
"""A file's name → its bytes as uploaded."""


@dataclass(frozen=True, slots=True)
class Casefile:
    """A case and its files, as they stand. `names`: file id → the name that the report calls it by; `blobs`: that name → blob."""

    row: Row[Any]
    box: Box
    files: Sequence[Row[Any]]
    names: Mapping[str, str]
    blobs: Mapping[str, str]
    results: Sequence[work.Part]
    declared: Mapping[str, Any]
    people: Corrections


def load(tx: Connection, vault: Vault, case_id: str) -> Casefile:
    """The case. Raises NotFound when it was erased."""
    box = vault.box(tx, case_id)
    row = tx.execute(select(tables.cases).where(tables.cases.c.id == case_id)).one()
    every = list(tx.execute(select(files).where(files.c.case_id == case_id).order_by(files.c.seq)).all())
    names = {each.id: box.open_text(each.name_sealed, PLACE + each.id) for each in every}
    own = [each for each in every if each.removed_at is None]
    blobs = {names[each.id]: each.blob for each in (*every, *own)}  # an older report may show a file that was removed since
    declared = box.open_json(row.declared_sealed, cases.PLACE + case_id)
    return Casefile(row, box, own, names, blobs, work.results(tx, case_id), declared, _people(tx, box, case_id, names))


def _people(tx: Connection, box: Box, case_id: str, names: Mapping[str, str]) -> Corrections:
    """What people put right and decided. What brokers claim comes first: what the bank put right goes over it."""
    every = sorted(corrections.standing(tx, box, case_id), key=lambda each: not each.claimed)
    rows = tuple(Correction(each.id, cast(Kind, each.kind), each.document, each.content, each.claimed) for each in every)
    decided = {key: each.decision for key, each in corrections.decided(tx, box, case_id).items()}
    return Corrections(rows, {name: id for id, name in names.items()}, decided)


def reads(case: Casefile, blobs: Blobs) -> list[FileRead]:
    """All that was read of the case's files, file by file."""
    found = []
    for file in case.files:
        mine = [part for part in case.results if part.file_id == file.id]
        opened = [_part(part, file, case.box, blobs) for part in mine]
        found.append(parts.whole(case.names[file.id], opened))
    return found


def _part(part: work.Part, file: Row[Any], box: Box, blobs: Blobs) -> FileRead:
    if part.result is None:
        return parts.given_up(file.sha256, part.first_page, part.last_page, file.pages or 0)
    return parts.load(box.open(blobs.get(part.result), part.result))


def source(case: Casefile, blobs: Blobs) -> Source:
    """Gives the files' bytes by the names of the report. Raises KeyError for a name that is none."""

    def of(name: str) -> bytes:
        return case.box.open(blobs.get(case.blobs[name]), case.blobs[name])

    return of


def declared(case: Casefile) -> tuple[Declaration, date | None]:
    """What was said of the case: `loan` (amount and property_value in yuan, months, annual_rate) and `parties`; and the day of the
    check, where one was named."""
    said, day = case.declared, case.declared.get("as_of")
    loan = said.get("loan") or {}
    wish = Loan(_fen(loan.get("amount")), loan.get("months"), _rate(loan.get("annual_rate")), _fen(loan.get("property_value")))
    people = tuple(
        Party("", row["role"], row.get("name") or "", (row.get("id_number") or "").upper(), row.get("marital_status") or "", False)
        for row in said.get("parties") or ()
    )
    return Declaration(case.row.id, case.row.product, wish, people), None if day is None else date.fromisoformat(day)


def _fen(yuan: Any) -> int | None:
    return None if yuan is None else int(Decimal(str(yuan)) * 100)


def _rate(value: Any) -> float | None:
    return None if value is None else float(value)


def report(tx: Connection, blobs: Blobs, box: Box, case_id: str, version: int) -> Mapping[str, Any]:
    """A report as it was made."""
    wanted = select(reports.c.blob).where(reports.c.case_id == case_id, reports.c.version == version)
    blob = tx.execute(wanted).scalar_one()
    made: Mapping[str, Any] = json.loads(box.open(blobs.get(blob), blob))
    return made
