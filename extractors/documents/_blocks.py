"""Labels in columns, and the block of text that belongs to each: certificates print label and value side by side, in one column
or two, and break long values over several lines.

Labels stand flush in their column. That tells a label from the same word inside a value, and where a value ends: at the next
label below in its column, and at the next column to the right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.documents._lines import glued, glued_rows, is_watermark, mended, run, usual_height
from extractors.layout import Label, Text, find, join, trimmed
from extractors.model import Line, Sheet

WITHIN_ROW = 4.0
"""A gap of this many line heights ends a value within its row."""
WITHIN_TEXT = 1.6
"""The same for running text, such as an address."""
JUNK = 0.35
"""A piece of one or two characters below this is no part of a value."""
STAINED = 0.85
BETWEEN_ROWS = 1.3
"""A gap of this many line heights ends a value downwards."""


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet as labels and lines. `height`: of a line of print. `stops`: what no value goes on with."""

    sheet: Sheet
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    height: float
    columns: frozenset[str]
    stops: re.Pattern[str]

    def label(self, name: str) -> Label | None:
        """The first label of this name, from the top."""
        return min((x for x in self.labels if x.name == name), key=lambda x: x.box.cy, default=None)


def form(
    sheet: Sheet,
    wanted: Mapping[str, Sequence[str]],
    columns: Collection[str],
    stops: re.Pattern[str],
    inner: Collection[str] = (),
) -> Form:
    """The sheet with its labels. `columns`: the labels that stand flush in columns; others may stand anywhere. `inner`: those
    that no value holds, so that they are labels also where they run into the value before them."""
    height = usual_height(sheet.lines)
    clear = [line for line in sheet.lines if not is_watermark(line.text)]
    lines = mended(clear, [phrase for forms in wanted.values() for phrase in forms])
    found = [each for each in _labels(lines, wanted) if each.name in inner or _begins(each, height)]
    found = _flush(found, columns, height)
    return Form(sheet, tuple(lines), tuple(found), height, frozenset(columns), stops)


def _labels(lines: Sequence[Line], wanted: Mapping[str, Sequence[str]]) -> list[Label]:
    """All labels: as printed where that is found in a line, else with one wrong character that cannot be the value's."""
    forms = sorted(((form, name) for name, each in wanted.items() for form in each), key=lambda pair: -len(pair[0]))
    found: list[Label] = []
    for line in lines:
        taken = [False] * len(line.text)
        for wrong in (0, 1):
            for phrase, name in forms:
                at = find(line, phrase, wrong) if not wrong or len(phrase) >= 4 else None
                if at is None or any(taken[slice(*at)]) or (wrong and _may_be_value(line, phrase, at)):
                    continue
                taken[slice(*at)] = [True] * (at[1] - at[0])
                found.append(Label(name, line, *at))
        if not any(taken):
            found += _stained(line, forms)
    return found


def _stained(line: Line, forms: Sequence[tuple[str, str]]) -> list[Label]:
    """The label with which a line begins when a watermark put one character into it (经营于者)."""
    for phrase, name in forms:
        match = len(phrase) >= 3 and re.match(r"\s*\S?\s*".join(phrase), line.text)
        if match and len(re.sub(r"\s", "", match.group())) == len(phrase) + 1:
            return [Label(name, line, 0, match.end())]
    return []


def _may_be_value(line: Line, phrase: str, at: tuple[int, int]) -> bool:
    """Whether the character that differs is the last one of the label and the value follows at once."""
    return line.text[at[1] - 1] != phrase[-1] and at[1] < len(line.text)


def _begins(label: Label, height: float) -> bool:
    """Whether a label begins its line, or stands apart in it; long ones are labels wherever they stand."""
    before = label.line.text[: label.start].strip(" :：·.、(（")
    if not before or label.end - label.start >= 4:
        return True
    return label.box.x0 - label.line.part(0, label.start).box.x1 > height and len(before) > 1


