"""Ledgers of two lines an entry: the counterparty stands under the row, and its title under another column's title."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from extractors.documents import _bank_titles as titles
from extractors.layout import join
from extractors.model import Line, Sheet, union
from extractors.table import Row, Table
from extractors.table_flat import Move, flatten
from extractors.table_header import Level, printed_rows

_NAMES = {title: name for name, many in titles.COLUMNS.items() for title in many}
_WHO = ("counterparty", "counterparty account")
NEAR = 1.9
"""A second line belongs to the row above it when their middles are at most this many of its heights apart."""
LOOSE = 3.0
"""Line heights: what begins farther from the left edge, or stands farther from the text before it, is a seal's or a footer's."""


@dataclass(frozen=True, slots=True)
class Second:
    """The second lines of a sheet's rows, each with its levelled y, left to right, as they stand on the sheet.

    `title`: what the header calls them; None where only the header of a page before does. `level`: x, y → levelled y.
    """

    title: Line | None
    lines: tuple[tuple[float, tuple[Line, ...]], ...]
    level: Move


def second_lines(sheet: Sheet, like: Table | None, cell: Callable[[str], bool]) -> Second | None:
    """The lines under a ledger's rows; None where every entry is one line.

    `like`: the table of the pages before, in whose columns this one may go on; `cell`: whether a text is a sum or a day, which
    the first line of every entry holds.
    """
    known = like is not None and not like.has(_WHO[0]) and any(_NAMES.get(_bare(line)) == _WHO[0] for line in like.header)
    if not known and not any(_NAMES.get(_bare(line)) == _WHO[0] for line in sheet.lines):
        return None
    flat = flatten(sheet)
    printed = printed_rows(flat.items)
    at = next((n for n in range(1, len(printed)) if _stacked(printed[n], printed[n - 1])), None)
    if at is None and not known:
        return None
    first = [any(cell(line.text) for _, _, line in row) for row in printed]
    begins = at + 1 if at is not None else first.index(True) if True in first else len(printed)
    rows = [row for row, is_first in zip(printed[begins:], first[begins:], strict=True) if not is_first]
    title = None if at is None else flat.line(printed[at][0][2])
    return Second(title, tuple((row[0][0], tuple(flat.line(line) for _, _, line in row)) for row in rows), flat.level)


def _bare(line: Line) -> str:
    return re.sub(r"\s", "", line.text)


def _stacked(row: Sequence[Level], above: Sequence[Level]) -> bool:
    """Whether a printed line is the counterparty's title alone, and stands under the whole title of another column."""
    if len(row) != 1 or _NAMES.get(_bare(row[0][2])) != _WHO[0]:
        return False
    own = row[0][2].box
    heads = [(line.box, name) for _, _, line in above if (name := _NAMES.get(_bare(line)))]
    over = [name for box, name in heads if box.overlap_x(own) > 0.5 * min(box.width, own.width)]
    return len(heads) >= 3 and any(name not in _WHO for name in over)


def without(sheet: Sheet, second: Second) -> Sheet:
    """The sheet as a ledger of one line an entry."""
    out = {id(line) for _, lines in second.lines for line in lines} | {id(second.title)}
    return replace(sheet, lines=tuple(line for line in sheet.lines if id(line) not in out))


def put_back(found: Table, second: Second) -> Table:
    """The table with each second line in the row above it, as its counterparty; what hangs under no row stands after the table."""
    rows, loose = list(found.rows), []
    at = [median(second.level(line.box.cx, line.box.cy) for line in row.lines) for row in rows]
    left = second.title.box.x0 if second.title else median(row.box.x0 for row in rows) if rows else 0.0
    for y, lines in second.lines:
        above = [n for n, each in enumerate(at) if each < y]
        own = _together(lines, left)
        if own and above and y - at[above[-1]] <= NEAR * own[0].box.height:
            rows[above[-1]] = _with(rows[above[-1]], own)
        else:
            own = ()
        loose += [line for line in lines if line not in own]
    header = (*found.header, second.title) if second.title else found.header
    return replace(found, rows=tuple(rows), header=header, after=(*found.after, *loose))


def _together(lines: Sequence[Line], left: float) -> tuple[Line, ...]:
    """Of a printed line the texts that follow each other from the left edge."""
    own: list[Line] = []
    for line in lines:
        if line.box.x0 - (own[-1].box.x1 if own else left) > LOOSE * line.box.height:
            break
        own.append(line)
    return tuple(own)


def _with(row: Row, lines: Sequence[Line]) -> Row:
    cell = row.cells.get(_WHO[0])
    text = join([*(cell.parts if cell else ()), *lines])
    return Row({**row.cells, _WHO[0]: text}, union([row.box, text.box]), (*row.lines, *lines))
