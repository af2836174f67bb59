"""What a house style of bank statements says: columns, order, pages, totals and wording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from samples.figures import Notation
from samples.flows import Kind

Align = Literal["left", "center", "right"]


PLAIN = Notation()


@dataclass(frozen=True, slots=True)
class Column:
    """`key`: what stands in it (see bank_statement._cell), or `=` and a word for every row; `width` in mm, 0 for the room that is left."""

    key: str
    heading: str
    width: float
    align: Align = "left"


@dataclass(frozen=True)
class Style:
    """`first_rows`, `rows`: how many fit on page 1 and on the others, 0 for one endless page. `header`: label=key pairs.

    `totals`: where sums of in and out stand: `page` (本页合计, and 合计 at the end), `end`, `header`, or nowhere.
    `carried`: 承前页 and 过次页 with the balance on every page. `subtitle`: the period stands below the title.
    `seal`: on the `last`, `every` or no page. `nothing`: what an empty amount cell shows.
    """

    name: str
    kinds: tuple[Kind, ...]
    template: str
    title: str
    header: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    first_rows: int
    rows: int
    size_mm: tuple[float, float]
    notation: Notation = PLAIN
    date_format: str = "%Y-%m-%d"
    period_format: str = "{first} 至 {last}"
    newest_first: bool = False
    totals: Literal["page", "end", "header", ""] = ""
    carried: bool = False
    page_text: str = "第 {page} 页 / 共 {of} 页"
    seal: Literal["last", "every", ""] = ""
    seal_lines: tuple[str, ...] = ("业务专用章",)
    subtitle: bool = False
    group_digits: bool = False
    masked: bool = False
    plus: bool = False
    flags: tuple[str, str] = ("收入", "支出")
    nothing: str = ""


def columns(text: str) -> tuple[Column, ...]:
    """Columns from lines `key heading width [c|r]`."""
    aligns: dict[str, Align] = {"c": "center", "r": "right", "l": "left"}
    rows = (line.split() for line in text.strip().splitlines())
    return tuple(Column(r[0], r[1].replace("_", " "), float(r[2]), aligns[r[3] if len(r) > 3 else "l"]) for r in rows)


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    halves = (item.split("=") for item in text.split("|"))
    return tuple((label, key) for label, key in halves)


PORTRAIT, LANDSCAPE = (210.0, 297.0), (297.0, 210.0)