def _flush(found: list[Label], columns: Collection[str], height: float) -> list[Label]:
    """The labels without those of two or three characters that no longer label stands flush with."""
    pillars = [x.box.x0 for x in found if x.name in columns and len(_squeezed(x)) >= 4]
    if len(pillars) < 2:
        return found
    return [
        x
        for x in found
        if x.name not in columns or len(_squeezed(x)) >= 4 or any(abs(x.box.x0 - p) < 2 * height for p in pillars)
    ]


def _squeezed(label: Label) -> str:
    return re.sub(r"\s", "", label.line.text[label.start : label.end])


def value(form: Form, label: Label, *, multiline: bool = False, wrapped: bool = True) -> Text | None:
    """The text that belongs to a label: the rest of its row up to the next column, and with `multiline` the rows beneath,
    without gaps; of a `wrapped` value only rows that a full row goes on in, else any that follow."""
    right = _right_edge(form, label)
    if multiline and (rows := _centred_rows(form, label, right)):
        return join(rows)
    first = _first_row(form, label, right, WITHIN_TEXT if multiline else WITHIN_ROW)
    if first is None:
        return None
    return join([first, *_rows_beneath(form, label, first, right, wrapped)] if multiline else [first])


def _centred_rows(form: Form, label: Label, right: float) -> list[Line]:
    """The rows of a value on whose middle its label stands, as in the cells of a drawn table: they reach as far above the label as
    beneath it, and closer together than they stand to the labels above and below. Empty where the label stands at the first row.
    """
    if label.line.text[label.end :].strip(" :：") or label.name not in form.columns:
        return []
    column = [x.box for x in form.labels if x is not label and abs(x.box.x0 - label.box.x0) < 5 * form.height]
    top = max((b.y1 for b in column if b.cy < label.box.y0), default=float("-inf"))
    bottom = min((b.y0 for b in column if b.cy > label.box.y1), default=float("inf"))
    labelled = {id(x.line) for x in form.labels}
    beside = [
        line
        for line in form.lines
        if id(line) not in labelled and label.box.x1 <= line.box.x0 < right and top < line.box.cy < bottom and not _stopped(form, line)
    ]
    rows = sorted(glued_rows(beside), key=lambda line: line.box.cy)
    spaces = [b.box.y0 - a.box.y1 for a, b in pairwise(rows)]
    if not spaces or min(spaces) > 0.9 * form.height:
        return []
    nearest = min(range(len(rows)), key=lambda n: abs(rows[n].box.cy - label.box.cy))
    most = min(spaces) + 0.25 * form.height
    low = high = nearest
    while low > 0 and spaces[low - 1] <= most:
        low -= 1
    while high < len(spaces) and spaces[high] <= most:
        high += 1
    block = rows[low : high + 1]
    centred = abs((block[0].box.y0 + block[-1].box.y1) / 2 - label.box.cy) < 0.4 * form.height
    apart = min(block[0].box.y0 - top, bottom - block[-1].box.y1) > most
    return block if len(block) > 1 and centred and apart else []


def _right_edge(form: Form, label: Label) -> float:
    """Where the next column of labels begins, or the next label on the row."""
    further = [
        x.box.x0
        for x in form.labels
        if (x.name in form.columns and x.box.x0 > label.box.x1 + 3 * form.height)
        or (x is not label and x.box.x0 > label.box.x1 and _same_row(x.line, label))
    ]
    return min(further, default=float("inf")) - 0.3 * form.height


def _first_row(form: Form, label: Label, right: float, gap: float) -> Line | None:
    others = [x for x in form.labels if x.line is label.line and x.start >= label.end]
    rest = trimmed(label.line, label.end, min((x.start for x in others), default=len(label.line.text)))
    labelled = {id(x.line) for x in form.labels}
    begin = label.box.x1 - form.height
    pieces = [
        line
        for line in form.lines
        if id(line) not in labelled and begin <= line.box.x0 < right and _same_row(line, label) and not _stopped(form, line)
    ]
    pieces = [x for x in pieces if x.confidence > JUNK or len(x.text) > 2]
    row = [rest] if rest else []
    for piece in sorted(pieces, key=lambda line: line.box.x0):
        if len(row) == 1 and row[0] is rest and len(rest.text) == 1 and piece.box.x0 < rest.box.x1 - 0.1 * form.height:
            row = [_unsure(piece)]  # a stain at the label's end, where the value has begun already
        elif not row or piece.box.x0 > row[-1].box.x1 - 0.5 * piece.box.width:
            row.append(piece)
    return run(glued(row), 0, gap) if row else None


