"""Cases: opened, looked up, changed, handed in, closed. Each function is one use case inside the transaction of its `Act`.

`inputs` counts every change of what a report is made from; each such change asks for a new check. `etag` counts what people change, so
that of two who change the same thing the second is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from intake import audit, events, ids, lookup, work
from intake.acting import Act
from intake.database import count, now
from intake.errors import CaseClosed, Changed, Conflict, Forbidden, Invalid, NotFound
from intake.scope import visible
from intake.tables import agency_branches, cases, files, organisations, reports, settings
from intake.vault import Box

OPEN = ("open", "review", "returned")
"""Stages in which a case takes files and corrections."""
DECIDED = ("passed", "declined", "closed")
PLACE = "cases.declared:"
DUE_HOURS = 24
"""Hours from handing in until a case is due, where the bank set none."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. `declared`: loan, parties and day of the check as they were told (see validators/declared.py).
    `files`: how many stand in which state; `checked`: there is a report on exactly these inputs."""

    id: str
    seq: int
    bank_id: str
    branch_id: str
    agency_id: str | None
    reference: str | None
    product: str | None
    declared: Mapping[str, Any]
    stage: str
    inputs: int
    completed_inputs: int | None
    report: int
    verdict: str | None
    checked: bool
    etag: int
    legal_hold: bool
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None
    files: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case is opened with; see `Case`."""

    branch_id: str | None = None
    agency_id: str | None = None
    reference: str | None = None
    product: str | None = None
    declared: Mapping[str, Any] | None = None


def open_case(act: Act, new: NewCase) -> Case:
    """A new case of this organisation, with a key of its own. Raises Invalid where branch or agency do not fit."""
    bank, branch, agency = _place(act, new)
    id, at = ids.new("case"), now()
    box = act.vault.new_key(act.tx, id)
    row = {
        "id": id, "seq": count(act.tx), "bank_id": bank, "branch_id": branch, "agency_id": agency, "opened_by": act.scope.actor,
        "reference": new.reference, "product": new.product, "declared_sealed": box.seal_json(dict(new.declared or {}), PLACE + id),
        "stage": "open", "inputs": 1, "created_at": at, "updated_at": at,
    }  # fmt: skip
    act.tx.execute(insert(cases).values(row))
    lookup.keep(act.tx, act.vault, id, (new.declared or {}).get("parties") or ())
    audit.record(act.tx, "case.open", actor=act.scope.actor, case_id=id)
    events.tell(act.tx, id, "case.opened", {})
    return get(act, id)


def _place(act: Act, new: NewCase) -> tuple[str, str, str | None]:
    """(bank, branch, agency) of a new case: one's own organisation, and for the rest what the request names."""
    scope = act.scope
    branch = scope.organisation if scope.kind == "branch" else new.branch_id
    agency = scope.organisation if scope.kind == "agency" else new.agency_id
    if scope.kind == "branch" and new.branch_id not in (None, branch):
        raise Invalid("只能在本机构建立件。", "/branch_id")
    if scope.kind == "agency" and new.agency_id not in (None, agency):
        raise Invalid("只能为本机构建立件。", "/agency_id")
    if branch is None and agency is not None:
        wanted = select(agency_branches.c.branch_id).where(agency_branches.c.agency_id == agency)
        served = list(act.tx.execute(wanted).scalars())
        branch = served[0] if len(served) == 1 else None
    if branch is None:
        raise Invalid("请指明受理机构（branch_id）。", "/branch_id")
    found = act.tx.execute(select(organisations).where(organisations.c.id == branch, organisations.c.kind == "branch")).first()
    if found is None or found.disabled_at is not None or found.bank_id != scope.bank:
        raise Invalid("没有这个受理机构。", "/branch_id")
    if agency is not None:
        of_both = (agency_branches.c.agency_id == agency, agency_branches.c.branch_id == branch)
        if act.tx.execute(select(agency_branches.c.agency_id).where(*of_both)).first() is None:
            raise Invalid("该经纪机构未在此受理机构备案。", "/branch_id" if scope.kind == "agency" else "/agency_id")
    return str(found.bank_id), str(branch), agency


