"""The three financial statements: from sheets to documents and fields. What differs between them is said by `kind`. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from extractors.documents import _statement_figures as figures
from extractors.documents import _statement_head as heads
from extractors.documents import _statement_sums as sums
from extractors.documents._fields import source_of
from extractors.documents._lines import cut_out
from extractors.documents._statement_grid import Grid, grid
from extractors.documents._statement_names import KINDS, Kind, Name, is_line, match, plain
from extractors.documents._statement_roles import Role, alike, roles, settled
from extractors.documents._statement_segments import bare
from extractors.documents._statement_tokens import form_of
from extractors.layout import Text
from extractors.marks import is_copy_mark
from extractors.model import Box, Field, Line, Sheet
from extractors.numbers import money
from extractors.numbers.text import same

ENOUGH_LINES = 2
"""A page without a title goes on with a statement when it holds this many of its lines with amounts."""
ASTRAY = 0.02
"""Of the page's width: how far a column may stand elsewhere on the next page."""
POINTS_PER_LINE = 0.13
SIGNED, MOST_SIGNED = 0.6, 12
"""Share of a page's characters, and its most lines, where it holds nothing but signatures."""
_SIGNATURE = re.compile(
    r"负责人|代表人|主管会计|会计主管|会计机构|财务总监|总会计师|制表|制单|复核|审核|附注为.*财务报表|财务报表附注|报出日期|报送日期|填表"
)
_BESIDE = re.compile(r"第?\d+页?(?:[/共,，]\d*页?)*|[A-Za-z]+")
"""A page's number, a word of another script. Each repetition begins with a mark, so that a long row of digits is looked at once."""
MOST_POINTS = 1.3


@dataclass(frozen=True, slots=True)
class Row:
    """A printed line of a document: what it is called, and its figure by column role with how sure the role and place are."""

    sheet: Sheet
    name: Name
    printed: Text
    cells: Mapping[str, tuple[figures.Figure, float]]

    @property
    def weight(self) -> int:
        return sum(abs(figure.fen or 0) for figure, _ in self.cells.values())


# --- fields ----------------------------------------------------------------------------------------------------------


