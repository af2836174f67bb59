"""Where a table's header stands and what its columns are called. Pure; sheet pixels.

Headers are printed in one line or several (`对方` over `账号`; `借方` and `贷方` under `发生额`; Chinese over English), and OCR
merges neighbours or tears a spaced title (`摘  要`) apart. So the titles of a few printed lines are stacked by their x ranges
before they are compared with the aliases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import median

from extractors.layout import find
from extractors.model import Line, Sheet

Aliases = Mapping[str, Sequence[str]]
"""Column name → its printed titles, without spaces."""
Need = Callable[[frozenset[str]], bool]
"""Whether a header with these columns is the one looked for."""
Level = tuple[float, float, Line]
"""y of a line's middle with the sheet's slope taken out, its height, and the line."""

BODY = re.compile(r"\d\.\d\d(?!\d)|(19|20)\d\d[-./]?[01]\d[-./]?[0-3]\d|\d{8}")
"""An amount, a date or a long number: a line that has one is no header."""
CONNECTORS = "/／、与和及&(（-—"
TALLEST = 4
"""A header has at most this many printed lines."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A title: the column's name ("" for none of the aliases), the text as printed, its x range and upper edge."""

    name: str
    title: str
    x0: float
    x1: float
    y0: float


@dataclass(frozen=True, slots=True)
class Header:
    """The titles from left to right, the lines they stand on, and the y under them (levelled)."""

    cells: tuple[Cell, ...]
    lines: tuple[Line, ...]
    bottom: float


# --- printed lines ---------------------------------------------------------------------------------------------------


def levels(sheet: Sheet) -> list[Level]:
    """The sheet's lines by levelled y."""
    level = levelling(sheet)
    found = [(level(line.box.cx, (y0 + y1) / 2), y1 - y0, line) for line in sheet.lines for y0, y1 in ((line.box.y0, line.box.y1),)]
    found.sort(key=lambda each: each[0])
    return found


def levelling(sheet: Sheet) -> Callable[[float, float], float]:
    """x, y → y without the slope a + bx + cy that neighbours on a printed line show: a photograph keeps some of it where the
    page lay bent or turned. Text of a PDF is level."""
    found = fitted(_neighbours(sheet)) if sheet.source == "ocr" and len(sheet.lines) > 12 else None
    if found is None:
        return lambda _, y: y
    a, b, c = found
    return lambda x, y: y - (a * x + b * x * x / 2 + c * x * y)


def fitted(points: Sequence[tuple[float, float, float]]) -> tuple[float, float, float] | None:
    """a, b, c of slope = a + bx + cy by least squares over (x, y, slope), far-off slopes left out; None with fewer than ten."""
    if len(points) < 10:
        return None
    import numpy as np

    x, y, slope = (np.array([point[n] for point in points]) for n in range(3))
    scale = np.array([1.0, max(1.0, float(np.abs(x).max())), max(1.0, float(np.abs(y).max()))])
    away = np.abs(slope - np.median(slope))
    keep = away <= 3 * max(0.002, float(np.median(away)))
    design = np.stack([np.ones_like(x), x, y], axis=1) / scale
    a, b, c = (np.linalg.lstsq(design[keep], slope[keep], rcond=None)[0] / scale).tolist()
    return a, b, c


def _neighbours(sheet: Sheet) -> list[tuple[float, float, float]]:
    """(x, y, slope) between lines that stand next to each other on one printed line."""
    found = []
    ordered = sorted(((line.box.cy, line.box.height, line) for line in sheet.lines), key=lambda each: each[2].box.x0)
    for n, (y, height, line) in enumerate(ordered):
        end = line.box.x1
        best, best_gap = None, 14 * height
        for other in ordered[n + 1 :]:
            gap = other[2].box.x0 - end
            if gap > best_gap:
                break
            level = abs(other[0] - y) < 0.45 * min(height, other[1]) and 0.6 < other[1] / max(1.0, height) < 1.6
            if gap > -0.3 * height and level:
                best, best_gap = other, gap
        if best is not None:
            run = best[2].box.cx - line.box.cx
            found.append(((best[2].box.cx + line.box.cx) / 2, (best[0] + y) / 2, (best[0] - y) / max(1.0, run)))
    return found


def printed_rows(items: Iterable[Level]) -> list[list[Level]]:
    """Lines grouped by levelled y, top to bottom, each left to right."""
    grouped: list[list[Level]] = []
    for item in sorted(items, key=lambda level: level[0]):
        if grouped and item[0] - grouped[-1][-1][0] <= 0.5 * min(item[1], grouped[-1][-1][1]):
            grouped[-1].append(item)
        else:
            grouped.append([item])
    for row in grouped:
        row.sort(key=lambda level: level[2].box.x0)
    return grouped


