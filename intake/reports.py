"""The reports of a case, all versions, as they were made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from intake import cases
from intake.acting import Act
from intake.errors import NotFound, Unavailable
from intake.storage import Blobs
from intake.tables import reports


@dataclass(frozen=True, slots=True)
class Report:
    """A report's place. `current`: made of exactly what the case holds now. `leaf`: its place in the audit log."""

    case_id: str
    version: int
    verdict: str
    findings: int
    current: bool
    sha256: str
    leaf: int
    blob: str
    created_at: datetime


def listed(act: Act, case_id: str) -> list[Report]:
    """All reports of a case, the newest first. Raises NotFound."""
    case = cases.get(act, case_id)
    rows = act.tx.execute(select(reports).where(reports.c.case_id == case_id).order_by(reports.c.version.desc())).all()
    return [_report(row, case.inputs) for row in rows]


def get(act: Act, case_id: str, version: int | None = None) -> Report:
    """One report of a case, the newest when none is named. Raises NotFound."""
    found = [each for each in listed(act, case_id) if version in (None, each.version)]
    if not found:
        raise NotFound
    return found[0]


def content(act: Act, blobs: Blobs, report: Report) -> dict[str, Any]:
    """The report itself, by the contract."""
    try:
        sealed = blobs.get(report.blob)
    except KeyError:
        raise Unavailable from None
    made: dict[str, Any] = json.loads(act.vault.box(act.tx, report.case_id).open(sealed, report.blob))
    return made


def note(tx: Connection, case_id: str, version: int, codes: Sequence[str]) -> None:
    """The codes of the findings that stand in a report, to be counted without opening it."""
    mine = (reports.c.case_id == case_id, reports.c.version == version)
    tx.execute(update(reports).where(*mine).values(codes=" ".join(codes)))


def _report(row: Row[Any], inputs: int) -> Report:
    return Report(
        row.case_id, row.version, row.verdict, row.findings, row.inputs == inputs, row.sha256, row.leaf, row.blob, row.created_at
    )
