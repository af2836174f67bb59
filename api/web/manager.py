"""The manager's pages: what waits for him, and the review of one case with the spot beside each claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.http.door import Door, door
from api.web import spots, words
from api.web.person import Manager, Unshown
from api.web.render import page
from intake import audit, cases, events, files, messages, reports
from intake.acting import Act
from intake.database import now
from intake.errors import YushenError
from validators.papers import TYPES
from worker.paper import wording
from worker.paper.differ import COMPARED, marked
from worker.paper.papers import ordered

router = APIRouter(include_in_schema=False)
MOST = 50
Row = Mapping[str, Any]


@router.get("/queue")
def queue(request: Request, session: Manager, stage: str = "", called: str = "", before: int | None = None) -> Response:
    """The cases of his branch, those about to miss their time on top; or those in which somebody is called so."""
    wanted = stage if stage in words.STAGES else None
    with door(request).look(session.scope) as act:
        found = cases.listed(act, after=before, most=MOST + 1, stage=wanted, called=called.strip() or None)
    moment = now()
    shown = sorted(found[:MOST], key=lambda case: _urgency(case, moment))
    more = found[MOST - 1].seq if len(found) > MOST else None
    return page(request, "queue.html", session, cases=shown, more=more, stage=stage, called=called, words=words, now=moment)


def _urgency(case: cases.Case, moment: datetime) -> tuple[int, float]:
    """Cases in review by the time left, then the others, the youngest first."""
    if case.stage == "review" and case.due_at:
        return 0, (case.due_at - moment).total_seconds()
    return 1, -case.updated_at.timestamp()


@router.get("/review/{case_id}")
def review(request: Request, session: Manager, case_id: str, version: int | None = None) -> Response:
    """One case: left its pages with boxes, right what is to be looked at, the papers and their fields."""
    here = door(request)
    try:
        with here.act(session.scope) as act:
            seen = _seen(here, act, case_id, version)
            audit.record(act.tx, "case.reveal", actor=session.scope.actor, case_id=case_id)
    except YushenError as error:
        raise Unshown(error, session) from None
    return page(request, "review.html", session, words=words, wording=wording, **seen)


def _seen(here: Door, act: Act, case_id: str, version: int | None) -> dict[str, Any]:
    case = cases.get(act, case_id)
    kept = files.listed(act, case_id)
    by_name = {file.name: file for file in kept}
    every = reports.listed(act, case_id)
    chosen = next((each for each in every if each.version == version), every[0] if every else None)
    content = reports.content(act, here.blobs, chosen) if chosen else None
    view = _View(case_id, content or {}, by_name)
    return {
        "case": case, "files": kept, "reports": every, "chosen": chosen, "report": content, "leaves": view.leaves(),
        "findings": view.findings(), "papers": view.papers(), "names": view.people, "types": TYPES, "kinds": events.KINDS,
        "messages": messages.listed(act, case_id), "timeline": events.since(act.tx, act.scope, case_id, 0), "after": events.newest(act.tx),
    }  # fmt: skip


class _View:
    """A report as the review shows it: with addresses of pictures, cuts, and marks where two readings differ."""

    def __init__(self, case_id: str, report: Row, by_name: Mapping[str, files.File]) -> None:
        self._case = case_id
        self._report = report
        self._files = by_name
        self.people = {each["id"]: each["name"] for each in report.get("parties", ())}
        self._turns = {
            (ref["file"], ref["page"]): ref.get("turn", 0) for paper in report.get("documents", ()) for ref in paper["pages"]
        }

    def _picture(self, name: str, number: int) -> str | None:
        file = self._files.get(name)
        return f"/cases/{self._case}/files/{file.id}/pages/{number}.jpg" if file else None

    def leaves(self) -> list[Row]:
        """All pages in the order of the files, each with the boxes of fields on it (upright, 0..1)."""
        boxes: dict[tuple[str, int], list[Row]] = {}
        for paper in self._report.get("documents", ()):
            for name, field in paper["fields"].items():
                at = field["evidence"]
                if at:
                    box = spots.upright(tuple(at["box"]), self._turns.get((at["file"], at["page"]), 0))
                    weak = field["confidence"] < 0.9
                    boxes.setdefault((at["file"], at["page"]), []).append({"id": f"{paper['id']}.{name}", "box": box, "weak": weak})
        found: list[Row] = []
        for name, file in self._files.items():
            for number in range(1, (file.pages or 0) + 1):
                leaf = {"file": name, "page": number, "picture": self._picture(name, number), "boxes": boxes.get((name, number), [])}
                found.append({**leaf, "turn": self._turns.get((name, number), 0)})
        return found

    def findings(self) -> list[Row]:
        """The findings, each with cuts of what it compares and the characters that differ."""
        pages = {paper["id"]: paper["pages"] for paper in self._report.get("documents", ())}
        found: list[Row] = []
        for n, each in enumerate(self._report.get("findings", ()), start=1):
            on = [ref for id in each["documents"] for ref in pages.get(id, ())][:4]
            found.append({**each, "number": n, "sides": list(self._sides(each)), "pages": on})
        return found

    def _sides(self, finding: Row) -> Iterator[Row]:
        values: Sequence[Row] = finding["values"][:6]
        compared = finding["code"] in COMPARED and len(values) == 2
        pieces = marked([v["raw"] or v["value"] for v in values]) if compared else None
        for n, value in enumerate(values):
            at = value["evidence"]
            picture = self._picture(at["file"], at["page"]) if at else None
            turn = self._turns.get((at["file"], at["page"]), 0) if at else 0
            yield {
                **value, "cut": spots.cut(picture, tuple(at["box"]), turn) if picture and at else None,
                "box": spots.upright(tuple(at["box"]), turn) if at else None,
                "pieces": pieces[n] if pieces else None, "label": self._label(value),
            }  # fmt: skip

    def _label(self, value: Row) -> str:
        paper = next((each for each in self._report["documents"] if each["id"] == value["document"]), None)
        return f"{paper['label']} · {wording.label(paper['type'], value['field'])}" if paper else value["field"]

    def papers(self) -> list[Row]:
        """The documents with their fields in words that people read."""
        return [{**paper, "entries": list(self._entries(paper))} for paper in self._report.get("documents", ())]

    def _entries(self, paper: Row) -> Iterator[Row]:
        for name, field in ordered(paper["type"], paper["fields"]).items():
            listed = isinstance(field["value"], list)
            shown = f"{len(field['value'])} 行" if listed else wording.shown(name, field["value"])
            told = {"name": name, "label": wording.label(paper["type"], name), "shown": shown, "id": f"{paper['id']}.{name}"}
            yield {**field, **told, "listed": listed}