def _unsure(line: Line) -> Line:
    """The line, never surely read."""
    return replace(line, confidence=min(line.confidence, STAINED), confidences=tuple(min(c, STAINED) for c in line.confidences))


def _same_row(line: Line, label: Label) -> bool:
    return line.box.overlap_y(label.box) >= 0.4 * min(line.box.height, label.box.height)


def _stopped(form: Form, line: Line) -> bool:
    return form.stops.search(re.sub(r"\s", "", line.text)) is not None


def _rows_beneath(form: Form, label: Label, first: Line, right: float, wrapped: bool) -> list[Line]:
    left = label.box.x0 - 5 * form.height
    below = (x.box.y0 for x in form.labels if x.box.cy > label.box.y1 and left < x.box.x0 < right)
    bottom = min(below, default=float("inf"))
    labelled = {id(x.line) for x in form.labels}
    under = [
        line
        for line in form.lines
        if id(line) not in labelled
        and first.box.x0 - 1.5 * form.height <= line.box.x0 < right
        and first.box.cy + 0.6 * first.box.height < line.box.cy < bottom
    ]
    under = [line for line in under if line.box.cy < _next_unread(form, label, first)]
    return _contiguous(form, first, glued_rows(under), _right_margin(form, first, right) if wrapped else 0.0)


def _next_unread(form: Form, label: Label, first: Line) -> float:
    """Where beneath a label print of its column begins again: a label that a seal keeps from being read."""
    if label.name not in form.columns:
        return float("inf")
    h, x1 = form.height, first.box.x0 - 0.2 * form.height
    flush = [x.box.x0 for x in form.labels if x.name in form.columns and x.box.overlap_x(label.box) > 0]
    x0 = min(flush, default=label.box.x0) - 0.5 * h
    column = [
        line.box
        for line in form.lines
        if x0 < line.box.x0 < line.box.x1 < x1 and 0.5 * h < line.box.height < 1.5 * h
        if line.confidence > STAINED and re.search(r"[一-鿿]", line.text) and line.box.cy > label.box.y1 + 0.2 * h
    ]
    rows = [(box, [box, *(other for other in column if other.overlap_y(box) > 0.5 * h)]) for box in column]
    labels = (box.cy for box, row in rows if max(b.x1 for b in row) - min(b.x0 for b in row) > 0.6 * (x1 - x0))
    return min(labels, default=float("inf")) - 0.5 * h


def _right_margin(form: Form, first: Line, right: float) -> float:
    """Where the longest value of the column ends."""
    top = min((x.box.y0 for x in form.labels if x.name in form.columns), default=0.0)
    return max(
        (
            line.box.x1
            for line in form.lines
            if abs(line.box.x0 - first.box.x0) < form.height and line.box.x1 < right and line.box.cy > top
        ),
        default=first.box.x1,
    )


def _contiguous(form: Form, first: Line, rows: Iterable[Line], edge: float) -> list[Line]:
    """Rows that go on: close beneath each other, flush left, each but the last as long as its column (`edge`) allows."""
    taken: list[Line] = []
    last = first
    for row in rows:
        if row.box.y0 - last.box.y1 > BETWEEN_ROWS * max(last.box.height, 0.7 * form.height) or _stopped(form, row):
            break
        part = run(row, 0, WITHIN_TEXT)
        if part is None or abs(part.box.x0 - first.box.x0) > 1.5 * form.height or last.box.x1 < edge - 3 * form.height:
            break
        taken.append(part)
        last = part
    return taken
