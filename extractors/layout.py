"""Geometry on a sheet: rows, labels, and the value that belongs to a label. Pure; sheet pixels throughout.

OCR cuts text where it likes: a label and its value may be one line or two, a label may have lost a character or gained spaces.
So labels are searched inside lines, on text without spaces, allowing one wrong character in labels of four and more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from extractors.model import Box, Line, Sheet, union

COLONS = ":：;；"


@dataclass(frozen=True, slots=True)
class Label:
    """A label found on a sheet: what it is called, the characters it covers, and the rest of its line behind it."""

    name: str
    line: Line
    start: int
    end: int

    @property
    def box(self) -> Box:
        return self.line.part(self.start, self.end).box


@dataclass(frozen=True, slots=True)
class Text:
    """A value put together from parts of one or more lines, top to bottom; `box` around all, weakest confidence."""

    text: str
    box: Box
    confidence: float
    parts: tuple[Line, ...]


def join(parts: Sequence[Line], glue: str = "") -> Text:
    """Parts of lines as one text; raises ValueError when there is none."""
    return Text(glue.join(p.text for p in parts), union(p.box for p in parts), min(p.confidence for p in parts), tuple(parts))


def line_height(lines: Iterable[Line]) -> float:
    """Median height of the lines; 1.0 when there are none."""
    heights = [line.box.height for line in lines]
    return median(heights) if heights else 1.0


def rows(lines: Iterable[Line], share: float = 0.5) -> list[tuple[Line, ...]]:
    """Lines grouped into printed rows, top to bottom, each left to right.

    A line joins the row whose last members it overlaps by `share` of the smaller height near its own x (a slight slope is followed).
    """
    grouped: list[list[Line]] = []
    middles: list[list[float]] = []  # of each row's lines along x: this loop is most of what a page of a thousand cells costs
    for line in sorted(lines, key=lambda each: each.box.cy):
        best = -1
        best_gap = float("inf")
        cx = line.box.cx
        for n in range(max(0, len(grouped) - 8), len(grouped)):
            off = [abs(x - cx) for x in middles[n]]
            near = grouped[n][off.index(min(off))]
            if near.box.overlap_y(line.box) < share * min(near.box.height, line.box.height):
                continue
            if any(m.box.overlap_x(line.box) > 0.5 * min(m.box.width, line.box.width) for m in grouped[n]):
                continue
            gap = abs(near.box.cy - line.box.cy)
            if gap < best_gap:
                best, best_gap = n, gap
        if best < 0:
            grouped.append([])
            middles.append([])
        grouped[best].append(line)
        middles[best].append(cx)
    ordered = [tuple(sorted(row, key=lambda each: each.box.x0)) for row in grouped]
    return sorted(ordered, key=lambda row: sum(line.box.cy for line in row) / len(row))


def find(line: Line, phrase: str, wrong: int | None = None) -> tuple[int, int] | None:
    """Where `phrase` stands in the line's text, spaces ignored, as (start, end) in the line's own characters; None if nowhere.

    `wrong`: characters that may differ (default: `mistakes`).
    """
    return _find(line.text, phrase, mistakes(phrase) if wrong is None else wrong)


def mistakes(phrase: str) -> int:
    """How many characters of a phrase may be misread when it is looked for: none below four characters, one from four, two from
    eight."""
    return 0 if len(phrase) < 4 else 1 if len(phrase) < 8 else 2


@lru_cache(maxsize=1 << 16)
def _find(text: str, phrase: str, allowed: int) -> tuple[int, int] | None:
    places, squeezed = _squeezed(text)
    at = squeezed.find(phrase)
    if at < 0:
        at = _find_nearly(squeezed, phrase, allowed) if allowed else -1
    if at < 0:
        return None
    return places[at], places[at + len(phrase) - 1] + 1


@lru_cache(maxsize=1 << 14)
def _squeezed(text: str) -> tuple[tuple[int, ...], str]:
    """The places of the characters that are not spaces, and those characters."""
    places = tuple(i for i, character in enumerate(text) if not character.isspace())
    return places, "".join(text[i] for i in places)


def _find_nearly(text: str, phrase: str, allowed: int) -> int:
    best, best_wrong = -1, allowed + 1
    if len(set(phrase) - set(text)) > allowed:
        return best  # every phrase of a type is looked for on every line: most are out of the question at once
    for at in range(len(text) - len(phrase) + 1):
        wrong = sum(a != b for a, b in zip(text[at : at + len(phrase)], phrase, strict=True))
        if wrong < best_wrong:
            best, best_wrong = at, wrong
    return best


def labels(sheet: Sheet, wanted: Mapping[str, Sequence[str]]) -> list[Label]:
    """All labels on the sheet. `wanted`: name → its printed forms, the most telling first; longer forms win over shorter ones on
    the same characters, but no misread form over another that stands there exactly (期末余额 is no 期初余额)."""
    found: list[Label] = []
    forms = sorted(((form, name) for name, each in wanted.items() for form in each), key=lambda pair: -len(pair[0]))
    for line in sheet.lines:
        taken = [False] * len(line.text)
        exact = {form: at for form, _ in forms if (at := find(line, form, 0)) is not None}
        for form, name in forms:
            at = exact.get(form) or find(line, form)
            if at is None or any(taken[at[0] : at[1]]):
                continue
            if form not in exact and any(e not in form and s < at[1] and at[0] < t for e, (s, t) in exact.items()):
                continue
            taken[at[0] : at[1]] = [True] * (at[1] - at[0])
            found.append(Label(name, line, *at))
    return found


def after(label: Label, others: Sequence[Label] = ()) -> Line | None:
    """What stands behind a label in its own line, up to the next label of that line; None when nothing does."""
    text = label.line.text
    end = min((o.start for o in others if o.line is label.line and o.start >= label.end), default=len(text))
    return trimmed(label.line, label.end, end)


def trimmed(line: Line, start: int, end: int) -> Line | None:
    """The part start..end of a line without leading colons and surrounding spaces; None when nothing is left."""
    while start < end and (line.text[start].isspace() or line.text[start] in COLONS):
        start += 1
    while end > start and line.text[end - 1].isspace():
        end -= 1
    return line.part(start, end) if end > start else None


def right_of(box: Box, lines: Iterable[Line], reach: float = float("inf")) -> list[Line]:
    """Lines on the same row to the right of a box, nearest first, not further than `reach` pixels."""
    same = [
        line
        for line in lines
        if line.box.cx > box.x1
        and line.box.x0 > box.x0 + box.width / 2
        and line.box.overlap_y(box) >= 0.4 * min(line.box.height, box.height)
        and line.box.x0 - box.x1 <= reach
    ]
    return sorted(same, key=lambda line: line.box.x0)


def below(box: Box, lines: Iterable[Line], reach: float) -> list[Line]:
    """Lines under a box that share its x range, nearest first, whose top is at most `reach` pixels under it."""
    under = [line for line in lines if line.box.overlap_x(box) > 0 and box.cy < line.box.cy and line.box.y0 - box.y1 <= reach]
    return sorted(under, key=lambda line: line.box.y0)


def value_of(label: Label, sheet: Sheet, others: Sequence[Label], *, multiline: bool = False) -> Text | None:
    """The value printed behind a label: the rest of its line or the next text on its row before another label; with
    `multiline` also the lines that go on beneath the value, down to the next label. None when nothing stands there."""
    first = after(label, others)
    parts = [first] if first else []
    if first is None:
        parts = _next_on_row(label, sheet, others)
    if parts and multiline:
        parts += _going_on(label, parts, sheet, others)
    return join(parts) if parts else None


def _next_on_row(label: Label, sheet: Sheet, others: Sequence[Label]) -> list[Line]:
    for line in right_of(label.box, (x for x in sheet.lines if x is not label.line)):
        begun = [o for o in others if o.line is line]
        stop = min((o.start for o in begun), default=len(line.text))
        part = trimmed(line, 0, stop)
        return [part] if part else []
    return []


def _going_on(label: Label, parts: Sequence[Line], sheet: Sheet, others: Sequence[Label]) -> list[Line]:
    start = parts[0].box
    more: list[Line] = []
    last = start
    labelled = {id(o.line) for o in others} | {id(label.line)}
    for line in sorted(sheet.lines, key=lambda each: each.box.y0):
        if id(line) in labelled or line.box.cy <= last.cy or line.box.overlap_y(last) > 0.5 * line.box.height:
            continue
        if line.box.y0 - last.y1 > 0.9 * last.height:
            break
        if any(o.box.y0 < line.box.cy and o.box.cy > last.cy and o.box.cx < line.box.x1 for o in others if o is not label):
            break
        if line.box.x0 < start.x0 - 1.5 * start.height or line.box.overlap_x(Box(start.x0, 0, sheet.width, 1)) <= 0:
            continue
        more.append(line)
        last = line.box
    return more
