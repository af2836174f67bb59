"""Findings by weight, each with its values side by side and the spots they stand on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from extractors.model import Box
from worker.crops import WHOLE, Spot
from worker.paper import differ, wording
from worker.paper.model import Group, Piece, Shot, Side, Told
from worker.paper.packet import Packet, Row

SIDES = 6
"""Values of one finding that are shown; a running balance can be broken in hundreds of rows."""
LONE = 2
"""Pages shown for a finding without values."""
SPOTS = 150
"""Pictures beside findings in the whole report, the heaviest findings first."""
_BIRTH = slice(6, 14)


def groups(packet: Packet) -> tuple[Group, ...]:
    """The findings in the order of the report, by weight; a weight without findings is left out."""
    left = SPOTS
    told: list[Told] = []
    for number, finding in enumerate(packet.report["findings"], 1):
        each = _told(packet, finding, number, left)
        left -= sum(side.shot is not None for side in each.sides) + len(each.lone)
        told.append(each)
    return tuple(
        Group(f"weight-{id}", weight, meaning, members)
        for id, (weight, meaning) in wording.SEVERITIES.items()
        if (members := tuple(t for t in told if t.weight == weight))
    )


def shots(found: Sequence[Group]) -> Iterator[Shot]:
    """All pictures of the findings, in order."""
    for group in found:
        for told in group.findings:
            yield from (side.shot for side in told.sides if side.shot is not None)
            yield from told.lone


def _told(packet: Packet, finding: Row, number: int, left: int) -> Told:
    values = finding["values"][:SIDES]
    pieces = _pieces(finding["code"], values)
    sides = tuple(_side(packet, value, piece, i < left) for i, (value, piece) in enumerate(zip(values, pieces, strict=True)))
    seen = any(side.shot is not None for side in sides)
    return Told(
        number,
        finding["code"],
        wording.SEVERITIES[finding["severity"]][0],
        finding["title"],
        finding["for_manager"],
        finding["for_broker"],
        sides,
        () if seen else _lone(packet, finding)[: max(0, left)],
        len(finding["values"]) - len(values),
    )


def _side(packet: Packet, value: Row, pieces: tuple[Piece, ...], pictured: bool) -> Side:
    evidence, document, name = value["evidence"], value["document"], value["field"]
    kind, field = packet.label(document), wording.label(packet.kind(document), name)
    text = "".join(piece.text for piece in pieces)
    shot = None
    if evidence is not None and pictured:
        alt = f"{kind}的{field}在{wording.place(evidence)}上的位置，框内是“{text or value['raw']}”"
        shot = Shot(packet.spot(evidence), alt, wording.place(evidence), page_anchor(packet, evidence["file"], evidence["page"]))
    owner = packet.owner(document)
    heading = f"{owner + '的' if owner else ''}{kind} · {field}"
    return Side(heading, pieces, wording.printed(name, value["value"], value["raw"]), wording.place(evidence), shot)


def _pieces(code: str, values: Sequence[Row]) -> list[tuple[Piece, ...]]:
    """The values as shown, the characters that matter marked."""
    texts = [wording.shown(value["field"], value["value"]) for value in values]
    if code == "id_birth_mismatch":
        return _birth(texts)
    return differ.marked(texts) if code in differ.COMPARED else [differ.plain(text) for text in texts]


def _birth(texts: Sequence[str]) -> list[tuple[Piece, ...]]:
    """The birth date inside an id number against the one printed: the eight digits are what is compared."""
    shown = []
    for text in texts:
        if len(text) == 18:
            parts = (text[: _BIRTH.start], False), (text[_BIRTH], True), (text[_BIRTH.stop :], False)
            shown.append(tuple(Piece(*part) for part in parts))
        else:
            shown.append((Piece(text, True),) if text else ())
    return shown


def _lone(packet: Packet, finding: Row) -> tuple[Shot, ...]:
    """The first pages of the papers a finding names, for one that is about whole pages."""
    found = []
    for id in finding["documents"][:LONE]:
        if id in packet.documents and packet.documents[id]["pages"]:
            page = packet.documents[id]["pages"][0]
            found.append(page_shot(packet, page["file"], page["page"], WHOLE))
    return tuple(found)


def page_shot(packet: Packet, file: str, page: int, box: Box | None = None) -> Shot:
    """A view of a page: small, or with `box` WHOLE as large as other pictures (of a long page its beginning)."""
    where = f"{file} 第{page}页"
    names = [d["label"] for d in packet.report["documents"] if {"file": file, "page": page} in d["pages"]]
    alt = f"{where}的缩略图" + (f"（{'、'.join(dict.fromkeys(names))}）" if names else "")
    return Shot(Spot(file, page, packet.turn(file, page), box), alt, where, page_anchor(packet, file, page))


def page_anchor(packet: Packet, file: str, page: int) -> str:
    """The name of a page's small view inside the report: by the place of its file in the packet, never by its name."""
    names = [record["name"] for record in packet.report["files"]]
    return f"page-{names.index(file) + 1}-{page}" if file in names else ""


def evidences(finding: Row) -> Iterator[dict[str, Any]]:
    """The spots that a finding names."""
    yield from (value["evidence"] for value in finding["values"] if value["evidence"] is not None)
