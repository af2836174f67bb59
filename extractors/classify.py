"""Which type a sheet is, which sheets are cut apart, and which belong together as one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractors.doctype import Anchor, DocumentType, all_types
from extractors.layout import find, mistakes
from extractors.marks import is_copy_mark
from extractors.model import Document, Field, Line, PageRef, Sheet

UNKNOWN = "unknown"
CANDIDATE = 1.0
SCRAP = 30
"""Characters below which unrecognised text beside a recognised paper on the same page counts as part of the picture."""
WATERMARK = 0.7
"""Share of a sheet's characters that makes it a watermark."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sheet with the type it was recognised as ("unknown" when none reached the bar) and the score."""

    sheet: Sheet
    type: str
    score: float


def score(sheet: Sheet, anchors: Sequence[Anchor], where: Mapping[str, Sequence[int]] | None = None) -> float:
    """Sum of the weights of the anchors that stand on the sheet. `where`: as `standing` has it, when many are asked for."""
    total = 0.0
    places = standing(sheet) if where is None else where
    for anchor in anchors:
        hits = [line for line in _possible(sheet, anchor.text, places) if find(line, anchor.text) is not None]
        if not hits:
            continue
        total += anchor.weight
        if anchor.title and any(_is_title(line.text, anchor.text, line.box.cy, sheet.height) for line in hits):
            total += anchor.weight
    return total


def standing(sheet: Sheet) -> dict[str, list[int]]:
    """Each character of the sheet → the lines it stands on, so that most lines are never compared with most phrases."""
    where: dict[str, list[int]] = {}
    for n, line in enumerate(sheet.lines):
        for character in set(line.text):
            where.setdefault(character, []).append(n)
    return where


def _possible(sheet: Sheet, phrase: str, where: Mapping[str, Sequence[int]]) -> list[Line]:
    """The lines that hold so many of the phrase's characters that `find` may find it there."""
    characters = set(phrase)
    held = Counter(n for character in characters for n in where.get(character, ()))
    least = len(characters) - mistakes(phrase)
    return [sheet.lines[n] for n in sorted(held) if held[n] >= least]


def _is_title(text: str, phrase: str, y: float, height: float) -> bool:
    return y < height / 3 and len(text.replace(" ", "")) <= len(phrase) + 6


def label(sheet: Sheet, types: Mapping[str, DocumentType]) -> Labelled:
    """The likeliest type of a sheet, "unknown" below the bar."""
    where = standing(sheet)
    scored = sorted(((score(sheet, kind.anchors, where) + kind.speaks(sheet), id) for id, kind in types.items()), reverse=True)
    best, id = scored[0] if scored else (0.0, UNKNOWN)
    return Labelled(sheet, id, best) if best >= CANDIDATE else Labelled(sheet, UNKNOWN, max(0.0, best))


def sheets_apart(sheet: Sheet, types: Mapping[str, DocumentType]) -> list[Labelled]:
    """The sheet, or the papers it is cut into, each with its type."""
    whole = label(sheet, types)
    if whole.type == UNKNOWN:
        return [whole]
    parts = types[whole.type].split(sheet)
    if len(parts) <= 1:
        return [whole]
    return [label(part, types) for part in parts]


@dataclass(frozen=True, slots=True)
class Group:
    """The sheets of one document, its type, and the points that speak for it."""

    type: str
    points: float
    sheets: tuple[Sheet, ...]


def documents_of(sheets: Sequence[Sheet]) -> tuple[Document, ...]:
    """All sheets of a packet, in packet order, as documents with fields: nothing is dropped but a watermark by itself."""
    return extracted(groups_of(sheets))


def groups_of(sheets: Sequence[Sheet]) -> tuple[Group, ...]:
    """Which sheets of a packet make which documents, in packet order."""
    types = all_types()
    labelled = _without_watermarks([each for sheet in sheets for each in sheets_apart(sheet, types)])
    labelled = _adopt(labelled, types)
    grouped: list[tuple[int, Group]] = []
    place = {id(each.sheet): n for n, each in enumerate(labelled)}
    for type_id, kind in types.items():
        mine = [each for each in labelled if each.type == type_id]
        sure = {id(each.sheet): each.score for each in mine}
        for group in kind.assemble([each.sheet for each in mine]):
            points = max(sure.get(id(sheet), 0.0) for sheet in group)
            grouped.append((min(place[id(sheet)] for sheet in group), Group(type_id, points, group)))
    for each in labelled:
        if each.type == UNKNOWN:
            grouped.append((place[id(each.sheet)], Group(UNKNOWN, each.score, (each.sheet,))))
    return tuple(group for _, group in sorted(grouped, key=lambda each: each[0]))


def extracted(groups: Sequence[Group]) -> tuple[Document, ...]:
    """Each group's document with its fields, numbered `d1`, `d2` …"""
    types = all_types()
    return tuple(_document(f"d{n}", each.type, each.points, each.sheets, types) for n, each in enumerate(groups, start=1))


def _without_watermarks(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Without the sheets that are only what is written across a paper on the same page (slanted, it is a region of its own)."""
    papers = {(each.sheet.file, each.sheet.page) for each in labelled if each.type != UNKNOWN}
    return [
        each
        for each in labelled
        if each.type != UNKNOWN or (each.sheet.file, each.sheet.page) not in papers or not _is_watermark(each.sheet)
    ]


def _is_watermark(sheet: Sheet) -> bool:
    marks = sum(len(line.text) for line in sheet.lines if is_copy_mark(line.text))
    return marks > WATERMARK * sum(len(line.text) for line in sheet.lines)


def _without_scraps(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Without the few words beside a recognised paper (a margin, the table it lies on): they are no paper of their own."""
    known = {(each.sheet.file, each.sheet.page) for each in labelled if each.type != UNKNOWN}
    return [
        each
        for each in labelled
        if each.type != UNKNOWN
        or (each.sheet.file, each.sheet.page) not in known
        or sum(len(line.text) for line in each.sheet.lines) >= SCRAP
    ]


def _adopt(labelled: Sequence[Labelled], types: Mapping[str, DocumentType]) -> list[Labelled]:
    """Sheets that no type recognised go to the document before them when its type says that they continue it."""
    done: list[Labelled] = []
    for each in labelled:
        if each.type == UNKNOWN and done and done[-1].type != UNKNOWN:
            kind = types[done[-1].type]
            so_far = tuple(d.sheet for d in done if d.type == kind.id)
            if kind.continues(so_far, each.sheet):
                each = Labelled(each.sheet, kind.id, each.score)
        done.append(each)
    return done


def _document(id: str, type_id: str, points: float, group: tuple[Sheet, ...], types: Mapping[str, DocumentType]) -> Document:
    fields: Mapping[str, Field] = types[type_id].extract(group) if type_id in types else {}
    refs: dict[tuple[str, int], PageRef] = {}
    for sheet in group:
        refs.setdefault((sheet.file, sheet.page), PageRef(sheet.file, sheet.page, sheet.quality, sheet.turn))
    confidence = round(min(1.0, points / 2), 2)
    return Document(id, type_id, tuple(refs.values()), confidence, dict(fields))