def extract(sheets: tuple[Sheet, ...], kind: Kind) -> dict[str, Field]:
    """The fields of one statement that stands on these sheets."""
    grids = [grid(sheet, kind) for sheet in sheets]
    fields = _heading(grids, kind)
    unit_fen = heads.UNITS[fields["unit"].text]
    columns = _roles(grids, kind)
    style = figures.style_of(cell.text for each in grids for entry in each.entries for cell in entry.cells.values())
    parted = [_rows(each, mine, kind, unit_fen, style) for each, mine in zip(grids, columns, strict=True)]
    rows = [row for n in range(max(map(len, parted), default=0)) for sides in parted if n < len(sides) for row in sides[n]]
    named = _named(rows)
    for line, row in named.items():
        for role, (figure, sure) in row.cells.items():
            fields[f"{line}.{role}"] = _field(row, figure, sure)
    grain = max(1, unit_fen // 10 ** (style.places or 0)) if style.places is not None else unit_fen
    used: dict[str, float] = {}
    for one in (one for each in columns for side in each for one in side if one.name):
        used[one.name] = min(one.sure, used.get(one.name, 1.0))
    sums.weighed(fields, list(named), kind, used, grain)
    return fields


def _roles(grids: Sequence[Grid], kind: Kind) -> list[list[list[Role]]]:
    sheets = []
    for each in grids:
        sides = [roles([c.title for c in side.columns], kind, [c.sure for c in side.columns]) for side in each.sides]
        sheets.append(settled(sides))
    return alike(sheets)


def _rows(each: Grid, roles: Sequence[Sequence[Role]], kind: Kind, unit_fen: int, style: figures.Style) -> list[list[Row]]:
    """The lines of each side of a sheet."""
    sides: list[list[Row]] = []
    for side, mine in zip(each.sides, roles, strict=True):
        rows: list[Row] = []
        sides.append(rows)
        for entry in side.entries:
            name = match(bare(entry.name.text), kind)
            per_share = "每股" in name.line
            cells: dict[str, tuple[figures.Figure, float]] = {}
            for place, text in entry.cells.items():
                role = mine[place]
                figure = figures.read(text, money.YUAN if per_share else unit_fen, style) if role.name else None
                if figure is not None and not (per_share and figure.fen is None):  # a share's profit may have four places
                    cells[role.name] = (figure, min(role.sure, entry.sure[place]))
            if name.line and name.line != "other:":
                rows.append(Row(each.sheet, name, entry.name, cells))
    return sides


def _named(rows: Sequence[Row]) -> dict[str, Row]:
    """Rows by line, in printed order. Of several that mean one line the first-named form with amounts counts (固定资产账面价值
    before 固定资产净值; 预收款项 before 合同负债), the others keep their printed names; a repeated line keeps its first place."""
    best: dict[str, Row] = {}
    for row in rows:
        kept = best.get(row.name.line)
        if kept is None or (bool(row.weight), -row.name.rank) > (bool(kept.weight), -kept.name.rank):
            best[row.name.line] = row
    done: dict[str, Row] = {}
    for row in rows:
        line = row.name.line
        if best[line] is row:
            done[line] = row
        elif not row.cells:
            continue
        elif row.name.rank != best[line].name.rank and not line.startswith("other:"):
            done.setdefault("other:" + plain(row.printed.text), row)
        elif row.weight and not _repeats(row, best[line]):
            _second(done, line, row, best)
    return done


def _repeats(row: Row, other: Row) -> bool:
    return {k: f.fen for k, (f, _) in row.cells.items()} == {k: f.fen for k, (f, _) in other.cells.items()}


def _second(done: dict[str, Row], line: str, row: Row, best: dict[str, Row]) -> None:
    """A second line of one name with other amounts: kept under `other:` with a number; one of the two was misread, unless names
    of details repeat by form (永续债 under debts and under equity)."""
    base = line if line.startswith("other:") else "other:" + plain(row.printed.text)
    n = 2
    while f"{base}#{n}" in done:
        n += 1
    done[f"{base}#{n}"] = row
    if not line.startswith("other:"):
        first = best[line]
        best[line] = first
        unsure = replace(first, name=replace(first.name, sure=min(first.name.sure, 0.7)))
        if line in done:
            done[line] = unsure


def _field(row: Row, figure: figures.Figure, sure: float) -> Field:
    value = money.to_contract(figure.fen) if figure.fen is not None else ""
    found = min(figure.confidence, sure, row.name.sure)
    if not row.name.known and source_of(row.printed) == "ocr":
        found = min(found, row.printed.confidence)
    proposal = money.to_contract(figure.proposal) if figure.proposal is not None else None
    spot = row.sheet.evidence(figure.text.box)
    return Field(value, figure.text.text, round(found, 4), spot, source_of(figure.text), proposal)


# --- heading ---------------------------------------------------------------------------------------------------------


def _heading(grids: Sequence[Grid], kind: Kind) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for each in grids:
        head = [line for line in each.head if line.text.strip()]
        _take(found, "company", heads.company(each.sheet, head))
        _take(found, "unit", heads.unit(each.sheet, head))
        when = heads.when(head, kind)
        if kind == "balance_sheet":
            _take(found, "as_of", heads.as_of(each.sheet, when))
        elif "period_until" not in found:
            titles = "".join(column.title for side in each.sides for column in side.columns)
            found |= heads.period(each.sheet, when, _to_date(titles), "本月" in titles or "当月" in titles)
    for each in grids:
        _from_titles(found, each, kind)
        _take(found, "company", heads.company(each.sheet, each.foot))
        _take(found, "unit", heads.unit(each.sheet, each.titles + each.foot))
    found.setdefault("unit", heads.no_unit(grids[0].sheet.source if grids else "ocr"))
    return found


def _to_date(titles: str) -> bool:
    """Whether the columns add up from the year's begin."""
    return re.search("累计|年度|本年|上年", titles) is not None


def _take(found: dict[str, Field], name: str, one: Field | None) -> None:
    if one is not None and name not in found:
        found[name] = one


def _from_titles(found: dict[str, Field], each: Grid, kind: Kind) -> None:
    """The day or period from the columns' titles, where the heading names none: the latest of them."""
    if "as_of" in found or "period_until" in found:
        return
    read = [when for line in each.titles if (when := heads.when([line], kind)) is not None]
    if not read:
        return
    latest = max(read, key=lambda when: when.last)
    latest = replace(latest, sure=0.93)
    if kind == "balance_sheet":
        _take(found, "as_of", heads.as_of(each.sheet, latest))
    else:
        found |= heads.period(each.sheet, latest, to_date=True)


# --- which sheets are one statement ----------------------------------------------------------------------------------


def speaks(kind: Kind) -> Callable[[Sheet], float]:
    """Points for a sheet by how many lines of this kind of statement stand on it."""

    def points(sheet: Sheet) -> float:
        found = [line for line in sheet.lines if 2 <= len(line.text) <= 40 and is_line(line.text, kind)]
        if len(found) < 4:
            return 0.0
        levels = sorted(line.box.cy for line in sheet.lines if form_of(line.text) in ("figure", "dash"))
        beside = {line.text for line in found if _near(levels, line.box.cy, 0.8 * line.box.height)}
        return min(MOST_POINTS, POINTS_PER_LINE * len(beside)) if len(beside) >= 4 else 0.0

    return points


def _near(levels: Sequence[float], y: float, reach: float) -> bool:
    at = bisect_left(levels, y - reach)
    return at < len(levels) and levels[at] <= y + reach


def split(sheet: Sheet) -> tuple[Sheet, ...]:
    """The sheet cut before every title of a statement that stands under the table of another."""
    found = [title for title in heads.titles(sheet) if _own_line(title.line, sheet)]
    cuts = []
    for n, title in enumerate(found):
        upper = [line for line in sheet.lines if line.box.cy < title.line.box.y0]
        upper = [line for line in upper if n == 0 or line.box.cy > found[n - 1].line.box.y1]
        ends = [line.box.y1 for line in upper if _of_a_table(line)]
        if len(ends) >= ENOUGH_LINES:
            cuts.append(_cut_above(title.line, max(ends), upper))
    if not cuts:
        return (sheet,)
    edges = [0.0, *cuts, sheet.height]
    parts: list[Sheet] = []
    for y0, y1 in pairwise(edges):
        lines = [line for line in sheet.lines if y0 <= line.box.cy < y1]
        if lines:
            part = cut_out(sheet, Box(0, y0, sheet.width, y1), lines)
            parts.append(replace(part, index=sheet.index * 10 + len(parts)))
    return tuple(parts)


def _own_line(line: Line, sheet: Sheet) -> bool:
    return 0.15 * sheet.width < line.box.cx < 0.85 * sheet.width or line.box.x0 < 0.2 * sheet.width


def _of_a_table(line: Line) -> bool:
    return any(is_line(line.text, kind) for kind in KINDS)


def _cut_above(title: Line, table_end: float, upper: Sequence[Line]) -> float:
    """Where the next statement begins: over the company's name that stands right above its title, under the signatures."""
    between = sorted((line for line in upper if line.box.y0 > table_end - 0.3 * title.box.height), key=lambda line: -line.box.cy)
    y = title.box.y0
    for line in between:
        if y - line.box.y1 > 1.5 * title.box.height or any(mark in line.text for mark in ":：负责人制表主管"):
            break
        y = min(y, line.box.y0)
    return max(y - 0.2 * title.box.height, table_end)


def continues(kind: Kind) -> Callable[[tuple[Sheet, ...], Sheet], bool]:
    """Whether a sheet that no type recognised holds further lines of this kind of statement."""

    def goes_on(so_far: tuple[Sheet, ...], sheet: Sheet) -> bool:
        if not so_far or any(title.kind != kind for title in heads.titles(sheet)):
            return False
        if _only_signed(sheet):
            return True
        lines = _lines_with_amounts(sheet, kind)
        if not lines or lines & _lines_with_amounts(so_far[-1], kind):
            return False
        return len(lines) >= ENOUGH_LINES or _hangs_under(sheet, so_far[-1], kind)

    return goes_on


def _only_signed(sheet: Sheet) -> bool:
    """Whether nothing but the signatures under a statement stands on the sheet: they ran over onto a page of their own."""
    texts = [text for line in sheet.lines if (text := line.text.replace(" ", "")) and not is_copy_mark(text)]
    texts = [text for text in texts if not _BESIDE.fullmatch(text)]
    signed = sum(len(text) for text in texts if _SIGNATURE.search(text))
    figures = any(form_of(line.text) == "figure" for line in sheet.lines)
    return not figures and len(texts) <= MOST_SIGNED and signed >= SIGNED * sum(map(len, texts)) > 0


def _hangs_under(sheet: Sheet, before: Sheet, kind: Kind) -> bool:
    """Whether the sheet is the next page of the same file, and all its amounts stand in the columns of the page before: its last rows."""
    if (sheet.file, sheet.page) != (before.file, before.page + 1):
        return False
    columns = [(c.x0 / before.width, c.x1 / before.width) for side in grid(before, kind).sides for c in side.columns]
    cells = [cell.box for entry in grid(sheet, kind).entries for cell in entry.cells.values()]
    return bool(cells) and all(any(x0 - ASTRAY <= box.cx / sheet.width <= x1 + ASTRAY for x0, x1 in columns) for box in cells)


def _lines_with_amounts(sheet: Sheet, kind: Kind) -> frozenset[str]:
    found = set()
    for entry in grid(sheet, kind).entries:
        name = match(bare(entry.name.text), kind)
        if entry.cells and name.known and name.line:
            found.add(name.line)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Page:
    """What a sheet says about the statement it belongs to."""

    sheet: Sheet
    titled: bool
    continued: bool
    parent: bool
    company: str
    day: str
    lines: frozenset[str]


def assemble(kind: Kind) -> Callable[[Sequence[Sheet]], list[tuple[Sheet, ...]]]:
    """Groups sheets: a page goes on with an earlier statement when it names no other company or day, and repeats none of its lines."""

    def grouped(sheets: Sequence[Sheet]) -> list[tuple[Sheet, ...]]:
        groups: list[list[_Page]] = []
        for sheet in sheets:
            page = _page(sheet, kind)
            home = next((group for group in reversed(groups) if _belongs(page, group)), None)
            if home is None:
                groups.append([page])
            else:
                home.append(page)
        return [tuple(page.sheet for page in _in_order(group)) for group in groups]

    return grouped


def _page(sheet: Sheet, kind: Kind) -> _Page:
    each = grid(sheet, kind)
    mine = [title for title in heads.titles(sheet) if title.kind == kind]
    fields = _heading([each], kind)
    day = fields.get("as_of") or fields.get("period_until")
    company = fields.get("company")
    return _Page(
        sheet,
        bool(mine),
        any(title.continued for title in mine),
        any(title.parent for title in mine),
        company.text if company and company.confidence >= 0.8 else "",
        day.text if day and day.confidence >= 0.8 else "",
        _lines_with_amounts(sheet, kind),
    )


def _belongs(page: _Page, group: Sequence[_Page]) -> bool:
    first, last = group[0], group[-1]
    if page.day and first.day and page.day != first.day:
        return False
    if page.company and first.company and same(page.company, first.company) == "different":
        return False
    if page.titled and first.titled and page.parent != first.parent:
        return False
    shared = max((len(page.lines & other.lines) for other in group), default=0)
    if shared > 0.2 * max(1, min(len(page.lines), median(len(other.lines) for other in group))):
        return False
    far = page.sheet.file == last.sheet.file and page.sheet.page - last.sheet.page > 3
    return page.continued or not far


def _in_order(group: Sequence[_Page]) -> list[_Page]:
    """Pages of one statement, the one with its title first."""
    return sorted(group, key=lambda page: page.continued or not page.titled)