def gaps(line: Line) -> list[float]:
    """Empty width before each character, in pixels, beyond what characters of their kind usually take; 0 before the first.

    The edge between two characters is their middle, so a gap shows as two cells that are too wide together. A space counts
    as gap.
    """
    edges = line.edges if len(line.edges) == len(line.text) + 1 else line.part(0, len(line.text)).edges
    natural = [0.0 if c.isspace() else 1.0 if ord(c) > 0x2E7F else 0.52 for c in line.text]
    widths = [edges[n + 1] - edges[n] for n in range(len(line.text))]
    solid = [w / m for w, m in zip(widths, natural, strict=True) if m]
    unit = min(median(solid), 1.25 * line.box.height) if solid else line.box.height
    found = [0.0]
    for n in range(1, len(widths)):
        centre = (widths[n - 1] + widths[n]) / 2
        gap = centre - unit * (natural[n - 1] + natural[n]) / 2
        if line.text[n - 1].isspace():
            gap += widths[n - 1] / 2
        found.append(max(0.0, gap))
    return found


# --- finding the header ----------------------------------------------------------------------------------------------


def find_header(items: Sequence[Level], aliases: Aliases, need: Need) -> Header | None:
    """The first run of printed lines whose titles `need` accepts, with as many of them as possible; None when there is none."""
    rows = printed_rows(items)
    forms = _forms(tuple((name, tuple(each)) for name, each in aliases.items()))
    telling = [_telling(row, forms) for row in rows]
    for wrong in (False, True):
        best: tuple[float, int, int, tuple[Cell, ...]] | None = None
        for start in range(len(rows)):
            if best is not None and start > best[1] + TALLEST:
                break
            for size in range(1, TALLEST + 1):
                if not _window_goes_on(rows, telling, start, size):
                    break
                window = [layer for row in rows[start : start + size] for layer in _layers(row)]
                cells = stacked([_segments(layer, forms, wrong) for layer in window], forms, wrong)
                names = frozenset(cell.name for cell in cells if cell.name)
                if not need(names):
                    continue
                points = sum(_worth(cell, forms) for cell in cells)
                if best is None or points > best[0] + 0.01:
                    best = (points, start, size, cells)
        if best is not None:
            return _whole(rows, best[1], best[2], best[3])
    return None


def _worth(cell: Cell, forms: Sequence[tuple[str, str]]) -> float:
    """Points of a title: fewer where what names it is a small part of it, as under a line of labels and values without colons."""
    if not cell.name:
        return -0.3
    named = max((len(form) for form, name in forms if name == cell.name and form in cell.title), default=len(cell.title))
    return 1.0 if 3 * named >= len(cell.title) else 0.9


def _layers(row: Sequence[Level]) -> list[list[Level]]:
    """The printed line, or the two that it is: titles on two lines beside titles in the middle of both stand closer than lines do.
    Texts of one line never stand over each other."""
    under = [n for n, item in enumerate(row) if any(_hides(other, item) for other in row)]
    upper = [item for item in row if any(_hides(item, row[n]) for n in under)]
    return [upper, [item for item in row if not any(item is above for above in upper)]] if under else [list(row)]


def _hides(upper: Level, lower: Level) -> bool:
    """Whether a text stands over another, a good part of a line higher."""
    one, other = upper[2].box, lower[2].box
    return lower[0] - upper[0] > 0.25 * min(upper[1], lower[1]) and one.overlap_x(other) > 0.6 * min(one.width, other.width)


def _telling(row: Sequence[Level], forms: Sequence[tuple[str, str]]) -> bool:
    """Whether the printed line can be part of a header: no amount, no date, no `label: value`."""
    text = "".join(item[2].text for item in row)
    if BODY.search(text):
        return False
    return not any(re.search(r"[:：]\s*\S", item[2].text) for item in row)


def _window_goes_on(rows: Sequence[Sequence[Level]], telling: Sequence[bool], start: int, size: int) -> bool:
    last = start + size - 1
    if last >= len(rows) or not telling[last]:
        return False
    if size == 1:
        return True
    height = median(item[1] for item in rows[last])
    return rows[last][0][0] - rows[last - 1][-1][0] <= 2.4 * height


def _whole(rows: Sequence[Sequence[Level]], start: int, size: int, cells: tuple[Cell, ...]) -> Header:
    """The header with the foreign-language lines right under it."""
    end = start + size
    while end < len(rows) and end - start < TALLEST + 2:
        text = "".join(item[2].text for item in rows[end])
        near = rows[end][0][0] - rows[end - 1][-1][0] <= 2.0 * median(item[1] for item in rows[end])
        if not near or not re.fullmatch(r"[A-Za-z .,/()'&_-]+", text):
            break
        end += 1
    inside = [item for row in rows[start:end] for item in row]
    bottom = max(item[0] for item in inside) + 0.3 * median(item[1] for item in inside)
    return Header(cells, tuple(item[2] for item in inside), bottom)


