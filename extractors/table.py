"""Tables by geometry: the header, the columns under it, and the rows. Pure; sheet pixels throughout.

A row is what stands on the same printed line as an *anchor* (a cell of which every row has one: an amount, the name of an
item); wrapped cells go to the row they are nearest to, never across a printed rule. Columns come from vertical rules where
there are any, else from the widest empty strip between two neighbouring headers (table_columns.py). How a header
is found: table_header.py.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from extractors.layout import Text, join
from extractors.model import Box, Line, Sheet
from extractors.table_columns import Column, columns_of, parts_by_column
from extractors.table_flat import Flat, flatten, shifted
from extractors.table_header import Aliases, Level, Need, find_header, printed_rows

Anchor = Callable[[str, str], bool]
"""(column name, text of a cell) → whether this cell marks a row of its own."""

REACH = 0.75
"""A wrapped line stands at most this many line heights from the line before it, where no rule bounds the row."""
FEW_ROWS = 4
"""In a table of more rows, a line above the first or below the last row has to look like part of a cell: its column has wrapped
cells elsewhere, or it is aligned with the row's own cell."""
FIRM_ROWS = 12
"""Columns drawn from this many rows are trusted on following pages with the same header."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the body: its cells by column name (untitled and unknown columns by `?` and their place), its lines, its box."""

    cells: Mapping[str, Text]
    box: Box
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What stands on one sheet of a table. `header`: its printed lines, empty where the columns were carried over from the
    page before; `before` and `after`: the sheet's other lines."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    header: tuple[Line, ...]
    before: tuple[Line, ...]
    after: tuple[Line, ...]
    ruled: bool = False

    def has(self, *names: str) -> bool:
        """Whether all these columns are there."""
        return set(names) <= {column.name for column in self.columns}


def table(
    sheet: Sheet, aliases: Aliases, anchor: Anchor, need: Need, like: Table | None = None, also: Anchor | None = None
) -> Table | None:
    """The first table of the sheet that has a header which `need` accepts, or that goes on in the columns of `like`.

    `aliases`: column name → printed titles, without spaces. `also`: cells (a day) that mark a row as well where the row's
    anchor was not read. None when there is neither header nor `like`.
    """
    flat = flatten(sheet)
    items = flat.items
    same = _same_header(items, like) if like else None
    if same is not None and like is not None:
        header, top = same
        columns, ruled = like.columns, like.ruled
        if len(like.rows) < FIRM_ROWS or sheet.source != "text":
            found = find_header(items, aliases, need)
            if found is not None:
                columns, ruled = columns_of(found.cells, _under(items, top), sheet, flat.upright)
    else:
        found = find_header(items, aliases, need)
        if found is not None:
            header, top = found.lines, found.bottom
            columns, ruled = columns_of(found.cells, _under(items, top), sheet, flat.upright)
        elif like is not None:
            header, top = (), float("-inf")
            columns, ruled = _carried(like, items, anchor), like.ruled
        else:
            return None
    return _body(sheet, flat, columns, (anchor, also or _nothing), header, top, ruled)


def _nothing(name: str, text: str) -> bool:
    return False


def _under(items: Sequence[Level], top: float) -> Sequence[Level]:
    return [item for item in items if item[0] > top]


def _same_header(items: Sequence[Level], like: Table) -> tuple[tuple[Line, ...], float] | None:
    """The lines of the earlier header where they stand again at the same x, and the y under them."""
    wanted = {(line.text, round(line.box.x0)) for line in like.header}
    if not wanted:
        return None
    hits = [item for item in items if (item[2].text, round(item[2].box.x0)) in wanted]
    if len(hits) < 0.8 * len(like.header):
        return None
    first = hits[0]
    span = max(line.box.y1 for line in like.header) - min(line.box.y0 for line in like.header)
    near = [item for item in hits if item[0] - first[0] <= span]
    if len(near) < 0.8 * len(like.header):
        return None
    return tuple(item[2] for item in near), max(item[0] + item[1] / 3 for item in near)