def get(act: Act, case_id: str) -> Case:
    """A case that `act.scope` may see. Raises NotFound."""
    return _case(act, _row(act, case_id))


def seen(act: Act, case_id: str) -> None:
    """Looks whether `act.scope` may see the case, and no more. Raises NotFound."""
    _row(act, case_id)


def hold(act: Act, case_id: str, *, etag: int | None = None, stages: Sequence[str] | None = OPEN) -> Row[Any]:
    """The row of a case that is about to be changed, locked. Raises NotFound; CaseClosed where the case is in none of `stages`; Changed
    where it is not the one (`etag`) that the change was made from."""
    row = _row(act, case_id, lock=True)
    if stages is not None and row.stage not in stages:
        raise CaseClosed if row.stage in DECIDED else Conflict
    if etag is not None and row.etag != etag:
        raise Changed
    return row


def touch(act: Act, case_id: str, *, inputs: bool = False, unread: bool = False, **columns: Any) -> None:
    """Count a change of the case by a person; with `inputs`, of what its report is made from: a check is asked for, unless a file is
    known to be `unread`, whose reading will ask."""
    values: dict[str, Any] = {"etag": cases.c.etag + 1, "updated_at": now(), **columns}
    if inputs:
        values["inputs"] = cases.c.inputs + 1
    act.tx.execute(update(cases).where(cases.c.id == case_id).values(values))
    if inputs and not unread and (ring := work.enqueue_check(act.tx, case_id)):
        act.rings.append(ring)


def complete(act: Act, case_id: str) -> Case:
    """Whoever hands in says: that is all. Raises Conflict when there is nothing to look at."""
    row = hold(act, case_id)
    present = act.tx.execute(select(files.c.id).where(files.c.case_id == case_id, files.c.removed_at.is_(None)).limit(1)).first()
    if present is None:
        raise Conflict("尚未上传任何文件。")
    due = row.due_at or now() + timedelta(hours=_due_hours(act, row.bank_id))
    touch(act, case_id, stage="review", completed_inputs=row.inputs, completed_at=now(), due_at=due)
    if ring := work.enqueue_check(act.tx, case_id):
        act.rings.append(ring)
    audit.record(act.tx, "case.complete", actor=act.scope.actor, case_id=case_id)
    events.tell(act.tx, case_id, "case.completed", {})
    return get(act, case_id)


def _due_hours(act: Act, bank: str) -> int:
    wanted = select(settings.c.value).where(settings.c.organisation_id == bank, settings.c.name == "due_hours")
    value = act.tx.execute(wanted).scalar()
    return int(value) if value else DUE_HOURS


def close(act: Act, case_id: str) -> Case:
    """The case takes nothing more. The bank closes any; whoever handed in may withdraw what nobody looks at yet."""
    row = hold(act, case_id, stages=(*OPEN, "passed", "declined"))
    if events.outsider(act.scope) and row.stage not in ("open", "returned"):
        raise Forbidden("该件已提交审核，只能由银行结束。")
    touch(act, case_id, stage="closed", closed_at=now())
    audit.record(act.tx, "case.close", actor=act.scope.actor, case_id=case_id)
    events.tell(act.tx, case_id, "case.closed", {})
    return get(act, case_id)


def reopen(act: Act, case_id: str) -> Case:
    """A decided or closed case goes on where it was: in review when it was handed in, else open."""
    row = hold(act, case_id, stages=DECIDED)
    stage = "open" if row.completed_inputs is None else "review"
    touch(act, case_id, stage=stage, closed_at=None)
    if ring := work.enqueue_check(act.tx, case_id):
        act.rings.append(ring)
    audit.record(act.tx, "case.reopen", actor=act.scope.actor, case_id=case_id)
    events.tell(act.tx, case_id, "case.reopened", {"stage": stage})
    return get(act, case_id)


