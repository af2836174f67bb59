"""Numbers of lines (行次) that ran into the amounts at their right: found by the column they stand in, and cut off. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from extractors.documents._statement_tokens import Token, form_of
from extractors.model import Line
from extractors.table_columns import stripped

ENOUGH = 4
"""A column of line numbers holds this many that rise from line to line."""
_WHOLE = re.compile(r"^[-−–—－(（]?(?:\d{1,3}(?:[,，.．]\s?\d{3})+|\d{1,3})(?:[.．]\d{1,2})?[)）]?$")


def without_numbers(tokens: Sequence[Token]) -> list[Token]:
    """The pieces with the numbers of lines cut from the amounts that begin in their column."""
    columns = _columns([t for t in tokens if t.form == "small"])
    if not columns:
        return list(tokens)
    found: list[Token] = []
    for token in tokens:
        found += [replace(token, line=part, form=form_of(part.text)) for part in _parted(token, columns)]
    return found


@dataclass(frozen=True, slots=True)
class _Numbers:
    """A column of rising numbers, top to bottom."""

    tokens: tuple[Token, ...]

    @property
    def x0(self) -> float:
        return min(t.line.box.x0 for t in self.tokens)

    @property
    def x1(self) -> float:
        return max(t.line.box.x1 for t in self.tokens)

    def expects(self, number: int, y: float) -> bool:
        """Whether the number would stand between its neighbours at this height."""
        over = [int(t.text) for t in self.tokens if t.y < y]
        under = [int(t.text) for t in self.tokens if t.y > y]
        return (not over or over[-1] < number <= over[-1] + 9) and (not under or under[0] - 9 <= number < under[0])


def _columns(small: Sequence[Token]) -> list[_Numbers]:
    left = sorted(small, key=lambda t: t.cx)
    groups: list[list[Token]] = []
    for token in left:
        if groups and token.cx - median(t.cx for t in groups[-1]) < 1.2 * token.height:
            groups[-1].append(token)
        else:
            groups.append([token])
    return [_Numbers(tuple(sorted(group, key=lambda t: t.y))) for group in groups if _rising(group)]


def _rising(group: Sequence[Token]) -> bool:
    numbers = [int(t.text) for t in sorted(group, key=lambda t: t.y)]
    rises = sum(1 <= b - a <= 6 for a, b in pairwise(numbers))
    return len(numbers) >= ENOUGH and rises >= 0.8 * (len(numbers) - 1)


def _parted(token: Token, columns: Sequence[_Numbers]) -> list[Line]:
    line = token.line
    if token.form != "figure" or len(line.text) < 5:
        return [line]
    edges = line.edges if len(line.edges) == len(line.text) + 1 else line.part(0, len(line.text)).edges
    for column in columns:
        if not column.x0 - 0.6 * token.height <= line.box.x0 <= column.x1:
            continue
        inside = sum((a + b) / 2 < column.x1 + 0.15 * token.height for a, b in pairwise(edges))
        for n in (inside, inside - 1, inside + 1):
            number, rest = line.text[:n], line.text[n:].strip()
            if 1 <= n <= 3 and number.isdigit() and _WHOLE.match(rest) and column.expects(int(number), token.y):
                parts = (stripped(line, 0, n), stripped(line, n, len(line.text)))
                return [part for part in parts if part is not None]
    return [line]
