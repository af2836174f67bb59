"""The names of a statement's lines, put together from their printed pieces. Pure; sheet pixels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from extractors.documents._lines import glued
from extractors.documents._statement_names import Kind, is_line, key, known, match
from extractors.documents._statement_tokens import Token

_TRAILING = re.compile(r"(?:[一二三四五六七八九十]+[、.,，]\s*[(（]?\d+[)）]?|(?<=[\u3400-\u9fff)）”\"])\s*\d{1,3})\s*$")
_MIRRORED = str.maketrans("()（）", ")(）（")
LONGEST = 4
"""A name takes up at most this many printed lines."""


def bare(text: str) -> str:
    """A name without the number of its line or note that ran into it."""
    return re.sub(r"^\d{1,3}(?=[\u3400-\u9fff])", "", _TRAILING.sub("", text.strip()))


@dataclass(frozen=True, slots=True)
class Segment:
    """A name on one or more printed lines."""

    parts: tuple[Token, ...]

    @property
    def y0(self) -> float:
        return self.parts[0].y

    @property
    def y1(self) -> float:
        return self.parts[-1].y

    @property
    def y(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def text(self) -> str:
        return "".join(t.text for t in self.parts)


def segmented(names: Sequence[Token], kind: Kind) -> list[Segment]:
    """Names put together where they wrap: the grouping that explains most of the printed lines."""
    rows: list[Segment] = []
    for token in _whole(names, kind):
        if rows and abs(rows[-1].parts[-1].y - token.y) < 0.5 * token.height:
            rows[-1] = _beside(rows[-1], token, kind)
        else:
            rows.append(Segment((token,)))
    pitch = median([b.y0 - a.y0 for a, b in pairwise(rows)]) if len(rows) > 1 else 1.0
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(rows) + 1):
        ways = []
        for size in range(1, min(LONGEST, end) + 1):
            group = rows[end - size : end]
            if any(b.y0 - a.y1 > 1.15 * pitch or b.y0 - a.y1 > 2.2 * b.parts[0].height for a, b in pairwise(group)):
                break
            ways.append((best[end - size][0] + _explained(group, kind), size))
        best.append(max(ways))
    found: list[Segment] = []
    end = len(rows)
    while end:
        size = best[end][1]
        found.append(Segment(tuple(t for row in rows[end - size : end] for t in row.parts)))
        end -= size
    return found[::-1]

def _whole(names: Sequence[Token], kind: Kind) -> list[Token]:
    """The pieces, those joined again that make a line's name side by side and were read at different levels."""
    left = list(names)
    while (pair := _torn(left, kind)) is not None:
        first, second = pair
        joined = replace(first, line=glued([first.line, second.line]), height=max(first.height, second.height))
        left = [joined if token is first else token for token in left if token is not second]
    return left


def _torn(names: Sequence[Token], kind: Kind) -> tuple[Token, Token] | None:
    for first in names:
        if is_line(bare(first.text), kind):
            continue
        for second in names:
            gap = second.line.box.x0 - first.line.box.x1
            near = abs(first.y - second.y) < 0.9 * first.height and -0.5 * first.height < gap < 2.5 * first.height
            if near and is_line(bare(first.text + second.text), kind) and not is_line(bare(second.text), kind):
                return first, second
    return None


def _beside(row: Segment, token: Token, kind: Kind) -> Segment:
    """Two texts of one printed line as one name, unless one of them is a name already (the other is a seal's)."""
    if known(bare(row.text), kind) and not _open(row.text):
        return row
    if known(bare(token.text), kind):
        return Segment((token,))
    return Segment(tuple(sorted((*row.parts, token), key=lambda t: t.line.box.x0)))


def _open(text: str) -> bool:
    """Whether a bracket is not closed."""
    return text.count("（") + text.count("(") > text.count("）") + text.count(")")


def _explained(group: Sequence[Segment], kind: Kind) -> float:
    """How many of the printed lines a grouping makes sense of."""
    text = bare("".join(row.text for row in group))
    if len(group) == 1:
        return 1.0 if known(text, kind) else 0.6 if match(text, kind).known else 0.35
    first = "".join(row.text for row in group[:-1])
    if all(known(bare(row.text), kind) for row in group) and not (_open(first) and _open(group[-1].text[::-1].translate(_MIRRORED))):
        return 0.0  # names, even where a bracket of the first was not seen to close
    if known(text, kind):
        whole = key(text) != key(first) or first.count("（") + first.count("(") or re.match(r"[（(].*[)）]$", group[-1].text)
        return float(len(group)) + 0.1 if whole else 0.0
    if _open(first):
        return len(group) * 0.8
    return len(group) * 0.7 if match(text, kind).known else 0.0
