"""A file → its record and its sheets, page by page: what can be read is, and what cannot says why.

Pages are decoded one after the other and may be read side by side (`abreast`): while one is looked at by the networks, another's
geometry is done, and the next is decoded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from extractors import heap, pageread, pages, reading
from extractors.abreast import Abreast
from extractors.classify import label
from extractors.doctype import all_types
from extractors.model import Box, FileError, FileRecord, Line, PageRef, PdfTraits, Quality, Rule, Sheet
from extractors.ocr import Engine, Image, Quads
from extractors.sandbox import SandboxUnavailable

Seen = Callable[[str, int, int], None]
"""Told after each page: file name, page counted from 1, pages of the file."""
Until = Callable[[int], int]
"""Told how many pages the file has, says which is the last to be read; 0: all."""
Work = Callable[[], pageread.PageRead]

_LOG = logging.getLogger(__name__)
DAMAGED = Quality(unreadable=("damaged",))
CHECKED_EACH = 10
"""A text layer is held against the picture on the first page and on every tenth: a page with a forged layer costs 50 ms."""
COMPARED = 6
"""Characters of each line that are compared: the recogniser's time grows with the width."""
AGREEING = 0.5


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file with all that was read on it."""

    record: FileRecord
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of a file whose kind is known (`pages.KINDS`)."""

    data: bytes
    kind: str
    name: str
    sha256: str


def read_file(
    data: bytes, kind: str, name: str, sha256: str, engine: Engine, seen: Seen | None = None, *, first: int = 1, until: Until | None = None
) -> FileRead:
    """Reads a file whose kind is known (`pages.KINDS`), or its pages from `first` on to where `until` says. A file that cannot be opened
    gives a record with the error."""
    with Abreast(1) as works:
        found = _begun(File(data, kind, name, sha256), engine, works, seen, first, until)
    return found.whole()


def read_files(
    files: Iterable[File | FileRead], engine: Callable[[], Engine], seen: Seen | None = None, *, abreast: int = 1
) -> list[FileRead]:
    """Reads files with up to `abreast` pages at a time; what is read already (or refused) stays as it is. engine: asked for at the
    first file to be read; for more than one page at a time it must serve several threads."""
    with Abreast(abreast) as works:
        found = [each if isinstance(each, FileRead) else _begun(each, engine(), works, seen) for each in files]
    return [each if isinstance(each, FileRead) else each.whole() for each in found]


@dataclass(slots=True)
class _Found:
    """What was found in a file so far. `failed`: why it, or the first of its pages that failed, could not be decoded."""

    name: str
    sha256: str
    pages: int = 0
    failed: FileError | None = None
    traits: PdfTraits | None = None
    refs: list[PageRef] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)

    def whole(self) -> FileRead:
        """All of the file, when all of its pages are read."""
        lost = all(ref.quality is DAMAGED for ref in self.refs)
        record = FileRecord(self.name, self.sha256, self.pages, self.failed if lost else None, self.traits, tuple(self.refs))
        return FileRead(record, tuple(self.sheets))


def _begun(
    file: File, engine: Engine, works: Abreast, seen: Seen | None = None, first: int = 1, until: Until | None = None
) -> _Found:
    """The file, all of whose pages have been put to the works. They fill it in."""
    found = _Found(file.name, file.sha256)
    try:
        opened = pages.open_file(file.data, file.kind, first=first)
    except pages.Unreadable as unreadable:
        found.failed = unreadable.error
        return found
    with opened:
        found.pages = opened.page_count
        opened.last = until(opened.page_count) if until else 0
        ruled: list[tuple[float, ...]] = []
        notes: list[str] = []
        for page in opened:
            notes += page.notes
            found.failed = found.failed or page.error
            take = partial(_taken, found, page.number, page.image is not None, seen)
            works.put(_work(opened, page, file.name, engine, ruled), take)
        found.traits = _with_notes(opened.pdf, notes)
    return found


def _taken(found: _Found, number: int, pictured: bool, seen: Seen | None, done: pageread.PageRead) -> None:
    found.sheets += done.sheets
    found.refs.append(done.ref)
    if pictured:
        heap.give_back()
    if seen:
        seen(found.name, number, found.pages)


