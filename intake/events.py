"""What happened, told in order: kept in the transaction it speaks of, then passed on as server-sent events and webhooks.

An event holds ids, states and numbers only; whoever wants more fetches it with his own rights. `internal` ones are the bank's own:
no broker gets them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from intake import ids
from intake.database import count, now
from intake.scope import Scope, visible
from intake.tables import cases, deliveries, events, webhooks

KINDS: dict[str, str] = {
    "case.opened": "件已建立",
    "case.changed": "申报内容已修改",
    "case.completed": "经纪人已确认材料交齐",
    "case.returned": "已退回补件",
    "case.decided": "经理已作决定",
    "case.closed": "件已结束",
    "case.reopened": "件已重新打开",
    "case.erased": "件已删除",
    "file.received": "文件已收到",
    "file.read": "文件已读取",
    "file.failed": "文件无法读取",
    "file.removed": "文件已移除",
    "report.ready": "报告已生成",
    "check.failed": "核对未能完成",
    "paper.ready": "报告文书已生成",
    "paper.failed": "报告文书未能生成",
    "correction.made": "有人更正",
    "correction.undone": "更正已撤销",
    "finding.decided": "问题已处理",
    "notice.sent": "补件通知已发出",
    "notice.settled": "补件通知已办结",
    "message.sent": "有新留言",
}
"""Kind → what people read. The list is closed: `tell` refuses another."""
INTERNAL = ("verdict", "findings", "finding", "decision")
MOST = 200
"""Events read at once."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, `seq` in the order of commits."""

    seq: int
    case_id: str
    kind: str
    internal: bool
    data: Mapping[str, Any]
    at: datetime


def tell(tx: Connection, case_id: str, kind: str, data: Mapping[str, Any], internal: bool = False) -> int:
    """Keep an event and the deliveries that come of it; gives its number. To be called last in a transaction: its number is one that
    others wait for."""
    if kind not in KINDS:
        raise ValueError(f"no such kind of event: {kind}")
    seq = count(tx)
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    tx.execute(insert(events).values(seq=seq, case_id=case_id, kind=kind, internal=internal, data=text, created_at=now()))
    _to_webhooks(tx, seq, case_id, kind, internal)
    return seq


def _to_webhooks(tx: Connection, seq: int, case_id: str, kind: str, internal: bool) -> None:
    """A delivery for each address of an organisation that may see the case and asked for this kind."""
    case = tx.execute(select(cases.c.bank_id, cases.c.branch_id, cases.c.agency_id).where(cases.c.id == case_id)).one()
    told = [case.bank_id, case.branch_id, *([] if internal or case.agency_id is None else [case.agency_id])]
    wanted = select(webhooks.c.id, webhooks.c.kinds).where(webhooks.c.organisation_id.in_(told), webhooks.c.disabled_at.is_(None))
    for hook in tx.execute(wanted):
        if "*" in hook.kinds.split() or kind in hook.kinds.split():
            row = {"id": ids.new("dlv"), "seq": count(tx), "webhook_id": hook.id, "event_seq": seq, "state": "waiting"}
            tx.execute(insert(deliveries).values(row | {"created_at": now(), "next_at": now()}))


def since(tx: Connection, scope: Scope, case_id: str | None, after: int, most: int = MOST) -> list[Event]:
    """Events after number `after`, of one case or of all that `scope` may see, oldest first."""
    wanted = select(events).join(cases, cases.c.id == events.c.case_id).where(visible(scope), events.c.seq > after)
    if case_id is not None:
        wanted = wanted.where(events.c.case_id == case_id)
    if outsider(scope):
        wanted = wanted.where(events.c.internal.is_(False))
    rows = tx.execute(wanted.order_by(events.c.seq).limit(most)).all()
    return [_event(row) for row in rows]


def for_outsiders(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of an event's data people of an agency may know: not what the bank makes of the papers."""
    return {key: value for key, value in data.items() if key not in INTERNAL}


def newest(tx: Connection) -> int:
    """The number of the newest event of all, 0 when there is none: where somebody who looks now begins to listen."""
    return int(tx.execute(select(func.max(events.c.seq))).scalar() or 0)


def outsider(scope: Scope) -> bool:
    """Whether this is not the bank's own: people and machines of a broker agency."""
    return scope.kind == "agency"


def _event(row: Any) -> Event:
    return Event(row.seq, row.case_id, row.kind, row.internal, json.loads(row.data), row.created_at)
