"""Rows of a ledger's table → entries: the day, the sums as printed, who and what. Nothing is interpreted yet.

Which way a sum goes and which row came first is decided over all pages together, by the running balance: _bank_ledger.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import Literal

from extractors.documents import _bank_titles as titles
from extractors.documents._bank_broken import mended
from extractors.documents._bank_dates import CELLS, SPECKS, Day, Order, day_in, is_day, order_of
from extractors.documents._bank_lines import tidied
from extractors.documents._bank_second import put_back, second_lines, without
from extractors.documents._bank_stamp import unstamped
from extractors.layout import Text, join
from extractors.model import Box, Sheet
from extractors.numbers import money
from extractors.numbers.errors import NumberError
from extractors.numbers.text import normal
from extractors.table import Row, Table, table

Kind = Literal["entry", "opening", "carried", "closing", "page total", "total", "other"]
SUMS = ("amount", "in", "out", "balance")


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum as printed: in fen (None when it cannot be read), its text, its weakest character, whether a sign stands there."""

    fen: int | None
    text: Text
    confidence: float
    signed: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A printed row. `sheet`: place of its sheet in the document; `side`: 1 in, -1 out, 0 where no flag says so;
    `series`: the sub-account and currency whose balance the row carries on."""

    sheet: int
    kind: Kind
    box: Box
    day: Day
    amount: Figure | None
    came: Figure | None
    left: Figure | None
    balance: Figure | None
    side: int
    summary: str
    counterparty: str
    text_confidence: float
    series: str
    printed: str


# --- the table -------------------------------------------------------------------------------------------------------

_SUM = re.compile(r"^[-+−–—(（￥¥Y借贷收支出入存取付转 ]*\d[\d,，.．'`;:· OoIlSB]*[)）]?[-+借贷元]?(?:[CD][Rr]?)?$")


@lru_cache(maxsize=4096)
def is_sum(text: str) -> bool:
    """Whether a cell looks like an amount, badly read characters included."""
    return _SUM.match(text.strip(SPECKS)) is not None


def _dated(name: str, text: str) -> bool:
    return name in CELLS and is_day(text)


def _anchor(name: str, text: str) -> bool:
    return name in SUMS and is_sum(text)


def _need(names: frozenset[str]) -> bool:
    dated = bool(names & {"date", "posted", "time"})
    return dated and len(names) >= 3 and bool(names & {"amount", "in", "out"})


def ledger_table(sheet: Sheet, like: Table | None = None) -> Table | None:
    """The sheet's table of entries, None when it has none."""
    plain = mended(tidied(unstamped(sheet)))
    second = second_lines(plain, like, _leads)
    if second is None:
        return table(plain, titles.COLUMNS, _anchor, _need, like, _dated)
    found = table(without(plain, second), titles.COLUMNS, _anchor, _need, like, _dated)
    return put_back(found, second, like) if found else None


_CENTS = re.compile(r"\d[.,]\d\d(?!\d)")


def _leads(text: str) -> bool:
    """Whether a text is, or begins with, what only an entry's first line holds: a day, a sum with cents (no account, no time)."""
    first = text.split(" ")[0]
    return any(is_day(part) or (is_sum(part) and _CENTS.search(part) is not None) for part in (text, first))


# --- sums ------------------------------------------------------------------------------------------------------------

_PLAIN_SUM = re.compile(r"([-+]?)[¥￥]?(\d{1,3}(?:,\d{3})+|\d+)\.(\d\d)")
_WITHIN = re.compile(r"[-+]?\d[\d,]*\.\d\d(?!\d)")
_MARKED = re.compile(r"[-+]?\d[\d.,:· ]*[.:·] ?\d[.: ]*\d")
"""Digits with two places behind a mark, the marks not where they belong: dirt was read among them."""
_TWO_SUMS = re.compile(r"\.\d\d\d[\d,]*\.\d\d|\.\d\d *[-+]\d")
_FLAGGED = re.compile(r"^(借|贷|收入?|支出?|转[入出]|存入?|支?取出?|付出?)|(借|贷|[CD][Rr]?)$")


WITHOUT_POINT, LOST_POINT = 0.9, 0.8
"""Trust in a sum without decimals, and in one that a reader of pictures may have taken them from."""


