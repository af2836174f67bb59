"""What people tell each other in a case: messages (the bank's own notes among them), and notices of what has to be brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from intake import audit, cases, corrections, events, files, ids
from intake.acting import Act
from intake.database import count, now
from intake.errors import Conflict, Forbidden, NotFound
from intake.tables import clients, messages, notices, organisations, users
from intake.vault import Box

TEXT = "messages.text:"
CONTENT = "notices.content:"
POINTS = "notices.points:"


@dataclass(frozen=True, slots=True)
class Message:
    """A message; `internal` ones are the bank's own. `finding`: the key of what it is about; `file`: the id of the file that answers it.
    `ours`: of the reader's own organisation."""

    id: str
    finding: str | None
    internal: bool
    text: str
    by: str
    created_at: datetime
    file: str | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What the broker was asked to bring, after which report; settled when he says so or the bank does. `points`: what it asks for, one by
    one, as validators/points.py has them."""

    id: str
    report: int
    text: str
    by: str
    created_at: datetime
    settled_at: datetime | None
    points: tuple[Mapping[str, Any], ...] = ()


def send(act: Act, case_id: str, text: str, *, finding: str | None, internal: bool, file: str | None = None) -> Message:
    """A message in a case. Raises Forbidden when an outsider would write an internal one, NotFound for a file that is not the case's."""
    cases.hold(act, case_id, stages=None)
    if file is not None:
        files.get(act, case_id, file)
    if internal and events.outsider(act.scope):
        raise Forbidden
    id = ids.new("msg")
    sealed = act.vault.box(act.tx, case_id).seal_text(text, TEXT + id)
    row = {"id": id, "seq": count(act.tx), "case_id": case_id, "finding": finding, "internal": internal, "text_sealed": sealed}
    row["file_id"] = file
    act.tx.execute(insert(messages).values(row | {"by": act.scope.actor, "created_at": now()}))
    audit.record(act.tx, "message.send", actor=act.scope.actor, case_id=case_id, object_id=id, detail={"internal": internal})
    events.tell(act.tx, case_id, "message.sent", {"message": id}, internal=internal)
    return next(each for each in listed(act, case_id) if each.id == id)


def listed(act: Act, case_id: str) -> list[Message]:
    """The messages of a case that `act.scope` may read, oldest first. Raises NotFound."""
    cases.get(act, case_id)
    wanted = select(messages).where(messages.c.case_id == case_id)
    if events.outsider(act.scope):
        wanted = wanted.where(messages.c.internal.is_(False))
    box = act.vault.box(act.tx, case_id)
    rows = act.tx.execute(wanted.order_by(messages.c.seq)).all()
    mine = _colleagues(act)
    return [
        Message(r.id, r.finding, r.internal, box.open_text(r.text_sealed, TEXT + r.id), r.by, r.created_at, r.file_id, r.by in mine)
        for r in rows
    ]


def _colleagues(act: Act) -> set[str]:
    """The people and machines on the reader's side: of his agency, or of the bank and its branches."""
    inside = events.outsider(act.scope)
    side = organisations.c.id == act.scope.organisation if inside else organisations.c.kind != "agency"
    found: set[str] = set()
    for table in (users, clients):
        wanted = select(table.c.id).join(organisations, organisations.c.id == table.c.organisation_id)
        found |= set(act.tx.execute(wanted.where(side)).scalars())
    return found


def notify(
    act: Act, case_id: str, report: int, text: str, findings: list[str], etag: int | None, points: Sequence[Mapping[str, Any]] = ()
) -> Notice:
    """The broker is told what to bring and may hand in again. `findings`: keys of those that the notice speaks of; `points`: what is
    said of them."""
    row = cases.hold(act, case_id, etag=etag)
    if row.report != report:
        raise Conflict("报告已更新，请按最新报告发出通知。")
    id = ids.new("ntc")
    sealed = act.vault.box(act.tx, case_id).seal_text(text, CONTENT + id)
    values = {"id": id, "seq": count(act.tx), "case_id": case_id, "report": report, "content_sealed": sealed}
    if points:
        values["points_sealed"] = act.vault.box(act.tx, case_id).seal_json({"points": list(points)}, POINTS + id)
    act.tx.execute(insert(notices).values(values | {"by": act.scope.actor, "created_at": now()}))
    for finding in findings:
        corrections.record(act, case_id, finding, "noticed")
    cases.touch(act, case_id, inputs=bool(findings), stage="returned")
    audit.record(act.tx, "notice.send", actor=act.scope.actor, case_id=case_id, object_id=id, detail={"report": report})
    events.tell(act.tx, case_id, "notice.sent", {"notice": id})
    events.tell(act.tx, case_id, "case.returned", {"notice": id})
    return one(act, case_id, id)


def settle(act: Act, case_id: str, notice: str) -> Notice:
    """What a notice asked for is done. Raises NotFound, Conflict when it was settled before."""
    cases.hold(act, case_id)
    if one(act, case_id, notice).settled_at is not None:
        raise Conflict("该通知已办结。")
    act.tx.execute(update(notices).where(notices.c.id == notice).values(settled_at=now()))
    cases.touch(act, case_id)
    audit.record(act.tx, "notice.settle", actor=act.scope.actor, case_id=case_id, object_id=notice)
    events.tell(act.tx, case_id, "notice.settled", {"notice": notice})
    return one(act, case_id, notice)


def one(act: Act, case_id: str, notice: str) -> Notice:
    """One notice. Raises NotFound."""
    found = next((each for each in notices_of(act, case_id) if each.id == notice), None)
    if found is None:
        raise NotFound
    return found


def notices_of(act: Act, case_id: str) -> list[Notice]:
    """The notices of a case, oldest first. Raises NotFound."""
    cases.get(act, case_id)
    box = act.vault.box(act.tx, case_id)
    rows = act.tx.execute(select(notices).where(notices.c.case_id == case_id).order_by(notices.c.seq)).all()
    return [_notice(row, box) for row in rows]


def _notice(row: Row[Any], box: Box) -> Notice:
    text = box.open_text(row.content_sealed, CONTENT + row.id)
    points = box.open_json(row.points_sealed, POINTS + row.id)["points"] if row.points_sealed else ()
    return Notice(row.id, row.report, text, row.by, row.created_at, row.settled_at, tuple(points))
