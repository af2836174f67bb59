"""The amount columns of a statement's sheet, and the titles over them. Pure; sheet pixels.

A title may stand over one column or, in the upper line of a head, over several; which, is told by where its middle stands: the
printed lines of a head are laid over the columns as a whole, so that the titles' middles fit best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractors.documents._statement_titles import role_or_owner, role_word
from extractors.documents._statement_tokens import STRONG, Token, squeezed

BARE, UNUSED = 0.25, 0.7
"""Cost of a column without a title and of a title over no column, in widths of a column."""
ASTRAY = 0.34
"""A title whose middle stands this many widths of a column beside that of its columns may be another's."""
DOUBTFUL = 0.8
"""How sure a column's titles are when one of them stands astray."""
_NOTES = re.compile("附注|注释|行次")
"""Titles of columns that stand close beside those of amounts."""
_TWO_POINTS = re.compile(r"[.．]\d\d\D?[\d,，]*[.．]\d\d")
"""Two amounts that run together tell of no column."""


@dataclass(slots=True)
class Column:
    """An amount column: its x range, its title put together from all printed lines above it, and how sure that title is its own."""

    x0: float
    x1: float
    title: str = ""
    rows: int = 0
    sure: float = 1.0


def columns_of(body: Sequence[Token], titles: Sequence[Token]) -> list[Column]:
    """Columns where amounts overlap, and where a title promises amounts though there are none; left to right."""
    strong = [t for t in body if t.form == "figure" and STRONG.search(t.text)]
    strong = [t for t in strong if not _TWO_POINTS.search(t.text)] or strong
    found = [Column(x0, x1, rows=n) for x0, x1, n in _clusters([(t.line.box.x0, t.line.box.x1) for t in strong])]
    most = max((column.rows for column in found), default=0)
    found = sorted((column for column in found if column.rows >= max(1, 0.08 * most)), key=lambda column: column.x0)
    levels = _levels(titles)
    found += _promised(found, levels, body)
    found.sort(key=lambda column: column.x0)
    for level in levels:
        _entitled(level, found)
    return found


def _entitled(level: Sequence[Token], columns: Sequence[Column]) -> None:
    """Adds the titles of one printed line to the columns they stand over."""
    telling = [t for t in level if role_or_owner(squeezed(t.text))]
    for token, first, last, away in _laid(telling, columns):
        for column in columns[first:last]:
            column.title += squeezed(token.text)
            column.sure = min(column.sure, 1.0 if away < ASTRAY else DOUBTFUL)
    for token in level:
        if token not in telling:
            for column in columns:
                beside = _NOTES.search(squeezed(token.text)) and _beside(token, [column], _pitch(columns)) > ASTRAY
                if not beside and -_away(token, column) > 0.3 * min(token.line.box.width, column.x1 - column.x0):
                    column.title += squeezed(token.text)


def _levels(titles: Sequence[Token]) -> list[list[Token]]:
    """The titles by printed line, top to bottom, each left to right. Titles above one another are never of one line, and those that
    tell nothing of amounts (资产, 行次) often stand between two lines: they go to the nearer."""
    telling = [t for t in titles if role_or_owner(squeezed(t.text))]
    grouped: list[list[Token]] = []
    for token in telling or titles:
        level = grouped[-1] if grouped else []
        near = level and token.y - max(t.y for t in level) < 0.45 * token.height
        if near and all(_shared(token, other) < 0.3 for other in level):
            level.append(token)
        else:
            grouped.append([token])
    for token in titles if telling else ():
        if token not in telling:
            min(grouped, key=lambda level: abs(median(t.y for t in level) - token.y)).append(token)
    return [sorted(level, key=lambda t: t.cx) for level in grouped]


def _shared(one: Token, other: Token) -> float:
    """How much of the narrower piece's width stands over or under the other."""
    a, b = one.line.box, other.line.box
    return a.overlap_x(b) / max(1.0, min(a.width, b.width))