def fen_of(text: str) -> tuple[int | None, float]:
    """The sum in fen and how far the form can be trusted (0..1); None when there is none.

    >>> fen_of("-1,234.50"), fen_of("1.234.50"), fen_of("消费-35.00"), fen_of("----"), fen_of(".-35.00:")
    ((-123450, 1.0), (123450, 0.8), (-3500, 0.7), (None, 0.0), (-3500, 0.8))
    >>> fen_of("44,931:85"), fen_of("803,433.7.7"), fen_of("1,000.00500.00")
    ((4493185, 0.5), (80343377, 0.5), (None, 0.0))
    """
    plain = _PLAIN_SUM.fullmatch(text)
    if plain:
        fen = int(plain[2].replace(",", "")) * 100 + int(plain[3])
        return (-fen if plain[1] == "-" else fen), 1.0
    whole = unicodedata.normalize("NFKC", text).strip()
    narrow = _FLAGGED.sub("", whole.strip(SPECKS).replace(";", ",")).strip()
    if not any(c.isdigit() for c in narrow):
        return None, 0.0
    try:
        fen = money.parse(narrow)
        regular = re.search(r"[.]\d\d\D?$", narrow) is not None and "," not in narrow.rpartition(".")[2]
        patched = narrow.count(".") > 1 or whole.count(";") or whole[0] in SPECKS or whole[-1] in SPECKS
        cut_short = re.search(r"\.\d?\D*$", narrow) is not None
        return fen, (0.8 if patched or cut_short else 1.0 if regular else WITHOUT_POINT)
    except NumberError:
        pass
    if _TWO_SUMS.search(narrow):
        return None, 0.0
    if _MARKED.fullmatch(narrow):
        return int(re.sub(r"[^\d-]", "", narrow)), 0.5
    inside = _WITHIN.findall(narrow)
    if len(inside) == 1:
        digits = inside[0].replace(",", "").replace(".", "").lstrip("+")
        return int(digits), 0.6 if inside[0] == narrow else 0.7
    likely = money.proposal(narrow)
    return (likely, 0.4) if likely is not None else (None, 0.0)


def figure(cell: Text | None) -> Figure | None:
    """The sum in a cell; None for an empty one or a dash."""
    if cell is None or not any(c.isdigit() for c in cell.text):
        return None
    fen, trust = fen_of(cell.text)
    signed = any(c in "+-−–—(（" for c in cell.text)
    if trust == WITHOUT_POINT and cell.parts[0].source != "text":
        trust = LOST_POINT
    return Figure(fen, cell, min(cell.confidence, trust) if fen is not None else 0.0, signed)


# --- texts -----------------------------------------------------------------------------------------------------------

_FILL = re.compile(r"[-—–_*.·/\\\s]*")
_NUMBER_PART = re.compile(r"[(（\[/|,，:：\s]*[\d*xX][\d*xX\- ]{6,}[)）\]/|,，:：\s]*")

_BANKLIKE = re.compile(r"银行|信用社|联社|农商行|分行|支行|支付|财付通")
"""What stands behind the account in a cell of three: the other side's bank."""


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """A text cell in normal form; "" for dashes that fill an empty cell."""
    return "" if _FILL.fullmatch(text) else normal(text)


_DIRTY = re.compile(r"[⺀-鿿)）][.:;,'`•]|[.:;,'`•][⺀-鿿(（]|[A-Z]\.[A-Z]|[)）]·|·[(（]")
DIRTY = 0.6
"""Highest confidence of a picture's text with a mark where Chinese has none."""


def _text_sure(cell: Text) -> float:
    dirty = cell.parts[0].source != "text" and _DIRTY.search(_swept(cell)) is not None
    return min(cell.confidence, DIRTY) if dirty or _overprinted(cell) else cell.confidence


def _overprinted(cell: Text) -> bool:
    """Whether two texts of the cell lie over each other: one of them is a stamp's."""
    return any(
        a.box.overlap_y(b.box) > 0.35 * min(a.box.height, b.box.height) and a.box.overlap_x(b.box) > a.box.height
        for a, b in combinations(cell.parts, 2)
    )


def _swept(cell: Text) -> str:
    """The cell's text; of a picture without the marks around Chinese that dirt was read as."""
    if cell.parts[0].source == "text":
        return cell.text
    return re.sub(rf"^[{SPECKS}]+(?=[⺀-鿿]|$)|(?<=[⺀-鿿])[{SPECKS}]+$", "", cell.text)


