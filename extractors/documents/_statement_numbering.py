"""Numbers of lines (行次) that ran into the amounts at their right: found by the column they stand in, and cut off. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from extractors.documents._statement_tokens import Token, form_of, squeezed
from extractors.model import Line
from extractors.table_columns import stripped

ENOUGH = 4
"""A column of line numbers holds this many that rise from line to line."""
UNTOLD = 0.85
"""How sure an amount is whose number was cut off without neighbours to tell which number it is."""
_TITLE = re.compile(r"^行[次饮欢]?$|^次$|^序号$")
_WHOLE = re.compile(r"^[-−–—－(（]?(?:\d{1,3}(?:[,，.．]\s?\d{3})+|\d{1,3})(?:[.．]\d{1,2})?[)）]?$")


def without_numbers(tokens: Sequence[Token]) -> list[Token]:
    """The pieces without the numbers of lines, which are cut from the amounts that begin in their column."""
    small = [t for t in tokens if t.form == "small"]
    columns = [_numbers(group) for group in _groups(small) if _rising(group)]
    for title in tokens:
        box = title.line.box
        if _TITLE.match(squeezed(title.text)) and not any(c.x0 < title.cx < c.x1 for c in columns):
            columns.append(_Numbers(box.x0, box.x1, ()))
    found: list[Token] = []
    for token in tokens:
        if token.form == "small" and any(c.x0 <= token.cx <= c.x1 for c in columns):
            continue
        found += [replace(token, line=part, form=form_of(part.text)) for part in _parted(token, columns)]
    return found


@dataclass(frozen=True, slots=True)
class _Numbers:
    """A column of line numbers: its x range, and those read alone, top to bottom."""

    x0: float
    x1: float
    tokens: tuple[Token, ...]

    def expects(self, number: int, y: float) -> bool:
        """Whether the number would stand between its neighbours at this height."""
        over = [int(t.text) for t in self.tokens if t.y < y]
        under = [int(t.text) for t in self.tokens if t.y > y]
        return (not over or over[-1] < number <= over[-1] + 9) and (not under or under[0] - 9 <= number < under[0])


def _groups(small: Sequence[Token]) -> list[list[Token]]:
    """Small numbers by column."""
    groups: list[list[Token]] = []
    for token in sorted(small, key=lambda t: t.cx):
        if groups and token.cx - median(t.cx for t in groups[-1]) < 1.2 * token.height:
            groups[-1].append(token)
        else:
            groups.append([token])
    return groups


def _numbers(group: Sequence[Token]) -> _Numbers:
    ordered = tuple(sorted(group, key=lambda t: t.y))
    return _Numbers(min(t.line.box.x0 for t in group), max(t.line.box.x1 for t in group), ordered)


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
                part = stripped(line, n, len(line.text))
                return [_less_sure(part) if not column.tokens else part] if part else []
    return [line]


def _less_sure(line: Line) -> Line:
    """A line whose first character may be the last of the number before it."""
    return replace(line, confidence=min(line.confidence, UNTOLD), confidences=tuple(min(c, UNTOLD) for c in line.confidences))