def _work(file: pages.OpenFile, page: pages.RawPage, name: str, engine: Engine, ruled: list[tuple[float, ...]]) -> Work:
    """What is to be done with a page, in whatever thread. What depends on the pages before it is done now."""
    lost = pageread.PageRead(PageRef(name, page.number, DAMAGED), ())
    if page.error is not None:
        return lambda: lost
    try:
        work = _prepared(file, page, name, engine, ruled)
    except SandboxUnavailable:
        raise
    except Exception as error:
        return partial(_given_up, page, error, lost)
    return partial(_surviving, work, page, lost)


def _surviving(work: Work, page: pages.RawPage, lost: pageread.PageRead) -> pageread.PageRead:
    """A page on which the networks or the geometry fail must not cost the packet its report."""
    try:
        return work()
    except SandboxUnavailable:
        raise
    except Exception as error:
        return _given_up(page, error, lost)


def _given_up(page: pages.RawPage, error: Exception, lost: pageread.PageRead) -> pageread.PageRead:
    # No message: it may hold what was read.
    _LOG.warning("page %d could not be read: %s", page.number, type(error).__name__)
    return lost


def _prepared(file: pages.OpenFile, page: pages.RawPage, name: str, engine: Engine, ruled: list[tuple[float, ...]]) -> Work:
    if not (page.text_sound and page.lines):
        return partial(_read_seen, file, page, name, engine)
    rules = page.rules + _cell_rules(file, page, name, ruled)
    return partial(_read_text, file, page, rules, name, engine)


def _read_text(file: pages.OpenFile, page: pages.RawPage, rules: tuple[Rule, ...], name: str, engine: Engine) -> pageread.PageRead:
    if page.number % CHECKED_EACH == 1 and _contradicted(file, page, engine):
        return _read_seen(file, page, name, engine)
    size = (page.width, page.height)
    return pageread.read_native(page.lines, rules, size, page.to_page, name, page.number, page.image, engine)


def _read_seen(file: pages.OpenFile, page: pages.RawPage, name: str, engine: Engine) -> pageread.PageRead:
    image = page.image if page.image is not None else _rendered(file, page)
    if image is None:
        return pageread.PageRead(PageRef(name, page.number, Quality(unreadable=("blank",))), ())
    return _read_picture(image, page, name, engine)


def _read_picture(image: Image, page: pages.RawPage, name: str, engine: Engine) -> pageread.PageRead:
    done = pageread.read_picture(image, name, page.number, engine)
    return replace(done, sheets=tuple(replace(s, to_page=_onto(page, s.to_page)) for s in done.sheets))


def _onto(page: pages.RawPage, to_image: tuple[float, ...]) -> tuple[float, ...]:
    """Sheet pixels → 0..1 of the decoded picture → 0..1 of the page as uploaded, where a PDF page was turned for reading."""
    whole = np.array(page.to_page).reshape(3, 3) @ np.diag([page.width, page.height, 1.0]) @ np.array(to_image).reshape(3, 3)
    return tuple(float(v) for v in (whole / whole[2, 2]).ravel())


def _rendered(file: pages.OpenFile, page: pages.RawPage) -> Image | None:
    try:
        return file.sheet_image(page, long_side=2340)
    except pages.Unreadable:
        return None


def _contradicted(file: pages.OpenFile, page: pages.RawPage, engine: Engine) -> bool:
    """Whether a few lines of the text layer read otherwise on the picture: then the layer is not what a person sees."""
    from rapidfuzz import fuzz

    sample = [line.part(0, min(len(line.text), COMPARED)) for line in _neighbours(page.lines)]
    strips = _seen_at(file, page, [line.box for line in sample]) if sample else None
    if strips is None:
        return False
    pairs = zip(sample, engine.recognise(strips), strict=True)
    alike = [fuzz.ratio(line.text.replace(" ", ""), r.text.replace(" ", "")) / 100 for line, r in pairs]
    return float(np.median(alike)) < AGREEING


def _neighbours(lines: Sequence[Line]) -> Sequence[Line]:
    """Three of a page's longest lines that lie near each other, so that little of the page need be drawn; fewer where there are no
    more."""
    whole = [line for line in lines if 4 <= len(line.text.strip()) <= 40 and line.box.width > 2 * line.box.height]
    longest = sorted(sorted(whole, key=lambda line: -len(line.text))[:8], key=lambda line: line.box.cy)
    threes = [longest[n : n + 3] for n in range(len(longest) - 2)]
    return min(threes, key=lambda three: three[-1].box.cy - three[0].box.cy, default=longest)