@lru_cache(maxsize=32)
def _forms(aliases: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, str], ...]:
    """(title, name), longest title first."""
    pairs = [(_plain(form), name) for name, each in aliases for form in each]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def _segments(row: Sequence[Level], forms: Sequence[tuple[str, str]], wrong: bool) -> list[Cell]:
    """The titles of one printed line: lines cut between titles that ran together, torn ones put together."""
    found: list[Cell] = []
    for _, _, line in row:
        found += _cut_titles(line, forms, wrong)
    merged: list[Cell] = []
    for cell in found:
        if merged and not cell.name and not merged[-1].name:
            both = merged[-1].title + cell.title
            close = cell.x0 - merged[-1].x1 < 6 * max(1.0, (cell.x1 - cell.x0) / max(1, len(cell.title)))
            name = _name(both, forms, wrong=False, exact=True) if close and len(both) <= 6 else ""
            if name:
                merged[-1] = Cell(name, both, merged[-1].x0, cell.x1, min(merged[-1].y0, cell.y0))
                continue
        merged.append(cell)
    return merged


def _cut_titles(line: Line, forms: Sequence[tuple[str, str]], wrong: bool) -> list[Cell]:
    hits = _hits(line, forms, wrong)
    starts = [0]
    for before, hit in pairwise(hits):
        between = line.text[before[1] : hit[0]].strip()
        if between and between in CONNECTORS:
            continue
        starts.append(hit[0])
    if hits and hits[0][0] > 1 and gaps(line)[hits[0][0]] > 0.8 * line.box.height:
        starts.insert(1, hits[0][0])
    cells = []
    for start, end in zip(starts, [*starts[1:], len(line.text)], strict=True):
        text = line.text[start:end]
        if not text.strip():
            continue
        lead, tail = len(text) - len(text.lstrip()), len(text.rstrip())
        part = line.part(start + lead, start + tail)
        cells.append(Cell(_name(part.text, forms, wrong), _plain(part.text), part.box.x0, part.box.x1, part.box.y0))
    return cells


def _hits(line: Line, forms: Sequence[tuple[str, str]], wrong: bool) -> list[tuple[int, int, str]]:
    """Titles in the line as (start, end, name), left to right, longer ones first served."""
    taken = [False] * len(line.text)
    hits: list[tuple[int, int, str]] = []
    for form, name in forms:
        at = find(line, form, None if wrong else 0)
        if at is not None and not any(taken[at[0] : at[1]]):
            taken[at[0] : at[1]] = [True] * (at[1] - at[0])
            hits.append((*at, name))
    return sorted(hits)


def _name(title: str, forms: Sequence[tuple[str, str]], wrong: bool, exact: bool = False) -> str:
    """The column that a title names: the longest alias in it, "" when none is."""
    plain = _plain(title)
    for form, name in forms:
        if form == plain or (not exact and form in plain and len(form) * 4 >= len(plain)):
            return name
    if wrong and not exact:
        for form, name in forms:
            if len(form) >= 4 and len(form) == len(plain) and sum(map(str.__ne__, form, plain)) <= 1:
                return name
    return ""


def stacked(rows: Sequence[Sequence[Cell]], forms: Sequence[tuple[str, str]], wrong: bool) -> tuple[Cell, ...]:
    """The titles of several printed lines put on top of each other: a title over several others goes before each of them."""
    cells: list[Cell] = list(rows[-1])
    for row in reversed(rows[:-1]):
        for upper in row:
            under = [n for n, cell in enumerate(cells) if _over(upper, cell)] or _astride(upper, cells, rows[-1], forms)
            if not under:
                cells.append(upper)
            for n in under:
                cell = cells[n]
                title = upper.title + cell.title
                name = _name(title, forms, wrong) or cell.name or upper.name
                if len(under) > 1:
                    name = _name(title, forms, wrong=False, exact=True) or cell.name or name
                    cells[n] = Cell(name, title, cell.x0, cell.x1, min(cell.y0, upper.y0))
                else:
                    cells[n] = Cell(name, title, min(cell.x0, upper.x0), max(cell.x1, upper.x1), min(cell.y0, upper.y0))
    return tuple(sorted(cells, key=lambda cell: cell.x0 + cell.x1))


def _astride(upper: Cell, cells: Sequence[Cell], lowest: Sequence[Cell], forms: Sequence[tuple[str, str]]) -> list[int]:
    """The two neighbouring titles of the lowest line over whose common middle a shorter title stands (发生额 over 借方, 贷方): close ones,
    or such as it makes titles of their own (对方 over 账号, 户名). A column of its own between two others stands over neither."""
    middle = (upper.x0 + upper.x1) / 2
    for left, right in pairwise(lowest):
        if abs((left.x0 + right.x1) / 2 - middle) >= 0.1 * (right.x1 - left.x0):
            continue
        close = left.name and right.name and right.x0 - left.x1 <= upper.x1 - upper.x0
        if close or all(_name(upper.title + each.title, forms, wrong=False, exact=True) for each in (left, right)):
            return [n for n, cell in enumerate(cells) if (cell.x0, cell.x1) in ((left.x0, left.x1), (right.x0, right.x1))]
    return []


def _over(upper: Cell, lower: Cell) -> bool:
    shared = min(upper.x1, lower.x1) - max(upper.x0, lower.x0)
    return shared > 0.4 * min(upper.x1 - upper.x0, lower.x1 - lower.x0)
