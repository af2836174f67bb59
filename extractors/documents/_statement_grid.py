"""A statement's sheet as sides, lines and columns: which name, which amount, in which column. Pure; sheet pixels.

Columns are found from the amounts themselves, because a seal or a fold often hides a title; titles then say what the columns
are. A sheet has one side (names, then columns) or two (assets left, claims right), found by where known names begin.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractors.documents._statement_names import Kind, is_line, key, known, match
from extractors.layout import Text, join
from extractors.model import Line, Sheet
from extractors.table_columns import stripped
from extractors.table_header import gaps, levels

_FIGURE = re.compile(r"^[-+−–—－(（△▲￥¥*负]*[\dOoIlQ|][\d,，.．。'` OoIlSBQZ|]*[)）]?[-−－]?$")
_STRONG = re.compile(r"\d[,，.．。]\s?\d{2}|\d{4}")
_DASH = re.compile(r"^[-−–—―－‑_一~]{1,4}$")
_SMALL = re.compile(r"^\d{1,3}$")
_TWO_SUMS = re.compile(r"(?<=[.．]\d\d)\s*(?=[-−(（]?\d)|(?<=[.．]\d\d[)）])\s*(?=[-−(（]?\d)")
_NAME_THEN_SUM = re.compile(r"(?<=[\u3400-\u9fff)）”\"：:])\s*(?=[-−(（]?\d[\d,，.]*$)")
_REFERENCE = re.compile(
    r"^(?:附?注释?\s*)?[(（]?[一二三四五六七八九十]+\s*[)）]?\s*[、.．,，:：]?\s*[(（]?\s*[\dIl]+\s*[)）]?(?:[.、,，]\s*\d+)*$|^附?注释?\s*\d+$"
    r"|^[一二三四五六七八九十]+\s*[、.][(（][一二三四五六七八九十]+[)）]$"
)
_TRAILING = re.compile(r"(?:[一二三四五六七八九十]+[、.,，]\s*[(（]?\d+[)）]?|(?<=[\u3400-\u9fff)）”\"])\s*\d{1,3})\s*$")
_TITLE_WORD = re.compile(
    r"项目|资产$|^资产|负债和|负债及|所有者权益|股东权益|行次|附注|注释|期末|年末|年初|期初|上年|上期|去年|本期|本年|本月|当期|累计|金额|余额|发生额|合并|母公司"
    r"|本集团|本公司|\d{4}年|\d{4}[-./]\d|^序号$|^行$|^次$|期数|年数|月数|实际数|同期"
)


_ROLE_WORD = re.compile(
    r"期末|年末|年初|期初|上年|上期|去年|本期|本年|本月|当期|累计|金额|余额|\d{4}年|\d{4}[-./]\d|期数|年数|月数|同期"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A text, figure, dash or small number; `y` is levelled, `height` that of its line."""

    line: Line
    y: float
    height: float
    form: str

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def cx(self) -> float:
        return self.line.box.cx


@dataclass(slots=True)
class Column:
    """An amount column: its x range, and its title put together from all printed lines above it."""

    x0: float
    x1: float
    title: str = ""
    rows: int = 0


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
    tokens = tokens_of(sheet)
    first = _body_top(tokens, kind)
    body = [t for t in tokens if t.y >= first]
    above = [t for t in tokens if t.y < first]
    titles, top = _titles(above, first)
    over = tuple(t.line for t in titles)
    columns = _columns(body, titles, sheet)
    bottom = _bottom(body, columns, kind)
    body = [t for t in body if t.y <= bottom]
    head = tuple(t.line for t in above if t.y < top)
    foot = tuple(t.line for t in tokens if t.y > bottom)
    if not columns:
        return Grid(sheet, (), over, head, foot)
    sides = tuple(_side(x0, x1, columns, titles, body, kind) for x0, x1 in _sides(body, columns, titles, kind, sheet.width))
    return Grid(sheet, sides, over, head, foot)


# --- tokens ----------------------------------------------------------------------------------------------------------


def tokens_of(sheet: Sheet) -> list[Token]:
    """The sheet's lines, cut where columns ran together, top to bottom."""
    found = []
    for y, height, line in levels(sheet):
        for part in _cut(line):
            found.append(Token(part, y, height, form_of(part.text)))
    return found


def form_of(text: str) -> str:
    """`figure`, `dash`, `small` (a number of up to three digits) or `text`."""
    squeezed = text.strip()
    if _SMALL.match(squeezed):
        return "small"
    if _DASH.match(squeezed):
        return "dash"
    return "figure" if _FIGURE.match(squeezed) else "text"


