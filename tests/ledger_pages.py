"""Ledger pages set by hand for tests: texts in columns → a sheet with lines, character edges and rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.model import Box, Line, Rule, Sheet, Source

SIZE = 10.0
PITCH = 12.0


@dataclass(frozen=True)
class Col:
    """A column as it is printed: one title or several stacked ones, its x range, and how its cells are aligned."""

    title: str | tuple[str, ...]
    x0: float
    x1: float
    align: str = "left"
    title_align: str = ""


def width_of(text: str, size: float = SIZE) -> float:
    return sum(size if ord(c) > 0x2E7F else size / 2 for c in text)


def line(text: str, x: float, y: float, size: float = SIZE, source: Source = "text", confidence: float = 1.0) -> Line:
    """Text whose upper left corner is at x, y, with the edges of its characters."""
    edges = [x]
    for c in text:
        edges.append(edges[-1] + (size if ord(c) > 0x2E7F else size / 2))
    confidences = () if source == "text" else (confidence,) * len(text)
    return Line(text, Box(x, y, edges[-1], y + size), confidence, tuple(edges), confidences, (), source)


def placed(text: str, col: Col, y: float, align: str, source: Source = "text") -> Line:
    x = {"left": col.x0, "right": col.x1 - width_of(text), "center": (col.x0 + col.x1 - width_of(text)) / 2}[align]
    return line(text, x, y, source=source)


def page(
    cols: Sequence[Col],
    rows: Sequence[Sequence[str]],
    *,
    above: Sequence[str] = (),
    below: Sequence[str] = (),
    valign: str = "top",
    pad: float = 6.0,
    ruled: bool = False,
    headed: bool = True,
    source: Source = "text",
    number: int = 1,
    width: float = 800.0,
) -> Sheet:
    """One page. A cell's wrapped lines are separated by a newline; `pad` stands between two rows."""
    lines: list[Line] = []
    rules: list[Rule] = []
    y = 40.0
    for text in above:
        lines.append(line(text, 40, y, source=source))
        y += 1.6 * PITCH
    y += PITCH
    top = y - pad / 2
    body: list[list[list[str]]] = []
    if headed:
        body.append([[c.title] if isinstance(c.title, str) else list(c.title) for c in cols])
    body += [[cell.split("\n") if cell else [] for cell in row] for row in rows]
    for n, row in enumerate(body):
        tall = max(1, *(len(cell) for cell in row))
        for col, cell in zip(cols, row, strict=True):
            start = y + ((tall - len(cell)) * PITCH / 2 if valign == "middle" or (headed and n == 0) else 0)
            for k, text in enumerate(cell):
                align = (col.title_align or col.align) if headed and n == 0 else col.align
                lines.append(placed(text, col, start + k * PITCH, align, source))
        y += tall * PITCH + pad
        if ruled:
            rules.append(Rule(Box(cols[0].x0 - 3, y - pad / 2 - 1, cols[-1].x1 + 3, y - pad / 2), False))
    if ruled:
        rules.append(Rule(Box(cols[0].x0 - 3, top - 1, cols[-1].x1 + 3, top), False))
        xs = [cols[0].x0 - 3, *((a.x1 + b.x0) / 2 for a, b in pairwise(cols)), cols[-1].x1 + 3]
        rules += [Rule(Box(x, top, x + 1, y - pad / 2), True) for x in xs]
    y += PITCH
    for text in below:
        lines.append(line(text, 40, y, source=source))
        y += 1.6 * PITCH
    height = max(1100.0, y + 40)
    return Sheet("a.pdf", number, 0, width, height, (1 / width, 0, 0, 0, 1 / height, 0, 0, 0, 1), tuple(lines), tuple(rules), source=source)