@lru_cache(maxsize=8192)
def name_of(text: str) -> str:
    """The name in a counterparty cell that may hold the account too; the account where there is no name.

    >>> name_of("6217000012345678/张三"), name_of("重庆示例有限公司 (0902****1234)"), name_of("6217000012345678")
    ('张三', '重庆示例有限公司', '6217000012345678')
    >>> name_of("张三 6217000012345678 中国建设银行成都分行")
    '张三'
    """
    whole = clean(text)
    number = _NUMBER_PART.search(whole)
    if number and number.start() > 1 and _BANKLIKE.search(whole[number.end() :]):
        return whole[: number.start()].strip("/|,:;- ")
    rest = _NUMBER_PART.sub("", whole, count=1).strip("/|,:;- ")
    return rest if rest else whole


def side_of(text: str) -> int:
    """What a flag says: 1 in, -1 out, 0 nothing (不计收支, 其他, /).

    >>> [side_of(flag) for flag in ("收入", "转出", "借 Dr", "C", "来账", "不计收支", "/")]
    [1, -1, -1, 1, 1, 0, 0]
    """
    if "不计" in text or "其他" in text:
        return 0
    for character in text.upper():
        if character in titles.IN_WORDS:
            return 1
        if character in titles.OUT_WORDS:
            return -1
    return 0


# --- rows ------------------------------------------------------------------------------------------------------------


def _starts(words: Sequence[str]) -> re.Pattern[str]:
    each = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(rf"(?:{each})(?:余额|金额|发生额|笔数|累计|[:：(（\d共]|$)")


_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("opening", _starts(titles.OPENING)),
    ("carried", _starts(titles.CARRIED)),
    ("closing", _starts(titles.CLOSING)),
    ("page total", _starts(titles.PAGE_TOTAL)),
    ("total", _starts(titles.TOTAL)),
)
_TOTAL_ANYWHERE = re.compile(r"合计|总计|小计|累计|总额|总笔数")
_PAGE_WORD = re.compile(r"本页|当页|小计")


def kind_of(texts: Sequence[str], dated: bool) -> Kind:
    """What a row is, by its cells' texts without spaces; `dated` rows are entries unless a whole cell says otherwise."""
    for text in texts:
        for kind, words in _KINDS:
            found = words.match(text)
            if found and (not dated or found.end() == len(text)):
                return kind
    whole = "".join(texts)
    if not dated and _TOTAL_ANYWHERE.search(whole):
        return "page total" if _PAGE_WORD.search(whole) else "total"
    return "entry"


def entries_of(place: int, found: Table, order: Order | None = None) -> list[Entry]:
    """The rows of one sheet's table, in the order of printing. order: as the days of the whole statement tell it; None: as these do."""
    names = {column.name for column in found.columns} | {name for row in found.rows for name in row.cells}
    what = next((name for name in ("summary", "type", "remark") if name in names), "summary")
    who = "counterparty" if "counterparty" in names else "counterparty account"
    flags = "flag" if "flag" in names else _flags_in(found)
    rows = found.rows
    if what not in names and any(column.name == who and TWO_IN_ONE.match(column.title) for column in found.columns):
        rows, names = tuple(_parted(row, what, who) for row in rows), names | {what}
    order = order_of([row.cells for row in rows]) if order is None else order
    untold = who not in names and 2 * sum(_wraps(row.cells.get(what)) for row in rows) > len(rows)  # a second line without a title
    entries = [_entry(place, row, what, who, flags, order, UNTITLED if not {what, who} <= names else 1.0) for row in rows]
    return [replace(each, text_confidence=min(each.text_confidence, UNTITLED)) for each in entries] if untold else entries


TWO_IN_ONE = re.compile("(?:交易|业务)?(?:摘要|用途|附言|说明|内容)[/、及和与]")
"""A title of a column that prints what and, on the next line, who (摘要/对方信息)."""