def decide(act: Act, case_id: str, decision: str, etag: int | None) -> Case:
    """The bank's word on a case: `passed` or `declined`. Raises Conflict where there is no report on what the case holds now."""
    row = hold(act, case_id, etag=etag)
    current = select(reports.c.version).where(reports.c.case_id == case_id, reports.c.inputs == row.inputs)
    if row.stage != "review" or act.tx.execute(current).first() is None:
        raise Conflict("该件尚未交齐，或最新内容尚未核对完成。")
    touch(act, case_id, stage=decision)
    audit.record(act.tx, f"case.{decision}", actor=act.scope.actor, case_id=case_id, detail={"report": row.report})
    events.tell(act.tx, case_id, "case.decided", {"stage": decision})
    return get(act, case_id)


def change(act: Act, case_id: str, etag: int | None, *, product: str | None, declared: Mapping[str, Any], reference: str | None) -> Case:
    """What was declared is put right; a new check follows where a report depends on it."""
    row = hold(act, case_id, etag=etag)
    box = act.vault.box(act.tx, case_id)
    same = row.product == product and box.open_json(row.declared_sealed, PLACE + case_id) == dict(declared)
    sealed = box.seal_json(dict(declared), PLACE + case_id)
    lookup.keep(act.tx, act.vault, case_id, declared.get("parties") or ())
    touch(act, case_id, inputs=not same, product=product, reference=reference, declared_sealed=sealed)
    audit.record(act.tx, "case.change", actor=act.scope.actor, case_id=case_id)
    events.tell(act.tx, case_id, "case.changed", {})
    return get(act, case_id)


def listed(
    act: Act, *, after: int | None, most: int, stage: str | None = None, reference: str | None = None, called: str | None = None
) -> list[Case]:
    """Cases that `act.scope` may see, newest first, `most` of them from before number `after`. `called`: a name or number of a party."""
    wanted = select(cases).where(visible(act.scope), cases.c.stage != "erased")
    if after is not None:
        wanted = wanted.where(cases.c.seq < after)
    if stage is not None:
        wanted = wanted.where(cases.c.stage == stage)
    if reference is not None:
        wanted = wanted.where(cases.c.reference == reference)
    if called is not None:
        wanted = wanted.where(lookup.called(act.vault, called))
    return of_rows(act, act.tx.execute(wanted.order_by(cases.c.seq.desc()).limit(most)).all())


def _row(act: Act, case_id: str, lock: bool = False) -> Row[Any]:
    wanted = select(cases).where(cases.c.id == case_id, visible(act.scope), cases.c.stage != "erased")
    row = act.tx.execute(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        raise NotFound
    return row


def _case(act: Act, row: Row[Any]) -> Case:
    found = of_rows(act, [row])
    if not found:
        raise NotFound
    return found[0]


def of_rows(act: Act, rows: Sequence[Row[Any]]) -> list[Case]:
    """The cases of these rows, with what stands elsewhere about them asked once for all. One whose key is gone is left out."""
    those = [row.id for row in rows]
    stands = select(files.c.case_id, files.c.state, func.count()).where(files.c.case_id.in_(those), files.c.removed_at.is_(None))
    states = {(id, state): number for id, state, number in act.tx.execute(stands.group_by(files.c.case_id, files.c.state))}
    current = select(reports.c.case_id).join(cases, cases.c.id == reports.c.case_id)
    checked = set(act.tx.execute(current.where(reports.c.case_id.in_(those), reports.c.inputs == cases.c.inputs)).scalars())
    boxes = act.vault.boxes(act.tx, those)
    return [_of_row(row, boxes[row.id], row.id in checked, states) for row in rows if row.id in boxes]


def _of_row(row: Row[Any], box: Box, checked: bool, states: Mapping[tuple[str, str], int]) -> Case:
    declared = box.open_json(row.declared_sealed, PLACE + row.id)
    return Case(
        row.id, row.seq, row.bank_id, row.branch_id, row.agency_id, row.reference, row.product, declared, row.stage, row.inputs,
        row.completed_inputs, row.report, row.verdict, checked, row.etag, row.legal_hold, row.created_at, row.updated_at, row.due_at,
        row.completed_at, row.closed_at, {state: states.get((row.id, state), 0) for state in ("waiting", "reading", "read", "failed")},
    )  # fmt: skip
