"""A statement's sheet as sides, lines and columns: which name, which amount, in which column. Pure; sheet pixels.

Columns are found from the amounts themselves, because a seal or a fold often hides a title; titles then say what the columns
are. A sheet has one side (names, then columns) or two (assets left, claims right), found by where known names begin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.documents._statement_columns import Column, columns_of
from extractors.documents._statement_names import Kind, is_line, known, match
from extractors.documents._statement_numbering import without_numbers
from extractors.documents._statement_rows import Entry, filled
from extractors.documents._statement_segments import bare, segmented
from extractors.documents._statement_titles import body_top, titles_over
from extractors.documents._statement_tokens import Token, squeezed, tokens_of
from extractors.model import Line, Sheet

_REFERENCE = re.compile(
    r"^(?:附?注释?\s*)?[(（]?[一二三四五六七八九十]+\s*[)）]?\s*[、.．,，:：]?\s*[(（]?\s*[\dIl]+\s*[)）]?(?:[.、,，]\s*\d+)*$|^附?注释?\s*\d+$"
    r"|^[一二三四五六七八九十]{1,3}\s*[、.,，]?(?:[(（][一二三四五六七八九十]+[)）])?$"
)
_SIGNED = re.compile(r"负责人|代表人|会计主管|制表|复核|打印|第\d+页")
_CLAIMS = re.compile(r"负债[和及与、]|负债$|所有者权益|股东权益")


@dataclass(frozen=True, slots=True)
class Side:
    """Names and the columns that belong to them."""

    x0: float
    x1: float
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet's table. `titles`: the lines over its columns; `head`: the lines above those, `foot`: under the table."""

    sheet: Sheet
    sides: tuple[Side, ...]
    titles: tuple[Line, ...]
    head: tuple[Line, ...]
    foot: tuple[Line, ...]

    @property
    def entries(self) -> list[Entry]:
        return [entry for side in self.sides for entry in side.entries]


def grid(sheet: Sheet, kind: Kind) -> Grid:
    """The table of a sheet that is known to be a statement of this kind; without sides when there is none."""
    tokens = without_numbers(tokens_of(sheet))
    first = body_top(tokens, kind)
    body = [t for t in tokens if t.y >= first]
    above = [t for t in tokens if t.y < first]
    titles, top = titles_over(above, first)
    over = tuple(t.line for t in titles)
    columns = columns_of(body, titles)
    bottom = _bottom(body, columns, kind)
    body = [t for t in body if t.y <= bottom]
    head = tuple(t.line for t in above if t.y < top)
    foot = tuple(t.line for t in tokens if t.y > bottom)
    if not columns:
        return Grid(sheet, (), over, head, foot)
    sides = tuple(_side(x0, x1, columns, titles, body, kind) for x0, x1 in _sides(body, columns, titles, kind, sheet.width))
    return Grid(sheet, sides, over, head, foot)


def _bottom(body: Sequence[Token], columns: Sequence[Column], kind: Kind) -> float:
    """The y under the last line that belongs to the table: with a known name, or an amount in a column."""
    lasting = [t for t in body if t.form == "text" and (is_line(t.text, kind) or match(bare(t.text), kind).known)]
    lasting += [t for t in body if t.form in ("figure", "dash") and any(c.x0 <= t.cx <= c.x1 for c in columns)]
    return max((t.y + 2.0 * t.height for t in lasting), default=float("inf"))


# --- sides and their lines -------------------------------------------------------------------------------------------


def _sides(
    body: Sequence[Token], columns: Sequence[Column], titles: Sequence[Token], kind: Kind, width: float
) -> list[tuple[float, float]]:
    """x ranges of the sides: a new one begins where known names stand right of an amount column."""
    starts = [0.0]
    names = [t for t in body if t.form == "text" and re.search(r"[\u3400-\u9fff]{2}", t.text)]
    claims = [t for t in titles if _CLAIMS.match(squeezed(t.text))]
    for left, right in pairwise(columns):
        middle = (left.x0 + left.x1) / 2
        titled = any(left.x1 < t.cx < right.x0 for t in claims)
        inside = [t for t in names if middle < t.cx < (right.x0 + right.x1) / 2 and t.line.box.x0 > middle]
        between = sorted(t.line.box.x0 for t in inside if known(t.text, kind))
        if titled and len(between) < 2:
            between = sorted(t.line.box.x0 for t in inside if not re.search("[:：]", t.text))
        if len(between) >= (1 if titled else 2):
            starts.append(max(left.x1 - 2, between[0] - 0.3 * body[0].height) if between[0] > left.x1 else between[0] - 1)
    return list(pairwise([*starts, width + 1]))


def _side(
    x0: float, x1: float, columns: Sequence[Column], titles: Sequence[Token], body: Sequence[Token], kind: Kind
) -> Side:
    mine = tuple(c for c in columns if x0 <= (c.x0 + c.x1) / 2 < x1)
    inside = [t for t in body if x0 <= t.cx < x1]
    if not mine:
        return Side(x0, x1, (), ())
    names = [t for t in inside if t.form == "text" and t.cx < mine[0].x0 and not _REFERENCE.match(squeezed(t.text))]
    names = [t for t in names if re.search(r"[\u3400-\u9fff]", t.text) and not _SIGNED.search(t.text)]
    segments = segmented(names, kind)
    return Side(x0, x1, mine, tuple(filled(segments, inside, mine, titles, kind)))
