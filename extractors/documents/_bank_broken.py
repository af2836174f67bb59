"""Sums that a narrow column breaks over two printed lines (`14,565.2` over `0`), put together before the table is worked out.

Left apart, the halves would count as two rows, and the upper half would pass for a sum of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.model import Box, Line, Sheet

_UPPER = re.compile(r"[-+]?[¥￥]?(?:\d[\d,]*\.\d?|\d{1,3}(?:,\d{3})*,\d{0,2})")
"""A sum that stops short: in its decimals, or within a group of three."""
_WHOLE = re.compile(r"[-+]?[¥￥]?\d{1,3}(?:,\d{3})*\.\d\d|[-+]?[¥￥]?\d+\.\d\d")
NEAR = 0.9
"""The lower half stands at most so many line heights under the upper one."""


def mended(sheet: Sheet) -> Sheet:
    """The sheet with broken sums as lines of their own; the sheet itself where there are none."""
    uppers = [line for line in sheet.lines if _UPPER.fullmatch(line.text)]
    gone: set[int] = set()
    whole: list[Line] = []
    for upper in uppers:
        lower = _rest(upper, [line for line in sheet.lines if id(line) not in gone])
        if lower is not None:
            gone |= {id(upper), id(lower)}
            whole.append(_joined(upper, lower))
    return replace(sheet, lines=(*(line for line in sheet.lines if id(line) not in gone), *whole)) if whole else sheet


def _rest(upper: Line, lines: Sequence[Line]) -> Line | None:
    """The nearest line under the upper half that makes a sum of it and is aligned with it on the left, the right or the middle."""
    box = upper.box
    for line in sorted(lines, key=lambda each: each.box.y0):
        gap = line.box.y0 - box.y1
        if line is upper or not -0.4 * box.height < gap < NEAR * box.height or line.box.cy <= box.cy:
            continue
        off = min(abs(line.box.x0 - box.x0), abs(line.box.x1 - box.x1), abs(line.box.cx - box.cx))
        if off < 0.5 * box.height and len(line.text) <= len(upper.text) and _WHOLE.fullmatch(upper.text + line.text):
            return line
    return None


def _joined(upper: Line, lower: Line) -> Line:
    """One line in the middle of the two, as tall as one."""
    both = upper.box.union(lower.box)
    half = upper.box.height / 2
    sure = () if not (upper.confidences and lower.confidences) else (*upper.confidences, *lower.confidences)
    others = () if not (upper.others and lower.others) else (*upper.others, *lower.others)
    box = Box(both.x0, both.cy - half, both.x1, both.cy + half)
    return Line(upper.text + lower.text, box, min(upper.confidence, lower.confidence), (), sure, others, upper.source)
