"""A photographed sheet's lines moved so that rows run level and columns run upright: what straightening the page leaves over.

Only for working out a table: cells are moved back, so that their boxes stay in sheet pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from extractors.model import Box, Line, Sheet
from extractors.table_header import Level, fitted, levelling, levels

Move = Callable[[float, float], float]
"""x, y of a point on the sheet → one of its coordinates on the flat table."""
LOOK_DOWN = 20.0
"""Lines up to this many heights under another are compared with it."""
MOST_SLANT = 0.06


@dataclass(frozen=True, slots=True)
class Flat:
    """`items`: the lines moved, by y. `printed`: id of a moved line → the line as it stands on the sheet."""

    items: list[Level]
    printed: Mapping[int, Line]
    level: Move
    upright: Move

    def line(self, moved: Line) -> Line:
        """The line as it stands on the sheet."""
        return self.printed.get(id(moved), moved)


def flatten(sheet: Sheet) -> Flat:
    """The sheet's lines, moved where it was photographed or scanned."""
    level, upright = levelling(sheet), _upright(sheet)
    if upright is None:
        return Flat(levels(sheet), {}, level, lambda x, _: x)
    items: list[Level] = []
    printed: dict[int, Line] = {}
    for line in sheet.lines:
        moved = shifted(line, upright(line.box.cx, line.box.cy) - line.box.cx)
        printed[id(moved)] = line
        items.append((level(line.box.cx, line.box.cy), line.box.height, moved))
    items.sort(key=lambda each: each[0])
    return Flat(items, printed, level, upright)


def shifted(line: Line, by: float) -> Line:
    """The line moved along x."""
    if by == 0:
        return line
    box = Box(line.box.x0 + by, line.box.y0, line.box.x1 + by, line.box.y1)
    return replace(line, box=box, edges=tuple(edge + by for edge in line.edges))


def _upright(sheet: Sheet) -> Move | None:
    """x, y → x without the slant a + bx + cy that the edges of texts under each other show; None where there is none to see."""
    pairs = _under_each_other(sheet) if sheet.source == "ocr" and len(sheet.lines) > 20 else []
    found = fitted(pairs) if len(pairs) >= 20 else None
    if found is None:
        return None
    a, b, c = found
    return lambda x, y: x - (a * y + b * x * y + c * y * y / 2)


def _under_each_other(sheet: Sheet) -> list[tuple[float, float, float]]:
    """(x, y, dx/dy) between a text and the farthest one under it, within reach, that is as long and stands nearly below it.

    Texts of one length (dates, times, account numbers) are moved as a whole by a slant, however their column is aligned.
    """
    found = []
    ordered = sorted(sheet.lines, key=lambda line: line.box.cy)
    for n, line in enumerate(ordered):
        box, best = line.box, None
        for under in ordered[n + 1 :]:
            down = under.box.cy - box.cy
            if down > LOOK_DOWN * box.height:
                break
            same = len(under.text) == len(line.text) and abs(under.box.width - box.width) < 0.3 * box.height
            if same and down > box.height and abs(under.box.cx - box.cx) < MOST_SLANT * down + 0.2 * box.height:
                best = under.box
        if best is not None:
            found.append(((box.cx + best.cx) / 2, (box.cy + best.cy) / 2, (best.cx - box.cx) / (best.cy - box.cy)))
    return found
