"""What people put right in what was read, and what they decided on findings, with who and when: a report is made of it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from intake import audit, cases, events, ids
from intake.acting import Act
from intake.database import count, now
from intake.errors import Conflict, Forbidden, NotFound
from intake.tables import corrections, decisions
from intake.vault import Box

PLACE = "corrections.content:"
REASON = "decisions.reason:"
CLAIMS = ("type", "party", "join", "split")
"""What a broker may say of a paper. What stands on it is not his to put right."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction; `content` as in validators/corrections.py. `claimed`: by a broker."""

    id: str
    kind: str
    document: str
    content: Mapping[str, Any]
    by: str
    created_at: datetime
    undone_at: datetime | None
    claimed: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided last on a finding (its key)."""

    id: str
    finding: str
    decision: str
    reason: str | None
    by: str
    created_at: datetime


def correct(
    act: Act, case_id: str, etag: int | None, kind: str, document: str, content: Mapping[str, Any], *, about: str = ""
) -> Correction:
    """Puts something right; a new check follows. From people of an agency it is a claim. `about`: type and field, to be counted. Raises
    CaseClosed, Changed."""
    claimed = events.outsider(act.scope)
    if claimed and kind not in CLAIMS:
        raise Forbidden
    cases.hold(act, case_id, etag=etag)
    id = ids.new("corr")
    sealed = act.vault.box(act.tx, case_id).seal_json(dict(content), PLACE + id)
    row = {"id": id, "seq": count(act.tx), "case_id": case_id, "kind": kind, "document": document, "content_sealed": sealed}
    act.tx.execute(insert(corrections).values(row | {"about": about[:120], "claimed": claimed, "by": act.scope.actor, "created_at": now()}))
    cases.touch(act, case_id, inputs=True)
    audit.record(act.tx, f"correction.{kind}", actor=act.scope.actor, case_id=case_id, object_id=id)
    events.tell(act.tx, case_id, "correction.made", {"correction": id, "kind": kind})
    return next(each for each in listed(act, case_id) if each.id == id)


def undo(act: Act, case_id: str, correction: str, etag: int | None) -> Correction:
    """A correction no longer counts; it stays on record. Raises NotFound, Conflict when it was undone before."""
    cases.hold(act, case_id, etag=etag)
    found = next((each for each in listed(act, case_id) if each.id == correction), None)
    if found is None or (events.outsider(act.scope) and not found.claimed):
        raise NotFound
    if found.undone_at is not None:
        raise Conflict("该更正已撤销。")
    act.tx.execute(update(corrections).where(corrections.c.id == correction).values(undone_at=now()))
    cases.touch(act, case_id, inputs=True)
    audit.record(act.tx, "correction.undo", actor=act.scope.actor, case_id=case_id, object_id=correction)
    events.tell(act.tx, case_id, "correction.undone", {"correction": correction})
    return next(each for each in listed(act, case_id) if each.id == correction)


def listed(act: Act, case_id: str) -> list[Correction]:
    """All corrections of a case, undone ones too, in the order in which they were made. Raises NotFound."""
    cases.get(act, case_id)
    return standing(act.tx, act.vault.box(act.tx, case_id), case_id, undone=True)


def standing(tx: Connection, box: Box, case_id: str, undone: bool = False) -> list[Correction]:
    """The corrections that count (with `undone`: all); for the check, which has looked at the case before."""
    wanted = select(corrections).where(corrections.c.case_id == case_id)
    if not undone:
        wanted = wanted.where(corrections.c.undone_at.is_(None))
    return [_correction(box, row) for row in tx.execute(wanted.order_by(corrections.c.seq)).all()]


def _correction(box: Box, row: Row[Any]) -> Correction:
    content = box.open_json(row.content_sealed, PLACE + row.id)
    return Correction(row.id, row.kind, row.document, content, row.by, row.created_at, row.undone_at, row.claimed)


def decide(act: Act, case_id: str, etag: int | None, finding: str, decision: str, reason: str | None) -> Decision:
    """What the bank decides on a finding: `confirmed`, `waived` (with a reason), or `open` again. Raises CaseClosed, Changed."""
    cases.hold(act, case_id, etag=etag)
    decided = record(act, case_id, finding, decision, reason)
    cases.touch(act, case_id, inputs=True)
    audit.record(act.tx, f"finding.{decision}", actor=act.scope.actor, case_id=case_id, object_id=finding)
    events.tell(act.tx, case_id, "finding.decided", {"finding": finding, "decision": decision}, internal=True)
    return decided


def record(act: Act, case_id: str, finding: str, decision: str, reason: str | None = None) -> Decision:
    """A decision's row."""
    id, at = ids.new("dec"), now()
    box = act.vault.box(act.tx, case_id)
    sealed = None if reason is None else box.seal_text(reason, REASON + id)
    row = {"id": id, "seq": count(act.tx), "case_id": case_id, "finding": finding, "decision": decision, "reason_sealed": sealed}
    act.tx.execute(insert(decisions).values(row | {"by": act.scope.actor, "created_at": at}))
    return Decision(id, finding, decision, reason, act.scope.actor, at)


def decided(tx: Connection, box: Box, case_id: str) -> dict[str, Decision]:
    """Finding key → what was decided on it last."""
    rows = tx.execute(select(decisions).where(decisions.c.case_id == case_id).order_by(decisions.c.seq)).all()
    found = {row.finding: row for row in rows}
    return {key: _decision(box, row) for key, row in found.items()}


def _decision(box: Box, row: Row[Any]) -> Decision:
    reason = None if row.reason_sealed is None else box.open_text(row.reason_sealed, REASON + row.id)
    return Decision(row.id, row.finding, row.decision, reason, row.by, row.created_at)
