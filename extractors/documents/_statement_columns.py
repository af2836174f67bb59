"""The amount columns of a statement's sheet, and the titles over them. Pure; sheet pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from extractors.documents._statement_tokens import STRONG, Token, role_or_owner, role_word, squeezed


@dataclass(slots=True)
class Column:
    """An amount column: its x range, and its title put together from all printed lines above it."""

    x0: float
    x1: float
    title: str = ""
    rows: int = 0


def columns_of(body: Sequence[Token], titles: Sequence[Token]) -> list[Column]:
    """Columns where amounts overlap, and where a title promises amounts though there are none; left to right."""
    strong = [t for t in body if t.form == "figure" and STRONG.search(t.text)]
    found = [Column(x0, x1, rows=n) for x0, x1, n in _clusters([(t.line.box.x0, t.line.box.x1) for t in strong])]
    most = max((column.rows for column in found), default=0)
    found = sorted((column for column in found if column.rows >= max(1, 0.08 * most)), key=lambda column: column.x0)
    levels = _levels(titles)
    found += _promised(found, levels, body)
    found.sort(key=lambda column: column.x0)
    for level in levels:
        for token, n in _over(level, found):
            found[n].title += squeezed(token.text)
    return found


def _levels(titles: Sequence[Token]) -> list[list[Token]]:
    """The titles by printed line, top to bottom, each left to right."""
    grouped: list[list[Token]] = []
    for token in titles:
        if grouped and token.y - grouped[-1][-1].y < 0.45 * token.height:
            grouped[-1].append(token)
        else:
            grouped.append([token])
    return [sorted(level, key=lambda t: t.cx) for level in grouped]


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


def _centred(title: Token, group: Sequence[Column]) -> bool:
    """Whether a title stands over the middle of several columns, not over one of them."""
    width = group[-1].x1 - group[0].x0
    return abs(title.cx - (group[0].x0 + group[-1].x1) / 2) < 0.2 * width


def _over(level: Sequence[Token], columns: Sequence[Column]) -> list[tuple[Token, int]]:
    """Which title of a printed line stands over which column; one over several columns counts for each."""
    telling = [t for t in level if role_or_owner(squeezed(t.text))]
    if len(telling) == len(columns) and all(_away(t, c) < 6 * t.height for t, c in zip(telling, columns, strict=True)):
        return list(zip(telling, range(len(columns)), strict=True))
    if telling and len(columns) % len(telling) == 0:
        size = len(columns) // len(telling)
        groups = [columns[n : n + size] for n in range(0, len(columns), size)]
        if all(_centred(t, g) for t, g in zip(telling, groups, strict=True)):
            return [(t, n * size + k) for n, t in enumerate(telling) for k in range(size)]
    found = []
    for token in level:
        over = [n for n, c in enumerate(columns) if -_away(token, c) > 0.3 * min(token.line.box.width, c.x1 - c.x0)]
        near = min(range(len(columns)), key=lambda n: _away(token, columns[n]), default=0)
        if not over and columns and role_or_owner(squeezed(token.text)) and _away(token, columns[near]) < 2 * token.height:
            over = [near]
        found += [(token, n) for n in over]
    return found


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
