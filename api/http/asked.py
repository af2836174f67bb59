"""What a broker was asked for, point by point: out of the newest report and the notices; what of it is done, and what came anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intake import errors, messages, reports
from intake.acting import Act
from intake.storage import Blobs
from validators import points

Point = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """`open`: what is still to be done, each with `new` (it came after the last notice) and `keys` (those it had before, too);
    `settled`: what the last notice, or the first report, asked for and no finding speaks of any more. `since`: the last notice."""

    open: Sequence[Point]
    settled: Sequence[Point]
    since: messages.Notice | None


def of(act: Act, blobs: Blobs, case_id: str) -> Asked:
    """What is asked of the broker as the case stands. Raises NotFound."""
    sent = messages.notices_of(act, case_id)
    last = sent[-1] if sent else None
    every = reports.listed(act, case_id)
    if not every:
        return Asked((), (), last)
    report = reports.content(act, blobs, every[0])
    before = list(last.points) if last and last.points else points.listed(reports.content(act, blobs, every[-1]))
    now, standing = points.listed(report), points.topics(report)
    listed = {each["topic"] for each in now}
    held = [each for each in before if each["topic"] in standing and each["topic"] not in listed and last and last.points]
    was = {each["topic"]: each["key"] for each in before}
    earlier = [each for notice in sent for each in notice.points]
    told = [
        {**each, "new": bool(last) and each["topic"] not in was, "keys": _keys(each, [*before, *earlier])} for each in (*now, *held)
    ]
    return Asked(tuple(told), tuple(each for each in before if each["topic"] not in standing), last)


def _keys(point: Point, before: Sequence[Point]) -> list[str]:
    return sorted({point["key"], *(each["key"] for each in before if each["topic"] == point["topic"])})


def keys(act: Act, blobs: Blobs, case_id: str) -> frozenset[str]:
    """The keys of all points that the broker was ever told of. Raises NotFound."""
    try:
        now = of(act, blobs, case_id)
    except errors.Unavailable:
        return frozenset()
    sent = {each["key"] for notice in messages.notices_of(act, case_id) for each in notice.points}
    return frozenset(sent | {key for each in now.open for key in each["keys"]} | {each["key"] for each in now.settled})
