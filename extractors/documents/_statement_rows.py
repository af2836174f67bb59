"""The printed lines of one side of a statement: each name with the amounts on its level. Pure; sheet pixels.

On a photograph the amounts of a column may stand a line's height lower or higher than their names, evenly or more and more down
the page. What tells: headings (流动资产：) never have an amount, totals always do, and no line has two.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from statistics import median

from extractors.documents._statement_columns import Column
from extractors.documents._statement_names import Kind, match
from extractors.documents._statement_segments import Segment, bare
from extractors.documents._statement_tokens import Token, squeezed
from extractors.layout import Text, join

SHIFTED = 0.85
"""How sure it is of its line which amount was moved to another than it seems to stand on."""
_SHIFTS = tuple(n / 4 for n in range(-6, 7))
_SLANTS = tuple(n / 4 for n in range(-4, 5))


@dataclass(frozen=True, slots=True)
class Entry:
    """A printed line: its name, and by column number what stands there. `sure` is less than 1 where a cell may be another row's."""

    name: Text
    y: float
    cells: dict[int, Text]
    sure: dict[int, float]


def filled(
    segments: Sequence[Segment], inside: Sequence[Token], columns: Sequence[Column], titles: Sequence[Token], kind: Kind
) -> list[Entry]:
    """The names with the amounts that stand on their level."""
    placed: list[list[Token]] = [[] for _ in columns]
    for token in inside:
        place = None if token.form == "text" else _column_at(token, columns, titles)
        if place is not None:
            placed[place].append(token)
    cells: list[dict[int, list[Token]]] = [{} for _ in segments]
    doubts: list[dict[int, float]] = [{} for _ in segments]
    for place, tokens in enumerate(placed):
        for token, y in zip(tokens, _moved(tokens, segments, kind), strict=True):
            if found := _segment_at(y, token.height, segments):
                unmoved = _segment_at(token.y, token.height, segments)
                sure = found[1] if unmoved and unmoved[0] == found[0] else SHIFTED
                cells[found[0]].setdefault(place, []).append(token)
                doubts[found[0]][place] = min(sure, doubts[found[0]].get(place, 1.0))
    done = []
    for segment, taken, sure_of in zip(segments, cells, doubts, strict=True):
        texts = {place: _cell(tokens) for place, tokens in taken.items()}
        torn = {place: min(sure_of[place], 0.8 if len(tokens) > 1 else 1.0) for place, tokens in taken.items()}
        done.append(Entry(join([t.line for t in segment.parts]), segment.y0, texts, torn))
    return done


def _cell(tokens: Sequence[Token]) -> Text:
    """What stands in a cell; a figure stands there without the line number or stray mark that is set apart from it."""
    ordered = sorted(tokens, key=lambda t: t.line.box.x0)
    largest = max(ordered, key=lambda t: (t.form == "figure", t.line.box.width))
    kept = [t for t in ordered if t is largest or t.form == "figure" or _gap(t, largest) < 0.6 * t.height]
    return join([t.line for t in kept])


def _gap(one: Token, other: Token) -> float:
    return max(one.line.box.x0 - other.line.box.x1, other.line.box.x0 - one.line.box.x1)


def _column_at(token: Token, columns: Sequence[Column], titles: Sequence[Token]) -> int | None:
    """The column whose range a figure stands in; small numbers and dashes may stand a little beside it, but not in 行次 or 附注."""
    box = token.line.box
    shares = [min(c.x1, box.x1) - max(c.x0, box.x0) for c in columns]
    best = max(range(len(columns)), key=lambda n: shares[n])
    if shares[best] >= 0.5 * box.width:
        return best
    if any(re.search("行次|附注|注释|^行$|^次$", squeezed(t.text)) and abs(t.cx - box.cx) < 1.5 * t.height for t in titles):
        return None
    near = min(range(len(columns)), key=lambda n: _apart(columns[n], box.cx))
    column = columns[near]
    reach = 1.5 * token.height if token.form == "dash" else 0.5 * token.height
    return near if shares[best] > 0 or _apart(column, box.cx) <= reach else None


def _apart(column: Column, x: float) -> float:
    return max(column.x0 - x, x - column.x1, 0.0)


def _segment_at(y: float, height: float, segments: Sequence[Segment]) -> tuple[int, float] | None:
    """The name on whose level a figure stands, and how clearly it is no other's."""
    away = sorted((max(s.y0 - y, y - s.y1, 0.0), n) for n, s in enumerate(segments))
    if not away or away[0][0] > 0.75 * height:
        return None
    if len(away) > 1 and away[1][0] < 1.6 * away[0][0]:
        return away[0][1], 0.7
    return away[0][1], 1.0


# --- amounts that stand lower or higher than their names ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Rung:
    """A name's level, and whether an amount must stand there (True), cannot (False) or may (None)."""

    y: float
    half: float
    amount: bool | None


def _moved(tokens: Sequence[Token], segments: Sequence[Segment], kind: Kind) -> list[float]:
    """The levels of a column's amounts, moved to fit the names where they clearly do not."""
    as_read = [token.y for token in tokens]
    if len(tokens) < 4 or len(segments) < 6 or tokens[0].line.source == "text":
        return as_read
    rungs = [_rung(segment, kind) for segment in segments]
    pitch = median(max(1.0, b.y - a.y) for a, b in pairwise(rungs))
    figures = [token.y for token in tokens if token.form == "figure"]
    middle, span = (rungs[0].y + rungs[-1].y) / 2, max(1.0, rungs[-1].y - rungs[0].y)

    def at(y: float, shift: float, slant: float) -> float:
        return y - pitch * (shift + slant * (y - middle) / span)

    still = _fit(figures, rungs, pitch)
    best, shift, slant = still + max(1.5, 0.08 * len(figures)), 0.0, 0.0
    for a, b in product(_SHIFTS, _SLANTS):
        fit = _fit([at(y, a, b) for y in figures], rungs, pitch) - 0.05 * len(figures) * (abs(a) + abs(b))
        if fit > best:
            best, shift, slant = fit, a, b
    if not shift and not slant:
        return as_read
    return [at(y, shift, slant) for y in as_read]


def _rung(segment: Segment, kind: Kind) -> _Rung:
    name = match(bare(segment.text), kind)
    total = bool(name.line) and re.search(r"[合总小]计|总额|净额|利润", segment.text) is not None
    return _Rung(segment.y, (segment.y1 - segment.y0) / 2, False if name.known and not name.line else True if total else None)


def _fit(figures: Sequence[float], rungs: Sequence[_Rung], pitch: float) -> float:
    """How well amounts at these levels fit the names."""
    points, taken = 0.0, [0] * len(rungs)
    levels = [rung.y for rung in rungs]
    for y in figures:
        after = bisect_left(levels, y)
        near = min(range(max(0, after - 1), min(len(rungs), after + 1)), key=lambda n: abs(rungs[n].y - y))
        away = max(0.0, abs(rungs[near].y - y) - rungs[near].half) / pitch
        if away > 0.5:
            points -= 0.5
            continue
        taken[near] += 1
        points += -1.0 if rungs[near].amount is False else 1.0 - 2 * away
    return points - sum(n - 1 for n in taken if n > 1) - sum(rung.amount is True and not n for rung, n in zip(rungs, taken, strict=True))
