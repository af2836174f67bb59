"""The report's data, looked at from the side of its papers: which is which, whose, where, how its pages are turned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from extractors.model import Box, PageRef
from validators.say import place
from worker.crops import Source, Spot
from worker.paper import wording
from worker.paper.model import Link

Row = Mapping[str, Any]
UNREAD = "declaration"
"""What a value's document is called when the value was declared, not read."""


class Reported(Protocol):
    """A report as data, and where the bytes of its files come from, by their names in it. `pipeline.Checked` is one."""

    @property
    def report(self) -> Row:
        """The report by the contract."""

    @property
    def source(self) -> Source:
        """A file's name → its bytes."""


@dataclass(frozen=True, slots=True)
class Printable:
    """A report that was kept, to be printed again."""

    report: Row
    source: Source


@dataclass(frozen=True, slots=True)
class Packet:
    """A report (cleaned) and what belongs to it by id."""

    report: Row
    documents: Mapping[str, Row]
    parties: Mapping[str, Row]
    anchors: Mapping[str, str]
    turns: Mapping[tuple[str, int], int]

    def kind(self, document: str) -> str:
        """The type of a document, "" for one that is not there."""
        return str(self.documents[document]["type"]) if document in self.documents else ""

    def label(self, document: str) -> str:
        """`收入证明`; what is said where the value stands on no paper."""
        return str(self.documents[document]["label"]) if document in self.documents else "申报信息"

    def owner(self, document: str) -> str:
        """`借款人张伟`, "" for nobody's."""
        found = self.documents.get(document)
        return "" if found is None else wording.party(self.parties.get(found["party"]))

    def link(self, document: str) -> Link:
        """A name that leads to the paper."""
        return Link(self.label(document), self.anchors.get(document, ""))

    def pages(self, document: str) -> str:
        """`身份证.jpg 第1至2页`, several files joined by 、."""
        refs = [PageRef(page["file"], page["page"]) for page in self.documents[document]["pages"]]
        return place(refs).replace("文件“", "").replace("”", " ")

    def spot(self, evidence: Row) -> Spot:
        """The spot of an evidence, to be shown upright."""
        return Spot(evidence["file"], evidence["page"], self.turn(evidence["file"], evidence["page"]), Box(*map(float, evidence["box"])))

    def turn(self, file: str, page: int) -> int:
        """How the text of a page is turned; 0 where nothing was read on it."""
        return self.turns.get((file, page), 0)


def packet(report: Row) -> Packet:
    """The view on a report."""
    told = wording.clean({key: value for key, value in report.items() if key != "supplement_notice"})
    told["supplement_notice"] = wording.clean(report["supplement_notice"], longest=100_000)
    turns: dict[tuple[str, int], int] = {}
    for document in report["documents"]:
        for ref in document["pages"]:
            turns.setdefault((ref["file"], ref["page"]), int(ref["turn"]))
    return Packet(
        told,
        {d["id"]: d for d in told["documents"]},
        {p["id"]: p for p in told["parties"]},
        {d["id"]: f"paper-{i}" for i, d in enumerate(told["documents"], 1)},
        turns,
    )