def _seen_at(file: pages.OpenFile, page: pages.RawPage, boxes: Sequence[Box]) -> list[Image] | None:
    """What a person sees in these boxes of the sheet, each as an upright strip; None where the page cannot be drawn."""
    grown = [_grown(box, 0.15 * box.height) for box in boxes]
    around = Box(
        max(0.0, min(b.x0 for b in grown) - 4), max(0.0, min(b.y0 for b in grown) - 4),
        min(page.width, max(b.x1 for b in grown) + 4), min(page.height, max(b.y1 for b in grown) + 4),
    )  # fmt: skip
    if page.image is not None:
        image, (left, top), scale = page.image, (0.0, 0.0), page.image.shape[1] / page.width
    else:
        sheet = Sheet("", page.number, 0, page.width, page.height, page.to_page, ())
        try:
            drawn = file.render(page.number, sheet.evidence(around).box, round(max(around.width, around.height)))
        except pages.Unreadable:
            return None
        image = np.ascontiguousarray(np.rot90(drawn, page.turn))
        (left, top), scale = (around.x0, around.y0), image.shape[1] / around.width
    return [reading.crop(image, _quad(box, left, top, scale)) for box in grown]


def _grown(box: Box, by: float) -> Box:
    return Box(box.x0 - by, box.y0 - by, box.x1 + by, box.y1 + by)


def _quad(b: Box, left: float, top: float, scale: float) -> Quads:
    corners = np.array([[b.x0, b.y0], [b.x1, b.y0], [b.x1, b.y1], [b.x0, b.y1]])
    return ((corners - (left, top)) * scale).astype(np.float32)


def _cell_rules(file: pages.OpenFile, page: pages.RawPage, name: str, ruled: list[tuple[float, ...]]) -> tuple[Rule, ...]:
    """Edges of the page's table cells as pdfplumber sees them (filled boxes and broken strokes too), where the page's type works
    with rules. Pages that repeat a layout already looked at have the same edges and are spared the tenth of a second, as are those
    whose rules stand in the file as the grid that they are drawn as, and those where nothing stands between columns."""
    layout = tuple(sorted({round(rule.box.cx, -1) for rule in page.rules if rule.vertical}))
    if not layout or layout in ruled or _is_grid(page.rules):
        return ()
    sheet = Sheet(name, page.number, 0, page.width, page.height, page.to_page, page.lines, source="text")
    kind = all_types().get(label(sheet, all_types()).type)
    if kind is None or "rules" not in kind.wants:
        return ()
    ruled.append(layout)
    cells = [cell for table in file.tables([page]).get(page.number, ()) for row in table.rows for cell in row if cell]
    return tuple(rule for cell in cells for rule in _edges(cell))


def _is_grid(rules: Sequence[Rule]) -> bool:
    """Whether rules stand as a grid: three and more down, and three and more that reach across all of these."""
    down = [rule.box for rule in rules if rule.vertical]
    if len(down) < 3:
        return False
    left, right = min(b.cx for b in down) + 4, max(b.cx for b in down) - 4
    return sum(not r.vertical and r.box.x0 <= left and r.box.x1 >= right for r in rules) >= 3


def _edges(cell: Box) -> Sequence[Rule]:
    return (
        Rule(Box(cell.x0, cell.y0, cell.x1, cell.y0), False),
        Rule(Box(cell.x0, cell.y1, cell.x1, cell.y1), False),
        Rule(Box(cell.x0, cell.y0, cell.x0, cell.y1), True),
        Rule(Box(cell.x1, cell.y0, cell.x1, cell.y1), True),
    )


def _with_notes(traits: PdfTraits | None, notes: Sequence[str]) -> PdfTraits | None:
    """The traits with what was noticed on pages; of a picture, what its maker's mark tells (program:NAME)."""
    programs = [note.removeprefix("program:") for note in notes if note.startswith("program:")]
    signs = tuple(dict.fromkeys(note for note in notes if note in ("covered_text", "text_over_scan", "patch_over_scan")))
    if traits is None:
        return PdfTraits(creator=programs[0], signs=("image_editor",)) if programs else None
    return replace(traits, signs=tuple(dict.fromkeys((*traits.signs, *signs))))
