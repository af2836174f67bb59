"""The story of a case, as the bank's people read it: who did what when (out of the audit log), what the service did (out of the events)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from api.web import words
from intake import corrections, events, files, messages, people
from intake.acting import Act
from intake.tables import audit
from validators.papers import TYPES
from worker.paper import wording

GROUPS = words.GROUPS
"""What the story can be filtered by."""
ACTIONS = {
    "case.open": "建立件", "case.change": "修改申报内容", "case.complete": "确认材料交齐", "case.passed": "决定：齐全，提交",
    "case.declined": "决定：拒绝", "case.close": "结束", "case.reopen": "重新打开", "file.upload": "上传文件", "file.remove": "移除文件",
    "correction.field": "更正字段", "correction.type": "更改材料类型", "correction.party": "更改归属", "correction.join": "合并材料",
    "correction.split": "拆分材料", "correction.undo": "撤销更正", "finding.confirmed": "确认问题", "finding.waived": "豁免问题",
    "finding.open": "撤销对问题的处理", "message.send": "留言", "notice.send": "退回补件", "notice.settle": "补件通知办结",
}  # fmt: skip
"""Acts of people that the story tells; who merely looked stands in the audit log only."""
MACHINE = {"file.read": "read", "file.failed": "read", "report.ready": "report", "check.failed": "report"}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened. `leaf`: its place in the audit log, -1 for what the service did."""

    at: datetime
    group: str
    what: str
    who: str
    more: str = ""
    leaf: int = -1


def of(act: Act, case_id: str, titles: Mapping[str, str]) -> list[Told]:
    """The whole story, the newest first. `titles`: finding key → title."""
    named = {each.id: each.name for each in files.names(act, case_id)}
    found = [*acts(act, case_id, named, titles), *_machine(act, case_id, named)]
    return sorted(found, key=lambda told: told.at, reverse=True)


def acts(act: Act, case_id: str, named: Mapping[str, str], titles: Mapping[str, str], after: int = -1) -> Iterator[Told]:
    """What people did, after a leaf of the audit log."""
    wanted = select(audit.c.seq, audit.c.leaf).where(audit.c.case_id == case_id, audit.c.seq > after).order_by(audit.c.seq)
    leaves = [(row.seq, json.loads(row.leaf)) for row in act.tx.execute(wanted)]
    told = [(seq, leaf) for seq, leaf in leaves if leaf["action"] in ACTIONS]
    who = people.names(act.tx, act.vault, [leaf["actor"] for _, leaf in told])
    more = dict(_details(act, case_id, named))
    decided = corrections.decided(act.tx, act.vault.box(act.tx, case_id), case_id)
    for seq, leaf in told:
        object_id = leaf["object"] or ""
        said = more.get(object_id) or titles.get(object_id) or ""
        if object_id in decided and decided[object_id].reason and leaf["action"] == "finding.waived":
            said = f"{said}（{decided[object_id].reason}）"
        group = leaf["action"].split(".")[0].replace("notice", "message")
        yield Told(datetime.fromisoformat(leaf["at"]), group, ACTIONS[leaf["action"]], who.get(leaf["actor"], ""), said, seq)


def newest(act: Act, case_id: str) -> int:
    """The newest leaf of a case: whoever sees the page has seen up to here."""
    wanted = select(audit.c.seq).where(audit.c.case_id == case_id).order_by(audit.c.seq.desc()).limit(1)
    return int(act.tx.execute(wanted).scalar() or 0)


def _details(act: Act, case_id: str, named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Id of what was acted on → what it says."""
    yield from named.items()
    for each in corrections.listed(act, case_id):
        content = each.content
        if each.kind == "field":
            yield each.id, f"{wording.label('', str(content['field']))}：{content['value'] or '（不在纸上）'}"
        elif each.kind == "type":
            yield each.id, TYPES.get(str(content["type"]), "")
    for message in messages.listed(act, case_id):
        yield message.id, message.text[:60]


def _machine(act: Act, case_id: str, named: Mapping[str, str]) -> Iterator[Told]:
    """What the service did."""
    place = 0
    while found := events.since(act.tx, act.scope, case_id, place):
        place = found[-1].seq
        for each in found:
            if each.kind in MACHINE:
                more = named.get(str(each.data.get("file", "")), "")
                more = more or (f"{each.data['report']}" if "report" in each.data else "")
                yield Told(each.at, MACHINE[each.kind], events.KINDS[each.kind], "", more)
        if len(found) < events.MOST:
            return
