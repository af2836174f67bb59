"""The columns of a table: where they part, and cutting lines there. Pure; sheet pixels."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.model import Line, Sheet
from extractors.table_header import Cell, Level, gaps, printed_rows

Upright = Callable[[float, float], float]
"""x, y on the sheet → x on the flat table."""
Span = tuple[float, float, int]
"""x0, x1 of a text of the body, and the number of its printed line."""
TITLE_WEIGHT = 5
"""A boundary through a title is as bad as one through this part of the texts nearby (on a photograph texts of neighbouring columns
overlap a little; a title does not stand over another column)."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column from x0 to x1. `name`: of the aliases; "" when its title is none of them. A second column of the same name
    is called `name#2`, and so on."""

    name: str
    title: str
    x0: float
    x1: float
NEARLY = 12
"""So small a part of the texts nearby may be cut more than must be, where that leaves fewer lines with two texts in one column."""
SMALL_GAP = 0.15
"""Characters of one word stand closer than this part of their height."""
UNBROKEN = 0.8
"""A rule of this part of the longest one's length is printed, not noise."""
FRAYED = 0.15
"""A picture's texts seem to reach this many line heights farther than they do, on either side."""


def columns_of(cells: Sequence[Cell], body: Sequence[Level], sheet: Sheet, upright: Upright) -> tuple[tuple[Column, ...], bool]:
    """Columns by the vertical rules that part the titles, by empty strips where no rule does; and whether most had a rule.

    A broken rule that runs through many texts is none (noise on a photograph looks like short rules); one without a break is one
    even where a detector ran the texts on both sides of it together.
    """
    spans = [(x0, x1, row) for row, items in enumerate(printed_rows(body)) for item in items for x0, x1 in _extents(item[2])]
    centres = [(cell.x0 + cell.x1) / 2 for cell in cells]
    rules = _vertical_rules(sheet, cells, upright)
    bounds: list[float] = []
    ruled = 0
    for left, right in pairwise(cells):
        between = [
            x
            for x, unbroken in rules
            if left.x0 + 0.6 * (left.x1 - left.x0) < x < right.x1 - 0.6 * (right.x1 - right.x0)
            and (unbroken or 10 * sum(1 for x0, x1, _ in spans if x0 + 2 < x < x1 - 2) <= len(spans) / len(cells))
        ]
        ruled += bool(between)
        bounds.append(between[0] if between else _boundary(left, right, centres, spans))
    outer = [x for x, _ in rules if x > cells[-1].x1 - 2]
    edges = [0.0, *bounds, outer[0] if len(outer) > 1 else sheet.width]
    columns = tuple(
        Column(name, cell.title, x0, x1)
        for name, cell, (x0, x1) in zip(_unique([c.name for c in cells]), cells, pairwise(edges), strict=True)
    )
    return columns, 2 * ruled > len(cells)


_AMOUNT_THEN_GAP = re.compile(r"\.\d\d(?=[\s⺀-鿿]|[-+]?\d)")


def _extents(line: Line) -> list[tuple[float, float]]:
    """x ranges of what stands on a line: an amount aligned right may run up to the text of the next column, a space between."""
    cuts = [found.end() for found in _AMOUNT_THEN_GAP.finditer(line.text)]
    parts = [stripped(line, start, end) for start, end in pairwise([0, *cuts, len(line.text)])]
    found = [(part.box.x0, part.box.x1) for part in parts if part is not None]
    slack = FRAYED * line.box.height if line.source == "ocr" else 0.0
    return [(x0 + slack, x1 - slack) if x1 - x0 > 4 * slack else (x0, x1) for x0, x1 in found]


