"""A statement's sheet as sides, lines and columns: which name, which amount, in which column. Pure; sheet pixels.

Columns are found from the amounts themselves, because a seal or a fold often hides a title; titles then say what the columns
are. A sheet has one side (names, then columns) or two (assets left, claims right), found by where known names begin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractors.documents._statement_columns import Column, columns_of
from extractors.documents._statement_names import Kind, is_line, key, known, match
from extractors.documents._statement_numbering import without_numbers
from extractors.documents._statement_titles import body_top, titles_over
from extractors.documents._statement_tokens import Token, squeezed, tokens_of
from extractors.layout import Text, join
from extractors.model import Line, Sheet

_REFERENCE = re.compile(
    r"^(?:附?注释?\s*)?[(（]?[一二三四五六七八九十]+\s*[)）]?\s*[、.．,，:：]?\s*[(（]?\s*[\dIl]+\s*[)）]?(?:[.、,，]\s*\d+)*$|^附?注释?\s*\d+$"
    r"|^[一二三四五六七八九十]+\s*[、.](?:[(（][一二三四五六七八九十]+[)）])?$"
)
_TRAILING = re.compile(r"(?:[一二三四五六七八九十]+[、.,，]\s*[(（]?\d+[)）]?|(?<=[\u3400-\u9fff)）”\"])\s*\d{1,3})\s*$")
LONGEST = 4
"""A name takes up at most this many printed lines."""
_CLAIMS = re.compile(r"负债[和及与、]|负债$|所有者权益|股东权益")
_MIRRORED = str.maketrans("()（）", ")(）（")


@dataclass(frozen=True, slots=True)
class Entry:
    """A printed line: its name, and by column number what stands there. `sure` is less than 1 where a cell may be another row's."""

    name: Text
    y: float
    cells: dict[int, Text]
    sure: dict[int, float]


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
        between = sorted(t.line.box.x0 for t in inside if titled or known(t.text, kind))
        if len(between) >= (1 if titled else 2):
            starts.append(max(left.x1 - 2, between[0] - 0.3 * body[0].height) if between[0] > left.x1 else between[0] - 1)
    return list(pairwise([*starts, width + 1]))


def bare(text: str) -> str:
    """A name without the number of its line or note that ran into it."""
    return re.sub(r"^\d{1,3}(?=[\u3400-\u9fff])", "", _TRAILING.sub("", text.strip()))


def _side(
    x0: float, x1: float, columns: Sequence[Column], titles: Sequence[Token], body: Sequence[Token], kind: Kind
) -> Side:
    mine = tuple(c for c in columns if x0 <= (c.x0 + c.x1) / 2 < x1)
    inside = [t for t in body if x0 <= t.cx < x1]
    if not mine:
        return Side(x0, x1, (), ())
    names = [t for t in inside if t.form == "text" and t.cx < mine[0].x0 and not _REFERENCE.match(squeezed(t.text))]
    names = [t for t in names if re.search(r"[\u3400-\u9fff]", t.text)]
    segments = _segments(names, inside, mine, kind)
    return Side(x0, x1, mine, tuple(_filled(segments, inside, mine, titles)))


@dataclass(frozen=True, slots=True)
class _Segment:
    """A name on one or more printed lines."""

    parts: tuple[Token, ...]

    @property
    def y0(self) -> float:
        return self.parts[0].y

    @property
    def y1(self) -> float:
        return self.parts[-1].y

    @property
    def text(self) -> str:
        return "".join(t.text for t in self.parts)


def _segments(names: Sequence[Token], inside: Sequence[Token], columns: Sequence[Column], kind: Kind) -> list[_Segment]:
    """Names put together where they wrap: the grouping that explains most of the printed lines."""
    rows: list[_Segment] = []
    for token in names:
        if rows and abs(rows[-1].parts[-1].y - token.y) < 0.5 * token.height:
            rows[-1] = _beside(rows[-1], token, kind)
        else:
            rows.append(_Segment((token,)))
    pitch = median([b.y0 - a.y0 for a, b in pairwise(rows)]) if len(rows) > 1 else 1.0
    numbered = [t.y for t in inside if t.form != "text" and t.cx > max(x.line.box.x0 for x in names)] if names else []
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(rows) + 1):
        ways = []
        for size in range(1, min(LONGEST, end) + 1):
            group = rows[end - size : end]
            if any(b.y0 - a.y1 > 1.15 * pitch or b.y0 - a.y1 > 2.2 * b.parts[0].height for a, b in pairwise(group)):
                break
            ways.append((best[end - size][0] + _explained(group, numbered, kind), size))
        best.append(max(ways))
    found: list[_Segment] = []
    end = len(rows)
    while end:
        size = best[end][1]
        found.append(_Segment(tuple(t for row in rows[end - size : end] for t in row.parts)))
        end -= size
    return found[::-1]


def _beside(row: _Segment, token: Token, kind: Kind) -> _Segment:
    """Two texts of one printed line as one name, unless one of them is a name already (the other is a seal's)."""
    if known(bare(row.text), kind) and not _open(row.text):
        return row
    if known(bare(token.text), kind):
        return _Segment((token,))
    return _Segment(tuple(sorted((*row.parts, token), key=lambda t: t.line.box.x0)))


def _open(text: str) -> bool:
    """Whether a bracket is not closed."""
    return text.count("（") + text.count("(") > text.count("）") + text.count(")")


def _explained(group: Sequence[_Segment], numbered: Sequence[float], kind: Kind) -> float:
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


def _filled(
    segments: Sequence[_Segment], inside: Sequence[Token], columns: Sequence[Column], titles: Sequence[Token]
) -> list[Entry]:
    """The names with the amounts that stand on their level."""
    cells: list[dict[int, list[Token]]] = [{} for _ in segments]
    doubts: list[dict[int, float]] = [{} for _ in segments]
    for token in inside:
        if token.form == "text":
            continue
        place = _column_at(token, columns, titles)
        found = _segment_at(token, segments) if place is not None else None
        if place is None or found is None:
            continue
        at, sure = found
        cells[at].setdefault(place, []).append(token)
        doubts[at][place] = min(sure, doubts[at].get(place, 1.0))
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


def _segment_at(token: Token, segments: Sequence[_Segment]) -> tuple[int, float] | None:
    """The name on whose level a figure stands, and how clearly it is no other's."""
    away = sorted((max(s.y0 - token.y, token.y - s.y1, 0.0), n) for n, s in enumerate(segments))
    if not away or away[0][0] > 0.75 * token.height:
        return None
    if len(away) > 1 and away[1][0] < 1.6 * away[0][0]:
        return away[0][1], 0.7
    return away[0][1], 1.0
