"""The words of a stamp that lie as text over a statement's rows (an electronic seal that a PDF draws with characters, or the middle
line of a seal that a picture's reader took for print). They belong to no cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.documents import _bank_titles as titles
from extractors.model import Line, Sheet

_STAMP = re.compile(r"(?:[一-鿿()（）]{0,12}(?:专用章|公章|财务章|业务章|电子章|印章)|[★☆✩])(?:\(\d+\)|（\d+）)?")
ALIGNED = 0.4
"""Lines of one stamp have their middles above each other, within this many line heights; …"""
APART = 1.2
"""… with at most so many line heights between them."""
COVERED = 0.08
"""Share of its area that a line over others shares with one of them."""


def unstamped(sheet: Sheet) -> Sheet:
    """The sheet without the stamp's own line and the lines above and under it that are centred on it and lie over print."""
    marks = [line for line in sheet.lines if _STAMP.fullmatch(line.text.replace(" ", ""))]
    if not marks:
        return sheet
    stamp = {id(line): line for line in marks}
    grown = True
    while grown:
        found = [
            line
            for line in sheet.lines
            if id(line) not in stamp and any(_stacked(line, other) for other in stamp.values()) and _lies_over(line, sheet.lines)
        ]
        stamp |= {id(line): line for line in found}
        grown = bool(found)
    heads = [title for line in marks if (title := _title_before(line)) is not None]
    return replace(sheet, lines=(*(line for line in sheet.lines if id(line) not in stamp), *heads))


def _title_before(mark: Line) -> Line | None:
    """The column's title that a stamp's word was read on to (`对手信息业务专用章`); None where there is none."""
    forms = [form for each in titles.COLUMNS.values() for form in each if mark.text.startswith(form)]
    longest = max(map(len, forms), default=0)
    return mark.part(0, longest) if 2 <= longest < len(mark.text) else None


def _stacked(line: Line, other: Line) -> bool:
    height = min(line.box.height, other.box.height)
    gap = max(line.box.y0, other.box.y0) - min(line.box.y1, other.box.y1)
    return abs(line.box.cx - other.box.cx) < ALIGNED * height and -0.5 * height < gap < APART * height


def _lies_over(line: Line, lines: Sequence[Line]) -> bool:
    box = line.box
    area = box.width * box.height
    return any(box.overlap_x(other.box) * box.overlap_y(other.box) > COVERED * area for other in lines if other is not line)
