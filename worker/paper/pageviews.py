"""Small views of the packet's pages, with everything that was found on them in boxes."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.model import Box
from worker.crops import upright
from worker.paper import wording
from worker.paper.findings import evidences, page_shot
from worker.paper.model import Frame, PageView
from worker.paper.packet import Packet, Row

PAGES = 40
"""Pages that are shown. Of a larger packet only those that a finding speaks of, then the first of each paper."""
FIELDS = 120
"""Boxes of fields on one page; a page of a statement would else be covered by them."""
Key = tuple[str, int]


def views(packet: Packet) -> tuple[tuple[PageView, ...], int]:
    """The views in the order of the packet, and how many pages are not shown."""
    all_pages = [(record["name"], page) for record in packet.report["files"] for page in range(1, record["pages"] + 1)]
    shown = all_pages if len(all_pages) <= PAGES else _chosen(packet, all_pages)
    frames = _frames(packet)
    found = tuple(PageView(page_shot(packet, *key), tuple(frames.get(key, ()))) for key in shown)
    return found, len(all_pages) - len(shown)


def _chosen(packet: Packet, all_pages: list[Key]) -> list[Key]:
    wanted: dict[Key, None] = {}
    for finding in packet.report["findings"]:
        wanted |= dict.fromkeys((e["file"], e["page"]) for e in evidences(finding))
    for document in packet.report["documents"]:
        wanted |= dict.fromkeys((page["file"], page["page"]) for page in document["pages"][:1])
    known = set(all_pages)
    chosen = set([key for key in wanted if key in known][:PAGES])
    return [key for key in all_pages if key in chosen]


def _frames(packet: Packet) -> dict[Key, list[Frame]]:
    """The boxes of each page: those of fields below, those of findings, with their numbers, above."""
    fields: dict[Key, list[Frame]] = {}
    for evidence in _read(packet):
        on_page = fields.setdefault((evidence["file"], evidence["page"]), [])
        if len(on_page) < FIELDS:
            on_page.append(_frame(packet, evidence, "mild", ""))
    found: dict[Key, dict[tuple[float, ...], Frame]] = {}
    for number, finding in enumerate(packet.report["findings"], 1):
        tone = wording.SEVERITIES[finding["severity"]][0].tone
        for evidence in evidences(finding):
            on_page_found = found.setdefault((evidence["file"], evidence["page"]), {})
            on_page_found.setdefault(tuple(evidence["box"]), _frame(packet, evidence, tone, str(number)))
    return {key: [*fields.get(key, ()), *found.get(key, {}).values()] for key in fields | found}


def _read(packet: Packet) -> Iterator[Row]:
    for document in packet.report["documents"]:
        yield from (field["evidence"] for field in document["fields"].values() if field["evidence"] is not None)


def _frame(packet: Packet, evidence: Row, tone: str, number: str) -> Frame:
    box = upright(Box(*evidence["box"]), packet.turn(evidence["file"], evidence["page"]))
    return Frame(round(box.x0, 4), round(box.y0, 4), round(box.width, 4), round(box.height, 4), tone, number)
