"""A report as the review shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.web import spots
from intake import files
from worker.paper import wording
from worker.paper.differ import COMPARED, marked
from worker.paper.papers import ordered

Row = Mapping[str, Any]


class View:
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

    def place(self, evidence: Row | None) -> str:
        """A spot as the page's script goes to it: its box, upright; "" where there is none."""
        if not evidence or "box" not in evidence:
            return ""
        turn = self._turns.get((evidence["file"], evidence["page"]), 0)
        return ",".join(map(str, spots.upright(tuple(evidence["box"]), turn)))

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
        compared = finding["code"] in COMPARED and len(values) >= 2
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
        papers = self._report.get("documents", ())
        return [{**paper, "entries": list(self._entries(paper)), "breaks": self._breaks(paper)} for paper in papers]

    def _breaks(self, paper: Row) -> list[Row]:
        """The pages with which another paper may begin: all but its first."""
        ids = {name: file.id for name, file in self._files.items()}
        return [{**ref, "id": ids[ref["file"]]} for ref in paper["pages"][1:] if ref["file"] in ids]

    def _entries(self, paper: Row) -> Iterator[Row]:
        for name, field in ordered(paper["type"], paper["fields"]).items():
            listed = isinstance(field["value"], list)
            shown = f"{len(field['value'])} 行" if listed else wording.shown(name, field["value"])
            told = {"name": name, "label": wording.label(paper["type"], name), "shown": shown, "id": f"{paper['id']}.{name}"}
            yield {**field, **told, "listed": listed}