def _carried(like: Table, items: Sequence[Level], anchor: Anchor) -> tuple[Column, ...]:
    """The columns of the page before, moved to where this page's table stands (a photograph has its own scale).

    The right edges of the cells that look like anchors, and the left edge of everything, fix scale and shift.
    """
    before = [part for row in like.rows for cell in row.cells.values() for part in cell.parts]
    if len(before) < 8 or len(items) < 8:
        return like.columns
    names = {column.name for column in like.columns}
    marks = [line.box.x1 for line in before if any(anchor(name, line.text) for name in names)]
    here = [item[2].box.x1 for item in items if any(anchor(name, item[2].text) for name in names)]
    if len(marks) < 4 or len(here) < 4:
        return like.columns
    old0, old1 = _low([line.box.x0 for line in before]), _high(marks)
    new0, new1 = _low([item[2].box.x0 for item in items]), _high(here)
    if old1 - old0 < 1 or not 0.5 < (scale := (new1 - new0) / (old1 - old0)) < 2 or abs(scale - 1) + abs(new0 - old0) < 3:
        return like.columns
    return tuple(replace(column, x0=new0 + (column.x0 - old0) * scale, x1=new0 + (column.x1 - old0) * scale) for column in like.columns)


def _low(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 20]


def _high(values: Sequence[float]) -> float:
    return sorted(values)[-1 - len(values) // 20]


# --- rows ------------------------------------------------------------------------------------------------------------

Piece = tuple[float, float, int, Line, Line]
"""Levelled y of the middle, height, place of the column, the part of a line that stands in it, and the whole line."""


def _body(
    sheet: Sheet,
    flat: Flat,
    columns: tuple[Column, ...],
    marking: tuple[Anchor, Anchor],
    header: tuple[Line, ...],
    top: float,
    ruled: bool,
) -> Table:
    heads = {id(line) for line in header}
    repeated = _repeated_headers(flat.items, header, top)
    before = [line for y, _, line in flat.items if y <= top and id(line) not in heads]
    inner = [item for item in flat.items if item[0] > top and id(item[2]) not in heads and id(item[2]) not in repeated]
    bounds = [column.x0 for column in columns[1:]]
    pieces = [(y, height, place, part, line) for y, height, line in inner for place, part in parts_by_column(line, bounds)]
    names = [column.name for column in columns]
    anchors = _with_unread(_anchor_levels(pieces, names, marking[0]), _anchor_levels(pieces, names, marking[1]), pieces)
    rows: tuple[Row, ...] = ()
    after = [line for _, _, line in inner]
    if anchors:
        height = median(piece[1] for piece in pieces)
        horizontals = _horizontal_rules(sheet, flat, columns, height) if sheet.rules else []
        horizontals = [y for y in horizontals if not _through(y, anchors, height)]
        groups, loose = _grouped(pieces, anchors, horizontals, bool(header))
        rows = tuple(_row(group, names, flat) for group in groups)
        outside = {id(piece[4]) for piece in loose}
        before += [line for y, _, line in inner if id(line) in outside and y < anchors[0]]
        after = [line for y, _, line in inner if id(line) in outside and y >= anchors[0]]
    top_lines, above, below = (tuple(flat.line(line) for line in lines) for lines in (header, before, after))
    return Table(columns, rows, top_lines, above, below, ruled)


def _repeated_headers(items: Sequence[Level], header: Sequence[Line], top: float) -> set[int]:
    """Lines below that print the header once more (long pictures glued from several pages)."""
    titles = {line.text for line in header}
    again = [item for item in items if item[0] > top and item[2].text in titles]
    if len(again) < max(3, len(titles) / 2):
        return set()
    return {id(item[2]) for row in printed_rows(again) if len(row) >= max(3, len(titles) / 3) for item in row}


def _anchor_levels(pieces: Sequence[Piece], names: Sequence[str], anchor: Anchor) -> list[float]:
    """The y of every row: anchor cells on one printed line are one row."""
    marks = sorted((y, height) for y, height, place, part, _ in pieces if anchor(names[place], part.text))
    found: list[float] = []
    count = 0
    for y, height in marks:
        if found and y - found[-1] <= 0.5 * height:
            count += 1
            found[-1] += (y - found[-1]) / count
        else:
            found.append(y)
            count = 1
    return found


def _with_unread(anchors: list[float], others: Sequence[float], pieces: Sequence[Piece]) -> list[float]:
    """The rows' levels and those of rows whose own anchor was not read: where another mark stands without a row beside it, at
    the distance from it that such marks usually keep."""
    if len(anchors) < 3 or len(others) < 3:
        return anchors
    height = median(piece[1] for piece in pieces)
    away = []
    for y in others:
        at = bisect_left(anchors, y)
        away.append(min((y - anchors[n] for n in (at - 1, at) if 0 <= n < len(anchors)), key=abs))
    usual = median(away)
    if abs(usual) > 1.2 * height:
        return anchors
    missing = [y - usual for y, gap in zip(others, away, strict=True) if abs(gap - usual) > 0.75 * height]
    return sorted([*anchors, *missing]) if len(missing) <= len(anchors) / 2 else anchors


def _horizontal_rules(sheet: Sheet, flat: Flat, columns: Sequence[Column], height: float) -> list[float]:
    """Levelled y of the horizontal rules, rising: those that, with others at the same height, span a good part of the table."""
    left, right = columns[0].x1, columns[-1].x0
    lying = [rule.box for rule in sheet.rules if not rule.vertical and rule.box.x0 < right and rule.box.x1 > left]
    found = sorted((flat.level(box.cx, box.cy), min(box.x1, right) - max(box.x0, left)) for box in lying)
    merged: list[list[float]] = []
    for y, length in found:
        if merged and y - merged[-1][0] <= 0.2 * height:
            merged[-1][1] += length
        else:
            merged.append([y, length])
    return [y for y, length in merged if length >= 0.4 * (right - left)]


def _through(y: float, anchors: Sequence[float], height: float) -> bool:
    """Whether a rule runs through a row's own line: a row of dense print that was taken for a rule."""
    at = bisect_left(anchors, y)
    return any(0 <= n < len(anchors) and abs(anchors[n] - y) < 0.4 * height for n in (at - 1, at))


def _grouped(
    pieces: Sequence[Piece], anchors: Sequence[float], horizontals: Sequence[float], headed: bool
) -> tuple[list[list[Piece]], list[Piece]]:
    """The pieces of each row, and those that belong to none (above the first and below the last)."""
    groups: list[list[Piece]] = [[] for _ in anchors]
    between: list[list[Piece]] = [[] for _ in range(len(anchors) + 1)]
    for piece in pieces:
        y, height = piece[0], piece[1]
        place = bisect_left(anchors, y)
        for near in (place - 1, place):
            if 0 <= near < len(anchors) and abs(anchors[near] - y) <= 0.45 * height:
                groups[near].append(piece)
                break
        else:
            between[place].append(piece)
    height = median(piece[1] for piece in pieces)
    wrapping = {piece[2] for group in between[1:-1] for piece in group}
    edges: list[list[Piece]] = [[], []]
    loose: list[Piece] = []
    for end in (0, -1):
        for piece in between[end]:
            goes_on = piece[2] in wrapping or len(anchors) <= FEW_ROWS or _goes_on(piece, groups[end])
            (edges[end] if goes_on and not _around(piece, groups[end]) else loose).append(piece)
    above, left = _next_to(edges[0], anchors[0], horizontals, height, upwards=True, headed=headed)
    groups[0] += above
    loose += left
    below, left = _next_to(edges[1], anchors[-1], horizontals, height, upwards=False, headed=headed)
    groups[-1] += below
    loose += left
    hanging = _hangs(anchors, between, above, height)
    for n in range(1, len(anchors)):
        if between[n]:
            cut = _parting(between[n], anchors[n - 1], anchors[n], horizontals, height, hanging)
            for piece in between[n]:
                groups[n - 1 if piece[0] < cut else n].append(piece)
    return groups, loose


_LABEL = re.compile(r"[\u3400-\u9fff（）()/ ]{2,9}[:：]")
_PAGE = re.compile(r"\W*(?:\d{1,3}\s*[/／]\s*\d{1,3}|第\s*\d+\s*页.*|共\s*\d+\s*页.*)\W*")


def _around(piece: Piece, row: Sequence[Piece]) -> bool:
    """Whether a line beyond the table is a label or a page's number, not the rest of a cell."""
    text = piece[4].text
    if _LABEL.match(text):
        return True
    beside = "".join(own.text for _, _, place, own, _ in row if place == piece[2])
    return _PAGE.fullmatch(text) is not None and (not beside or re.search(r"[\u3400-\u9fff]", beside) is not None)


def _goes_on(piece: Piece, row: Sequence[Piece]) -> bool:
    """Whether a whole line is aligned with the cell of its column in a row."""
    box = piece[3].box
    return piece[3] is piece[4] and any(
        min(abs(own.box.x0 - box.x0), abs(own.box.x1 - box.x1), abs(own.box.cx - box.cx)) < 0.3 * box.height
        for _, _, place, own, _ in row
        if place == piece[2]
    )


def _hangs(anchors: Sequence[float], between: Sequence[Sequence[Piece]], above: Sequence[Piece], height: float) -> bool:
    """Whether wrapped cells hang from their row's line (top-aligned): nothing stands above the first row's line, and the
    wrapped lines keep a full line's distance from the row above them rather than half of one."""
    if above:
        return False
    steps = [min(p[0] for p in group) - anchors[n - 1] for n, group in enumerate(between) if group and 0 < n < len(anchors)]
    return not steps or median(steps) > 0.9 * height


def _parting(pieces: Sequence[Piece], upper: float, lower: float, horizontals: Sequence[float], height: float, hanging: bool) -> float:
    """The y that parts two rows, with wrapped lines between their own: a rule, else the clearly widest gap, else by habit."""
    inside = horizontals[bisect_right(horizontals, upper) : bisect_left(horizontals, lower)]
    if inside:
        return inside[len(inside) // 2] if len(inside) > 1 else inside[0]
    own = [(y - height / 2, y + height / 2) for y in (upper, lower)]
    spans = sorted([(y - h / 2, y + h / 2) for y, h, _, _, _ in pieces] + own)
    strips: list[tuple[float, float]] = []
    reach = spans[0][1]
    for y0, y1 in spans[1:]:
        strips.append((y0 - reach, (y0 + reach) / 2))
        reach = max(reach, y1)
    strips.sort(reverse=True)
    if len(strips) == 1 or strips[0][0] > strips[1][0] + 0.12 * height:
        return strips[0][1]
    return lower - 0.4 * height if hanging else (upper + lower) / 2


def _next_to(
    pieces: Sequence[Piece], edge: float, horizontals: Sequence[float], height: float, *, upwards: bool, headed: bool
) -> tuple[list[Piece], list[Piece]]:
    """Of the lines beyond the first or last row, those that belong to it: without a break, and not beyond a rule."""
    taken: list[Piece] = []
    left: list[Piece] = []
    reach = edge
    limit = _rule_beyond(edge, horizontals, upwards)
    for piece in sorted(pieces, key=lambda p: abs(p[0] - edge)):
        y, own = piece[0], piece[1]
        if limit is not None:
            near = y > limit if upwards else y < limit
            near = near and abs(y - reach) <= 3 * height
        else:
            near = abs(y - reach) - (own + height) / 2 <= (REACH if headed or not upwards else 0.3) * height and not left
        if near:
            taken.append(piece)
            reach = y
        else:
            left.append(piece)
    return taken, left


def _rule_beyond(edge: float, horizontals: Sequence[float], upwards: bool) -> float | None:
    at = bisect_left(horizontals, edge)
    if upwards:
        return horizontals[at - 1] if at else None
    return horizontals[at] if at < len(horizontals) else None


def _row(group: Sequence[Piece], names: Sequence[str], flat: Flat) -> Row:
    cells: dict[str, list[Level]] = {}
    parts = []
    for y, height, place, moved, whole in group:
        part = shifted(moved, flat.line(whole).box.x0 - whole.box.x0) if flat.printed else moved
        cells.setdefault(names[place], []).append((y, height, part))
        parts.append(part)
    boxes = [part.box for part in parts]
    around = Box(min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes), max(b.y1 for b in boxes))
    return Row({name: _cell(pieces) for name, pieces in cells.items()}, around, tuple(parts))


def _cell(pieces: list[Level]) -> Text:
    if len(pieces) == 1:
        part = pieces[0][2]
        return Text(part.text, part.box, part.confidence, (part,))
    return join([item[2] for row in printed_rows(pieces) for item in row])