def _cut(line: Line) -> list[Line]:
    if len(line.text) < 2:
        return [line] if line.text.strip() else []
    cuts = {0, len(line.text)}
    cuts |= {m.end() for m in _TWO_SUMS.finditer(line.text)}
    if _STRONG.search(line.text):
        cuts |= {m.end() for m in _NAME_THEN_SUM.finditer(line.text)}
    if re.search(r"\d", line.text) or len(line.text) > 12:
        space = gaps(line)
        cuts |= {n for n in range(1, len(line.text)) if space[n] > 1.2 * line.box.height}
    places = sorted(cuts)
    parts = [stripped(line, start, end) for start, end in pairwise(places)]
    return [part for part in parts if part is not None]


# --- the body, its titles and its columns ----------------------------------------------------------------------------


def _body_top(tokens: Sequence[Token], kind: Kind) -> float:
    """The y of the first printed line of the body: a known name beside an amount, a heading, or the first amounts."""
    for token in tokens:
        if token.form != "text" or not known(token.text, kind):
            continue
        squeezed = re.sub(r"[\s:：]", "", token.text)
        if squeezed in ("项目", "资产", "负债", "补充资料") or squeezed.startswith(("负债和", "负债及", "所有者权益", "股东权益")):
            continue
        beside = [t for t in tokens if abs(t.y - token.y) < 0.6 * token.height]
        if not any(t.form == "text" and _TITLE_WORD.search(_squeezed(t.text)) and not known(t.text, kind) for t in beside):
            return min(t.y for t in beside) - 0.1 * token.height
    strong = [t.y for t in tokens if t.form == "figure" and re.search(r"\.\d\d\)?$", t.text)]
    return min(strong, default=float("inf")) - 1


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _titles(above: Sequence[Token], first: float) -> tuple[list[Token], float]:
    """The titles: the printed lines over the body, upwards as long as they hold titles and nothing of the heading."""
    taken: list[Token] = []
    edge = first
    for token in sorted(above, key=lambda t: -t.y):
        if edge - token.y > 3.2 * token.height or len(taken) > 40:
            break
        beside = [t for t in above if abs(t.y - token.y) < 0.5 * token.height]
        if any(_is_heading(t.text) for t in beside):
            break
        if _TITLE_WORD.search(_squeezed(token.text)) or (len(_squeezed(token.text)) <= 8 and token.form != "figure"):
            taken.append(token)
            if _TITLE_WORD.search(_squeezed(token.text)):
                edge = min(edge, token.y)
    kept = [t for t in taken if t.y >= edge - 0.6 * t.height]
    return sorted(kept, key=lambda t: (t.y, t.line.box.x0)), min((t.y - 0.5 * t.height for t in kept), default=first)


def _is_heading(text: str) -> bool:
    """Whether a line is of the sheet's heading: its title, company, unit or form number."""
    plain = _squeezed(text)
    return bool(
        re.search(r"(资产负债|利润|损益|收益|现金流量)表|单位[:：(]|[:：]人民币|单位为|会.?企|币种|公司$|[:：].*公司|编制|^第?\d+页", plain)
    )


def _columns(body: Sequence[Token], titles: Sequence[Token], sheet: Sheet) -> list[Column]:
    """Columns where amounts overlap, and where a title promises amounts though there are none; left to right."""
    strong = [t for t in body if t.form == "figure" and _STRONG.search(t.text)]
    found = [Column(x0, x1, rows=n) for x0, x1, n in _clusters([(t.line.box.x0, t.line.box.x1) for t in strong])]
    most = max((column.rows for column in found), default=0)
    found = [column for column in found if column.rows >= max(1, 0.08 * most)]
    for token in titles:
        box = token.line.box
        promises = role_word(_squeezed(token.text))
        if promises and not any(min(c.x1, box.x1) - max(c.x0, box.x0) > 0 for c in found):
            near = [t for t in body if t.form in ("dash", "small", "figure") and box.x0 - box.height < t.cx < box.x1 + box.height]
            found.append(Column(box.x0, box.x1, rows=len(near)))
    found.sort(key=lambda column: column.x0)
    for column in found:
        column.title = _title_over(column, found, titles)
    return found


def role_word(text: str) -> bool:
    """Whether a title is that of an amount column."""
    return _ROLE_WORD.search(text) is not None


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


def _title_over(column: Column, columns: Sequence[Column], titles: Sequence[Token]) -> str:
    """All titles over a column, top to bottom; one that stands over several columns counts for each."""
    centre = (column.x0 + column.x1) / 2
    parts = []
    for token in titles:
        box = token.line.box
        over = [c for c in columns if min(c.x1, box.x1) - max(c.x0, box.x0) > 0.3 * min(box.width, c.x1 - c.x0)]
        beside = not over and _nearest(columns, box.cx) is column and abs(box.cx - centre) < 3 * box.height
        mine = beside or any(c is column for c in over)
        if mine or _spans(token, titles, column, columns):
            parts.append(_squeezed(token.text))
    return "".join(parts)


