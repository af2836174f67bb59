"""The points of a supplement notice, one by one, out of a report: what the broker has to bring or redo, in the words of the notice.

A point is known by its finding's key while it speaks of the same values, and by its topic (what is wrong with which kind of whose paper)
also when a new paper is wrong in the same way. A manager who lists a finding in a notice makes it a point, whatever its code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from validators.notice import ASKED, asked_already, title_of
from validators.papers import type_label
from validators.say import ROLES

Row = Mapping[str, Any]


def listed(report: Row, chosen: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The points of a report by person, in the order of the notice: `key`, `topic`, `title`, `where`, `ask`, `whose`, `spots`. `chosen`:
    exactly these findings; without, what the notice asks for by itself and what a manager listed."""
    findings = [each for each in report["findings"] if each.get("key") and each["for_broker"]]
    if chosen is None:
        findings = _without_repeats([each for each in findings if _is_asked(each)])
    else:
        findings = [each for each in findings if each["key"] in chosen]
    people = [party["id"] for party in report["parties"]]

    def place(each: Row) -> tuple[int, int]:
        owner = _owner(report, each)
        rank = ASKED.index(each["code"]) if each["code"] in ASKED else len(ASKED)
        return (people.index(owner) if owner in people else len(people), rank)

    return [_point(report, each) for each in sorted(findings, key=place)]


def _is_asked(finding: Row) -> bool:
    decision = finding.get("decision", "open")
    return decision == "noticed" or (finding["code"] in ASKED and decision != "waived")


def _without_repeats(findings: Sequence[Row]) -> list[Row]:
    said = asked_already((each["code"], each["documents"]) for each in findings)
    return [each for each in findings if not said.get(each["code"], set()) & set(each["documents"])]


def topics(report: Row) -> dict[str, str]:
    """Topic → key, of all findings that stand."""
    return {topic(report, each): each.get("key", "") for each in report["findings"] if each.get("decision") != "waived"}


def topic(report: Row, finding: Row) -> str:
    """What a finding is about, whatever values it compares: 32 hexadecimal digits."""
    detail = finding["detail"]
    kinds = sorted({each["type"] for each in _papers(report, finding)})
    about = [finding["code"], _owner(report, finding), str(detail.get("requirement", "")), str(detail.get("document_type", "")), kinds]
    lone = str(detail.get("file", "")) if finding["code"] == "unreadable_file" else ""
    return hashlib.sha256(json.dumps([*about, lone], ensure_ascii=False).encode()).hexdigest()[:32]


def _papers(report: Row, finding: Row) -> list[Row]:
    by_id = {each["id"]: each for each in report["documents"]}
    return [by_id[id] for id in finding["documents"] if id in by_id]


def _owner(report: Row, finding: Row) -> str:
    told = str(finding["detail"].get("party") or "")
    owners = [str(each["party"]) for each in reversed(_papers(report, finding)) if each["party"]]
    return told or (owners[0] if owners else "")


def _point(report: Row, finding: Row) -> dict[str, Any]:
    papers = _papers(report, finding)
    owner = next((each for each in report["parties"] if each["id"] == _owner(report, finding)), None)
    what = type_label(str(finding["detail"].get("document_type", ""))) if finding["code"] == "missing_document" else ""
    where = what or "、".join(dict.fromkeys(type_label(each["type"]) for each in papers))
    whose = ROLES.get(owner["role"], "") + owner["name"] if owner else ""
    spots = [_spot(report, value) for value in finding["values"][:4] if value["evidence"]]
    return {
        "key": finding["key"], "topic": topic(report, finding), "title": title_of(finding["code"]), "where": where, "whose": whose,
        "ask": finding["for_broker"], "spots": spots,
    }  # fmt: skip


def _spot(report: Row, value: Row) -> dict[str, Any]:
    at = value["evidence"]
    pages = [page for each in report["documents"] for page in each["pages"]]
    turn = next((page.get("turn", 0) for page in pages if page["file"] == at["file"] and page["page"] == at["page"]), 0)
    return {"file": at["file"], "page": at["page"], "box": at["box"], "turn": turn}