def _promised(columns: Sequence[Column], levels: Sequence[Sequence[Token]], body: Sequence[Token]) -> list[Column]:
    """Columns without amounts: their title stands beside all others, and its line has more titles than there are columns."""
    found: list[Column] = []
    for level in levels:
        telling = [t for t in level if role_word(squeezed(t.text))]
        if len(telling) <= len(columns):
            continue
        for token in telling:
            box = token.line.box
            if any(min(c.x1, box.x1) - max(c.x0, box.x0) > 0 for c in (*columns, *found)):
                continue
            rival = min(columns, key=lambda c: abs((c.x0 + c.x1) / 2 - box.cx), default=None)
            if rival is None or any(_away(other, rival) < _away(token, rival) for other in telling if other is not token):
                near = [t for t in body if t.form != "text" and box.x0 - box.height < t.cx < box.x1 + box.height]
                found.append(Column(box.x0, box.x1, rows=len(near)))
    return found


def _away(token: Token, column: Column) -> float:
    """Empty width between a title and a column; negative by how much they overlap."""
    return max(column.x0 - token.line.box.x1, token.line.box.x0 - column.x1)


# --- which title stands over which columns ---------------------------------------------------------------------------


def _laid(level: Sequence[Token], columns: Sequence[Column]) -> list[tuple[Token, int, int, float]]:
    """The titles of one printed line over runs of neighbouring columns, in order: (title, first, after last, how far its middle
    stands beside that of the run). The cheapest way over all; a title or a column may be left over."""
    if not columns or not level:
        return []
    pitch = _pitch(columns)
    runs = {
        (a, b): [_beside(token, columns[a:b], pitch) for token in level]
        for b in range(1, len(columns) + 1)
        for a in range(b)
        if all(right.x1 - left.x1 < 2.2 * pitch for left, right in pairwise(columns[a:b]))
    }
    best: list[list[tuple[float, tuple[tuple[int, int, int], ...]]]] = [[(0.0, ())] * (len(columns) + 1)]
    best[0] = [(BARE * n, ()) for n in range(len(columns) + 1)]
    for t in range(1, len(level) + 1):
        row = [(UNUSED * t, best[t - 1][0][1])]
        for b in range(1, len(columns) + 1):
            ways = [(best[t - 1][b][0] + UNUSED, best[t - 1][b][1]), (row[b - 1][0] + BARE, row[b - 1][1])]
            for a in range(b):
                if (a, b) in runs:
                    cost = runs[a, b][t - 1] + 0.02 * (b - a - 1)
                    ways.append((best[t - 1][a][0] + cost, (*best[t - 1][a][1], (t - 1, a, b))))
            row.append(min(ways, key=lambda way: way[0]))
        best.append(row)
    return [(level[t], a, b, runs[a, b][t]) for t, a, b in best[-1][-1][1]]


def _pitch(columns: Sequence[Column]) -> float:
    """The usual width of a column: between the right edges of neighbours that have no names between them."""
    steps = sorted(right.x1 - left.x1 for left, right in pairwise(columns))
    near = [step for step in steps if step < 1.7 * steps[0]]
    return median(near) if near else 1.6 * (columns[0].x1 - columns[0].x0)


def _beside(token: Token, run: Sequence[Column], pitch: float) -> float:
    """How far the middle of a title stands beside that of a run of columns, in widths of a column: of their cells, of which the
    right edges show and the left ones follow, or of their amounts, whichever is nearer."""
    left, right = run[0], run[-1]
    cells = (left.x1 - max(pitch, left.x1 - left.x0) + right.x1) / 2
    amounts = (left.x0 + right.x1) / 2
    return min(abs(token.cx - cells), abs(token.cx - amounts)) / pitch


def _clusters(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float, int]]:
    """Ranges that overlap by 40 % of the narrower with most of a cluster's core, as (x0, x1, how many)."""
    groups: list[list[tuple[float, float]]] = []
    for span in sorted(spans, key=lambda s: -(s[1] - s[0])):
        best, shared_most = None, 0.0
        for group in groups:
            x0, x1 = median(s[0] for s in group), median(s[1] for s in group)
            shared = (min(x1, span[1]) - max(x0, span[0])) / max(1.0, min(x1 - x0, span[1] - span[0]))
            if shared > max(0.4, shared_most):
                best, shared_most = group, shared
        if best is None:
            groups.append([span])
        else:
            best.append(span)
    return [(min(s[0] for s in g), max(s[1] for s in g), len(g)) for g in groups]