def _spans(token: Token, titles: Sequence[Token], column: Column, columns: Sequence[Column]) -> bool:
    """Whether a title in an upper line is centred between this column and a neighbour that has no title of that line."""
    lower = [t for t in titles if t.y > token.y + 0.6 * token.height and role_or_owner(_squeezed(t.text))]
    if len(lower) < 2 or not role_or_owner(_squeezed(token.text)):
        return False
    level = sorted((t for t in titles if abs(t.y - token.y) < 0.5 * token.height and role_or_owner(_squeezed(t.text))), key=lambda t: t.cx)
    centre = (column.x0 + column.x1) / 2
    return bool(level) and min(level, key=lambda t: abs(t.cx - centre)) is token and len(level) * 2 <= len(columns)


def role_or_owner(text: str) -> bool:
    """Whether a title says which amounts, or whose."""
    return role_word(text) or re.search("合并|母公司|本集团|本公司|集团|公司", text) is not None


def _nearest(columns: Sequence[Column], x: float) -> Column:
    return min(columns, key=lambda c: abs((c.x0 + c.x1) / 2 - x))


def _bottom(body: Sequence[Token], columns: Sequence[Column], kind: Kind) -> float:
    """The y under the last line that belongs to the table: with a known name, or an amount in a column."""
    lasting = [t for t in body if t.form == "text" and (is_line(t.text, kind) or match(bare(t.text), kind).known)]
    lasting += [t for t in body if t.form in ("figure", "dash") and any(c.x0 <= t.cx <= c.x1 for c in columns)]
    return max((t.y + 1.3 * t.height for t in lasting), default=float("inf"))


# --- sides and their lines -------------------------------------------------------------------------------------------


def _sides(
    body: Sequence[Token], columns: Sequence[Column], titles: Sequence[Token], kind: Kind, width: float
) -> list[tuple[float, float]]:
    """x ranges of the sides: a new one begins where known names stand right of an amount column."""
    starts = [0.0]
    names = [t for t in body if t.form == "text" and known(t.text, kind)]
    for left, right in pairwise(columns):
        middle = (left.x0 + left.x1) / 2
        between = sorted(t.line.box.x0 for t in names if middle < t.cx < (right.x0 + right.x1) / 2 and t.line.box.x0 > middle)
        if len(between) >= 2:
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
    names = [t for t in inside if t.form == "text" and t.cx < mine[0].x0 and not _REFERENCE.match(_squeezed(t.text))]
    names = [t for t in names if key(t.text)]
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
            parts = sorted((*rows[-1].parts, token), key=lambda t: t.line.box.x0)
            rows[-1] = _Segment(tuple(parts))
        else:
            rows.append(_Segment((token,)))
    pitch = median([b.y0 - a.y0 for a, b in pairwise(rows)]) if len(rows) > 1 else 1.0
    numbered = [t.y for t in inside if t.form != "text" and t.cx > max(x.line.box.x0 for x in names)] if names else []
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(rows) + 1):
        ways = []
        for size in range(1, min(3, end) + 1):
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


def _explained(group: Sequence[_Segment], numbered: Sequence[float], kind: Kind) -> float:
    """How many of the printed lines a grouping makes sense of."""
    text = bare("".join(row.text for row in group))
    if len(group) == 1:
        return 1.0 if known(text, kind) else 0.6 if match(text, kind).known else 0.35
    first = "".join(row.text for row in group[:-1])
    if known(text, kind):
        return float(len(group)) + 0.1 if key(text) != key(first) or first.count("（") + first.count("(") else 0.0
    wraps = first.count("（") + first.count("(") > first.count("）") + first.count(")")
    if wraps:
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
    return join([t.line for t in sorted(tokens, key=lambda t: t.line.box.x0)])


def _column_at(token: Token, columns: Sequence[Column], titles: Sequence[Token]) -> int | None:
    """The column whose range a figure stands in; small numbers and dashes may stand a little beside it, but not in 行次 or 附注."""
    box = token.line.box
    shares = [min(c.x1, box.x1) - max(c.x0, box.x0) for c in columns]
    best = max(range(len(columns)), key=lambda n: shares[n])
    if shares[best] >= 0.5 * box.width:
        return best
    if any(re.search("行次|附注|注释|^行$|^次$", _squeezed(t.text)) and abs(t.cx - box.cx) < 1.5 * t.height for t in titles):
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
