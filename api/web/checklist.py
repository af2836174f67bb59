"""What a product asks of whom, as a broker sees it: from the product before anything was read, from the newest report after. No limit of
the bank is in it: how old a paper may be and what may replace it is what he has to know to bring the right one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api.web.render import CHINA
from intake.files import File
from validators import checklist, parties
from validators.model import Declaration, Party, Requirement
from validators.papers import type_label
from validators.policy import load_policy
from validators.say import ROLES

Row = dict[str, Any]


def wanted(product: str, people: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows that a product asks of these parties (`role`, `name`, `marital_status`), mandatory ones first."""
    told = tuple(
        Party(
            "", each.get("role") or "borrower", each.get("name") or "", each.get("id_number") or "", each.get("marital_status") or "", False
        )
        for each in people
    )
    case = parties.assemble([], [], Declaration("", product, parties=told), datetime.now(CHINA).date())
    found = checklist.rows(case)
    rows = [_row(each.requirement, each.party.role if each.party else "", each.party.name if each.party else "") for each in found]
    return sorted(rows, key=lambda row: not row["mandatory"])


def filled(product: str, report: Mapping[str, Any], files: Mapping[str, File]) -> list[Row]:
    """The rows of a report with their papers. `files`: by the names that the report calls them by."""
    asked = {each.id: each for each in load_policy(product, datetime.now(CHINA).date()).requirements}
    people = {each["id"]: each for each in report["parties"]}
    papers = {each["id"]: paper(each, files) for each in report["documents"]}
    rows = []
    for each in report["completeness"]:
        owner = people.get(each["party"]) or {"role": "", "name": ""}
        of = asked.get(each["requirement"])
        row = _row(of, owner["role"], owner["name"]) if of else {"id": each["requirement"], "told": [], "type": "", "mandatory": True}
        row |= {"label": each["label"], "party": each["party"], "role": owner["role"], "name": owner["name"], "status": each["status"]}
        rows.append(row | {"papers": [papers[id] for id in each["documents"] if id in papers]})
    return rows


def loose(report: Mapping[str, Any], files: Mapping[str, File]) -> list[Row]:
    """The papers that stand in no row."""
    used = {id for each in report["completeness"] for id in each["documents"]}
    return [paper(each, files) for each in report["documents"] if each["id"] not in used]


def paper(document: Mapping[str, Any], files: Mapping[str, File]) -> Row:
    """A paper with its pages as `file`, `page` and `turn`; those of files that are gone are left out."""
    known = [ref for ref in document["pages"] if ref["file"] in files]
    pages = [{"file": files[ref["file"]], "page": ref["page"], "turn": ref.get("turn", 0)} for ref in known]
    told = {"key": document.get("key", ""), "type": document["type"], "label": type_label(document["type"])}
    return told | {"party": document["party"], "pages": pages}


def _row(asked: Requirement, role: str, name: str) -> Row:
    told = [f"{asked.max_age_days} 天内开具"] if asked.max_age_days else []
    told += [f"覆盖最近 {asked.months} 个月"] if asked.months else []
    told += ["须加盖公章"] if asked.needs_seal else []
    told += ["正反两面"] if len(asked.sides) == 2 else []
    told += ["可用" + "、".join(type_label(each) for each in asked.substitutes) + "代替"] if asked.substitutes else []
    told += [] if asked.mandatory else ["有则提供"]
    return {
        "id": asked.id, "label": asked.label, "type": asked.document_type, "mandatory": asked.mandatory, "told": told, "role": role,
        "name": name, "party": None, "status": None, "papers": [],
    }  # fmt: skip


def by_person(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """The rows under whose papers they are: `借款人 张伟`."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(" ".join(part for part in (ROLES.get(row["role"], ""), row["name"]) if part), []).append(row)
    return list(found.items())