def _parted(row: Row, what: str, who: str) -> Row:
    """The row with the first printed line of its cell as the summary and the second as the counterparty; more lines are not sure."""
    cell = row.cells.get(who)
    if cell is None:
        return row
    first = cell.parts[0].box
    upper = [part for part in cell.parts if part.box.overlap_y(first) > 0.5 * min(part.box.height, first.height)]
    lower = [part for part in cell.parts if part not in upper]
    texts = {what: join(upper)} | ({who: join(lower)} if lower else {})
    if lower and lower[-1].box.cy - lower[0].box.cy > 0.5 * first.height:
        texts = {name: replace(text, confidence=min(text.confidence, UNTITLED)) for name, text in texts.items()}
    return replace(row, cells={name: each for name, each in row.cells.items() if name != who} | texts)


_TIME_AHEAD = re.compile(r"^\d{2}:\d{2}(?::\d{2})?(?=[⺀-鿿])")
"""The time of the column before, read together with the words behind it."""
UNTITLED = 0.85
"""Highest trust in a row's words where its table has no column for one of them, and words under a title that nobody knows or on a
second line: they may be the other's."""
_FLAG = re.compile(r"收入?|支出?|其他|不计收支|转[入出]|[来往]账|[借贷](?:方|Dr|Cr)?|存入?|支?取")


def _flags_in(found: Table) -> str:
    """The column without a known title in which most rows say which way the sum goes (收/支, its title half read); "" for none."""
    names = [column.name for column in found.columns if column.name.startswith("?") and len(found.rows) > 2]
    told = {name: sum(1 for row in found.rows if name in row.cells and _FLAG.fullmatch(row.cells[name].text)) for name in names}
    return next((name for name, count in told.items() if 2 * count > len(found.rows)), "")


def _entry(place: int, row: Row, what: str, who: str, flags: str, order: Order, unnamed: float) -> Entry:
    """`unnamed`: the trust in a row's words where other words stand in a column whose title nobody knows."""
    cells = row.cells
    day = day_in(cells, order)
    sums = {name: figure(_first(cells, name)) for name in SUMS}
    words = {name: cell for name, cell in cells.items() if any(c > "⺀" for c in cell.text)}
    texts = [re.sub(r"\s", "", cell.text) for cell in words.values()]
    dated = day.day is not None or day.month_day is not None
    if dated:
        texts = [re.sub(r"\s", "", words[name].text) for name in ("summary", "type", "remark") if name in words]
    flag = cells.get(flags)
    about = [cells[name] for name in (what, who) if name in cells]
    summary = clean(_TIME_AHEAD.sub("", _swept(cells[what]))) if what in cells else ""
    counterparty = name_of(_swept(cells[who])) if who in cells else ""
    strange = any(name.startswith("?") and name != flags and not _FLAG.fullmatch(cell.text) for name, cell in words.items())
    series = "/".join(_series_of(cells[name].text) for name in ("account", "currency") if name in cells)
    side = side_of(flag.text) if flag else _own_flag(sums["amount"])
    kind = kind_of(texts, dated)
    if kind == "entry" and not _plausible(sums, dated, bool(summary or counterparty)):
        kind = "other"
    return Entry(
        place, kind, row.box, day, sums["amount"], sums["in"], sums["out"], sums["balance"], side, summary,
        counterparty, min((unnamed if strange else 1.0, *(_text_sure(cell) for cell in about))), series,
        "" if dated else " ".join(line.text for line in sorted(row.lines, key=lambda line: line.box.x0)),
    )  # fmt: skip


def _wraps(cell: Text | None) -> bool:
    """Whether a cell is of several printed lines."""
    return cell is not None and cell.parts[-1].box.cy - cell.parts[0].box.cy > 0.5 * cell.parts[0].box.height


def _series_of(text: str) -> str:
    """A sub-account or currency as it tells balances apart; 币 is often read as 市."""
    plain = re.sub(r"\s", "", text)
    return "人民币" if plain.startswith("人民") else plain


def _plausible(sums: Mapping[str, Figure | None], dated: bool, worded: bool) -> bool:
    """Whether a row is a transaction: a day and a sum or balance; without a day a sum, a balance and a word."""
    summed = any(sums[name] for name in ("amount", "in", "out"))
    return (summed or bool(sums["balance"])) if dated else summed and bool(sums["balance"]) and worded


def _first(cells: Mapping[str, Text], name: str) -> Text | None:
    return cells.get(name) or cells.get(f"{name}#2")


def _own_flag(amount: Figure | None) -> int:
    found = _FLAGGED.search(amount.text.text) if amount else None
    return side_of(found.group()) if found else 0
