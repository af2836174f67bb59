"""Ledgers of two lines an entry: a second line stands under each row, and its titles under those of other columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from extractors.documents import _bank_titles as titles
from extractors.layout import Text, join
from extractors.model import Line, Sheet, union
from extractors.table import Row, Table
from extractors.table_flat import Move, flatten
from extractors.table_header import Level, printed_rows

_NAMES = {title: name for name, many in titles.COLUMNS.items() for title in many}
WHO = "counterparty"
_OF_THE_OTHER = (WHO, "counterparty account")
NEAR = 1.9
"""A second line belongs to the row above it when their middles are at most this many of its heights apart."""
LOOSE = 3.0
"""Line heights: what begins farther from a title's edge, or stands farther from the text before it, is a seal's or a footer's."""

TORN = 0.5
"""How sure it is that the last row of a page has no second line where none stands under it."""


@dataclass(frozen=True, slots=True)
class Second:
    """The second lines of a sheet's rows, each with its levelled y, left to right, as they stand on the sheet.

    `heads`: what the header calls them; empty where only the header of a page before does. `level`: x, y → levelled y.
    """

    heads: tuple[Line, ...]
    lines: tuple[tuple[float, tuple[Line, ...]], ...]
    level: Move


def second_lines(sheet: Sheet, like: Table | None, leads: Callable[[str], bool]) -> Second | None:
    """The lines under a ledger's rows; None where every entry is one line.

    `like`: the table of the pages before, in whose columns this one may go on; `leads`: whether a text is what the first line of
    an entry holds and no second one does.
    """
    known = like is not None and not like.has(WHO) and any(_name(line) == WHO for line in like.header)
    if not known and not any(_name(line) == WHO for line in sheet.lines):
        return None
    flat = flatten(sheet)
    printed = printed_rows(flat.items)
    at = next((n for n in range(1, len(printed)) if _stacked(printed[n], printed[n - 1])), None)
    if at is None and not known:
        return None
    first = [any(leads(line.text) for _, _, line in row) for row in printed]
    begins = at + 1 if at is not None else first.index(True) if True in first else len(printed)
    rows = [row for row, is_first in zip(printed[begins:], first[begins:], strict=True) if not is_first]
    heads = () if at is None else tuple(flat.line(line) for _, _, line in printed[at])
    return Second(heads, tuple((row[0][0], tuple(flat.line(line) for _, _, line in row)) for row in rows), flat.level)


def _name(line: Line) -> str | None:
    """The column that a title names."""
    return _NAMES.get(re.sub(r"\s", "", line.text))


def _stacked(row: Sequence[Level], above: Sequence[Level]) -> bool:
    """Whether a printed line is nothing but titles, and that of the counterparty stands under the whole title of another column."""
    own = next((line.box for _, _, line in row if _name(line) == WHO), None)
    if own is None or any(_name(line) is None for _, _, line in row):
        return False
    heads = [(line.box, name) for _, _, line in above if (name := _name(line))]
    over = [name for box, name in heads if box.overlap_x(own) > 0.5 * min(box.width, own.width)]
    return len(heads) >= 3 and any(name not in _OF_THE_OTHER for name in over)


def without(sheet: Sheet, second: Second) -> Sheet:
    """The sheet as a ledger of one line an entry."""
    out = {id(line) for _, lines in second.lines for line in lines} | {id(head) for head in second.heads}
    return replace(sheet, lines=tuple(line for line in sheet.lines if id(line) not in out))


def put_back(found: Table, second: Second, like: Table | None) -> Table:
    """The table with each second line in the row above it, its texts in the columns of their titles (`like`'s where this page has
    none); what hangs under no row stands after the table."""
    rows, loose = list(found.rows), []
    at = [median(second.level(line.box.cx, line.box.cy) for line in row.lines) for row in rows]
    heads = second.heads or _heads_of(like, found)
    for y, lines in second.lines:
        above = [n for n, each in enumerate(at) if each < y]
        own = _in_columns(lines, heads)
        if own and above and y - at[above[-1]] <= NEAR * lines[0].box.height:
            rows[above[-1]] = _with(rows[above[-1]], own)
        else:
            own = ()
        loose += [line for line in lines if all(line is not each for _, each in own)]
    if rows and WHO not in rows[-1].cells:  # its second line may stand on the next page
        last = rows[-1].lines[-1]
        rows[-1] = replace(rows[-1], cells={**rows[-1].cells, WHO: Text("", last.box, TORN, (last,))})
    return replace(found, rows=tuple(rows), header=(*found.header, *second.heads), after=(*found.after, *loose))


def _heads_of(like: Table | None, found: Table) -> tuple[Line, ...]:
    """The second titles of the page before, moved as far as its rows are from this page's."""
    if like is None or not like.rows or not found.rows:
        return ()
    by = median(row.box.x0 for row in found.rows) - median(row.box.x0 for row in like.rows)
    here = {column.name for column in like.columns}
    seconds = [line for line in like.header if (name := _name(line)) and name not in here]
    return tuple(replace(line, box=replace(line.box, x0=line.box.x0 + by, x1=line.box.x1 + by)) for line in seconds)


def _in_columns(lines: Sequence[Line], heads: Sequence[Line]) -> tuple[tuple[str, Line], ...]:
    """Of a printed line the texts that stand under a title, or go on with the one before, with that title's column."""
    own: list[tuple[str, Line]] = []
    for line in lines:
        reach = LOOSE * line.box.height
        away = [(min(abs(line.box.x0 - head.box.x0), abs(line.box.x1 - head.box.x1)), _name(head) or "") for head in heads]
        if away and min(away)[0] <= reach:
            own.append((min(away)[1], line))
        elif own and line.box.x0 - own[-1][1].box.x1 <= reach:
            own.append((own[-1][0], line))
    return tuple(own)


def _with(row: Row, own: Sequence[tuple[str, Line]]) -> Row:
    """The row with these texts; where a column stands in both lines the first line's is kept, except that the other side's goes on."""
    cells = dict(row.cells)
    for name in dict.fromkeys(name for name, _ in own):
        if name == WHO or name not in cells:
            cells[name] = join([*(cells[name].parts if name in cells else ()), *(line for each, line in own if each == name)])
    lines = tuple(line for _, line in own)
    return Row(cells, union([row.box, *(line.box for line in lines)]), (*row.lines, *lines))