def _unique(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    unique = []
    for place, name in enumerate(names):
        name = name or f"?{place}"
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return unique


def _vertical_rules(sheet: Sheet, cells: Sequence[Cell], upright: Upright) -> list[tuple[float, bool]]:
    """x of the vertical rules that run along a good part of the table, cell borders of one column taken together; and whether
    one runs along it without a break."""
    top = min(cell.y0 for cell in cells) - 5
    left, right = cells[0].x0 - 0.1 * sheet.width, cells[-1].x1 + 0.1 * sheet.width
    found: list[tuple[float, float]] = sorted(
        (upright(rule.box.cx, rule.box.cy), rule.box.y1 - rule.box.y0)
        for rule in sheet.rules
        if rule.vertical and rule.box.y1 > top and left < rule.box.x0 < right
    )
    merged: list[list[float]] = []
    for x, length in found:
        if merged and x - merged[-1][0] <= 0.004 * sheet.width:
            merged[-1][1] += length
            merged[-1][2] = max(merged[-1][2], length)
        else:
            merged.append([x, length, length])
    longest = max((length for _, length, _ in merged), default=0.0)
    return [(x, whole >= UNBROKEN * longest) for x, length, whole in merged if length >= 0.5 * longest]


def _boundary(left: Cell, right: Cell, centres: Sequence[float], spans: Sequence[Span]) -> float:
    """Where the columns of two neighbouring titles part: in a strip between the titles' middles that few texts cover.

    The one is taken that cuts the fewest texts and leaves the fewest printed lines with two texts in one column (a title at
    the left of a wide column with its amounts at the right), then the widest.
    """
    low, high = (left.x0 + left.x1) / 2, (right.x0 + right.x1) / 2
    near = [s for s in spans if s[1] > left.x0 and s[0] < right.x1 and _covered(centres, s) <= 1]
    strips = _strips(low, high, left, right, near)
    if len(strips) < 2:
        return (strips[0][0] + strips[0][1]) / 2 if strips else (left.x1 + right.x0) / 2
    ways = []
    for strip in strips:
        at = (strip[0] + strip[1]) / 2
        sides = Counter((row, (x0 + x1) / 2 < at) for x0, x1, row in near)
        doubled = sum(n - 1 for n in sides.values() if n > 1)
        ways.append((doubled + strip[2], strip[0] - strip[1], at))
    return min(ways)[2]


def _covered(centres: Sequence[float], span: Span) -> int:
    return bisect_right(centres, span[1]) - bisect_left(centres, span[0])


def _strips(low: float, high: float, left: Cell, right: Cell, spans: Sequence[Span]) -> list[tuple[float, float, int]]:
    """The strips of low..high that the fewest texts or nearly as few cover, and how many do; a title weighs as much as a good
    part of the texts."""
    events: list[tuple[float, int]] = [(low, 0), (high, 0)]
    title = max(3, len(spans) // TITLE_WEIGHT)
    for cell in (left, right):
        events += [(min(high, max(low, cell.x0)), title), (max(low, min(high, cell.x1)), -title)]
    for x0, x1, _ in spans:
        if x1 > low and x0 < high:
            events += [(max(low, x0), 1), (min(high, x1), -1)]
    events.sort()
    depth, found = 0, []
    for (x, step), (after, _) in pairwise(events):
        depth += step
        if after - x > 0.5:
            found.append((depth, x, after))
    least = min((depth for depth, _, _ in found), default=0)
    return [(x0, x1, depth) for depth, x0, x1 in found if depth <= least + len(spans) // NEARLY]


def parts_by_column(line: Line, bounds: Sequence[float]) -> list[tuple[int, Line]]:
    """The line, or what each column holds of it; `bounds` are the inner boundaries between the columns, rising.

    A line is cut only where characters stand apart or change their kind (a date, then Chinese): text that merely
    overflows its column stays whole, in the column that holds most of it.
    """
    x0, x1 = line.box.x0, line.box.x1
    first, last = bisect_right(bounds, x0), bisect_left(bounds, x1)
    if first >= last:
        return [(first, line)]
    middle = bisect_right(bounds, (x0 + x1) / 2)
    if len(line.text) < 2:
        return [(middle, line)]
    cuts: list[int] = []
    space = gaps(line)
    edges = line.edges if len(line.edges) == len(line.text) + 1 else line.part(0, len(line.text)).edges
    for bound in bounds[first:last]:
        cut = _cut_near(line.text, edges, space, bound, line.box.height, line.source == "text")
        if cut is not None and (not cuts or cut > cuts[-1]):
            cuts.append(cut)
    parts = []
    for start, end in pairwise([0, *cuts, len(line.text)]):
        part = stripped(line, start, end)
        if part is not None:
            parts.append((bisect_right(bounds, part.box.cx), part))
    return parts or [(middle, line)]


def stripped(line: Line, start: int, end: int) -> Line | None:
    """The characters start..end without surrounding spaces as a line; None when there is nothing else."""
    while start < end and line.text[start].isspace():
        start += 1
    while end > start and line.text[end - 1].isspace():
        end -= 1
    if start == 0 and end == len(line.text):
        return line
    return line.part(start, end) if start < end else None


_TWO_AMOUNTS = re.compile(r"\.\d\d$")


def _cut_near(
    text: str, edges: Sequence[float], space: Sequence[float], bound: float, height: float, exact: bool
) -> int | None:
    """Before which character to cut at a boundary: the widest gap close by, else a change of kind right there. Where edges are
    `exact` (text of a PDF) a small gap right there tells too."""
    best, best_gain = None, 0.0
    for n in range(1, len(text)):
        away = abs(edges[n] - bound)
        if away > 2.5 * height and not (edges[n - 1] < bound < edges[n + 1]):
            continue
        gain = space[n] / height - 0.4 * away / height
        if space[n] >= (SMALL_GAP if exact and away <= 0.5 * height else 0.4) * height:
            gain += 1.0
        elif away <= 1.2 * height and (_kind(text[n - 1]) != _kind(text[n]) or _TWO_AMOUNTS.search(text[:n])):
            gain += 0.6
        else:
            continue
        if gain > best_gain:
            best, best_gain = n, gain
    return best


def _kind(character: str) -> str:
    if character.isdigit() or character in ".,，-+:/*￥¥":
        return "number"
    return "space" if character.isspace() else "latin" if character.isascii() else "han"
