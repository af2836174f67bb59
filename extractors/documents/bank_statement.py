"""银行流水: statements and ledgers of an account, from a bank, a payment house or an app, on any number of pages.

The table is read page by page (_bank_rows.py), the reading of its columns and its order are decided over all pages by the
running balance (_bank_ledger.py), what stands around it by labels (_bank_header.py), pages are put together in _bank_group.py.

Besides the contract's fields there are two lists for the rules on whole statements:
  * `pages_printed`: {file, page, number, of}: the running page numbers as printed; `of` 0 where only the number stands there;
  * `page_balances`: {file, page, opening, closing, confidence}: money texts, "" where unknown; as 承前页 and 过次页 say, else from
    the page's first and last row in the order of time.
`transactions` are in the order of printing; each has `confidence` (of day and sums, which the running balance can confirm),
`text_confidence` (of summary and counterparty, which nothing confirms), `evidence`, `time` where printed, `series` (sub-account
and currency) where the statement mixes several, and where a likelier reading of doubtful characters makes the balances follow, a
`proposal` {"amount" | "balance": money text}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extractors.doctype import Anchor, DocumentType, FieldSpec
from extractors.documents import _bank_heads, _bank_screens
from extractors.documents._bank_beneath import named_beneath
from extractors.documents._bank_dates import order_of
from extractors.documents._bank_days import Period, once, one_series, whole_days
from extractors.documents._bank_group import assemble, continues
from extractors.documents._bank_header import Around, around, header_fields, known, page_number, printed_totals
from extractors.documents._bank_ledger import Ledger, interpret, sureness
from extractors.documents._bank_name import bank_field
from extractors.documents._bank_rows import Entry, Figure, entries_of, ledger_table
from extractors.documents._bank_screens import screen_entries
from extractors.layout import Text, join
from extractors.model import Evidence, Field, Line, Sheet
from extractors.numbers import dates, money
from extractors.table import Table

UNREAD = 0.5
"""Highest confidence of a blank where nearly all rows print a word."""
HEADER_SHEETS = 2
"""Labels are read on this many first sheets, and on the last."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A document's sheets taken apart: rows in the order of printing, and what stands around them, sheet by sheet."""

    sheets: tuple[Sheet, ...]
    entries: tuple[Entry, ...]
    around: tuple[Around, ...]


def extract(sheets: tuple[Sheet, ...]) -> Mapping[str, Field]:
    """The fields of one statement."""
    read = _read(sheets)
    fields = _around_fields(read)
    rows = whole_days(one_series(read.entries), _period(fields))
    fields |= _row_balances(read, rows, fields)
    entries = [e for e in rows if e.kind == "entry"]
    opening = fields.get("opening_balance")
    ledger = interpret(entries, money.from_contract(opening.text) if opening and opening.text else None)
    fields |= _totals(read, rows, ledger.swapped)
    fields |= _closing_of_total(read, rows, ledger) if "closing_balance" not in fields else {}
    if entries:
        sure, proposals = sureness(ledger)
        fields["transactions"] = _transactions(read, ledger, sure, proposals)
        fields["page_balances"] = _page_balances(read, rows, ledger, sure)
    pages = _pages_printed(read)
    if pages:
        fields["pages_printed"] = pages
    return fields


def _read(sheets: tuple[Sheet, ...]) -> _Read:
    tables = _tables(sheets)
    order = order_of([row.cells for found in tables if found for row in found.rows])
    pages: list[list[Entry]] = []
    outside: list[Around] = []
    for place, (sheet, found) in enumerate(zip(sheets, tables, strict=True)):
        if found is not None:
            pages.append(named_beneath(entries_of(place, found, order)))
            outside.append(around(sheet, (*found.before, *found.after)))
        else:
            rows, rest = screen_entries(place, sheet)
            pages.append(rows)
            outside.append(around(sheet, rest))
    pictures = all(sheet.source != "text" for sheet in sheets) and len({sheet.file for sheet in sheets}) == len(sheets)
    entries = once(pages) if pictures else [entry for rows in pages for entry in rows]
    return _Read(sheets, tuple(entries), tuple(outside))


def _tables(sheets: Sequence[Sheet]) -> list[Table | None]:
    """Each sheet's table of entries, in the columns of an earlier one where it prints no titles; None where it has none."""
    done: list[Table | None] = []
    like: Table | None = None
    for sheet in sheets:
        found = ledger_table(sheet, like)
        found = found if found is not None and (found.rows or found.header) else None
        like = found if found is not None and found.header else like
        done.append(found)
    return done


def _around_fields(read: _Read) -> dict[str, Field]:
    chosen = _once([*read.around[:HEADER_SHEETS], *read.around[HEADER_SHEETS:][-1:]])
    fields = header_fields(chosen)
    bank = bank_field(chosen)
    if bank is not None:
        fields["bank"] = bank
    return fields


def _totals(read: _Read, rows: Sequence[Entry], swapped: bool) -> dict[str, Field]:
    """Printed totals of the whole statement: around the table, else in its rows."""
    chosen = [*read.around[:HEADER_SHEETS], *read.around[HEADER_SHEETS:][-1:]]
    texts = [(each.sheet, text) for each in chosen for text in (*(join([line]) for line in each.lines), *_summed_rows(each.lines))]
    return _row_totals(read, rows, swapped) | dict(printed_totals(texts, swapped))


_TOTAL_HEAD = re.compile(
    "合计|总计|累计|(?:本期)?(?:收入|支出|存入|支取|转入|转出|借方|贷方)(?:发生)?(?:总?额|金额)?(?:合计|总计|累计|总额)[:：]?$"
)


def _summed_rows(lines: Sequence[Line]) -> list[Text]:
    """Printed lines from where they name a total, whole: its sums stand apart (`累计：支出 9笔 1.00    存入 2笔 2.00`)."""
    heads = [line for line in lines if _TOTAL_HEAD.match(line.text)]
    beside = [[x for x in lines if abs(x.box.cy - head.box.cy) < 0.4 * head.box.height and x.box.x0 >= head.box.x0] for head in heads]
    return [join(sorted(row, key=lambda x: x.box.x0)) for row in beside if len(row) > 1]


def _once(outside: Sequence[Around]) -> list[Around]:
    """The sheets without what an earlier one prints in the same words at the same place."""
    seen: set[tuple[str, int, int]] = set()
    done = []
    for each in outside:
        places = [(line.text, round(line.box.x0 / 8), round(line.box.y0 / 8)) for line in each.lines]
        done.append(around(each.sheet, [line for line, place in zip(each.lines, places, strict=True) if place not in seen]))
        seen.update(places)
    return done


def _period(fields: Mapping[str, Field]) -> Period | None:
    ends = [fields[name].text for name in ("period_from", "period_until") if name in fields]
    return (dates.parse(ends[0]), dates.parse(ends[1])) if len(ends) == 2 and all(ends) else None


# --- rows that are no entries ----------------------------------------------------------------------------------------


def _row_balances(read: _Read, rows: Sequence[Entry], fields: Mapping[str, Field]) -> dict[str, Field]:
    """Opening and closing balance from rows that say so (上期余额, 承前页 on the first page; 期末余额)."""
    found: dict[str, Field] = {}
    edges = {0, len(read.sheets) - 1}
    for name, kind in (("opening_balance", "opening"), ("closing_balance", "closing")):
        if name in fields:
            continue
        for entry in rows:
            sum_ = entry.balance or entry.amount
            if entry.kind == kind and entry.sheet in edges and sum_ and sum_.fen is not None:
                found[name] = _sum_field(read, entry, sum_)
                break
    return found


def _sum_field(read: _Read, entry: Entry, one: Figure) -> Field:
    return known(read.sheets[entry.sheet], one.text, money.to_contract(one.fen or 0), one.confidence)


def _row_totals(read: _Read, rows: Sequence[Entry], swapped: bool) -> dict[str, Field]:
    """Totals from rows 合计: of the columns, else of the words in them. Of several the one for the whole statement."""
    chosen = _total_row(rows)
    if chosen is None:
        return {}
    sides = (chosen.left, chosen.came) if swapped else (chosen.came, chosen.left)
    if all(one is not None and one.fen is not None for one in sides):  # figures under titles tell more than words beside them
        return _under_titles(read, chosen, sides)
    figures = [f for f in (chosen.came, chosen.left, chosen.amount, chosen.balance) if f]
    parts = tuple(part for f in figures for part in f.text.parts)
    text = Text(chosen.printed, chosen.box, min((f.confidence for f in figures), default=0.0), parts)
    found = dict(printed_totals([(read.sheets[chosen.sheet], text)], swapped))
    return found or _under_titles(read, chosen, sides)


def _total_row(rows: Sequence[Entry]) -> Entry | None:
    """The row of totals of the whole statement."""
    totals = [e for e in rows if e.kind == "total"]
    whole = [e for e in totals if not any(word in e.printed for word in ("本月", "本日", "当日", "本年", "月合计", "日合计"))]
    return whole[-1] if whole else totals[0] if len(totals) == 1 else None


def _closing_of_total(read: _Read, rows: Sequence[Entry], ledger: Ledger) -> dict[str, Field]:
    """The closing balance in the row of totals, where it is what the last entry in the order of time left."""
    total = _total_row(rows)
    if total is None or total.balance is None or not ledger.order:
        return {}
    last = ledger.entries[ledger.order[-1]].balance
    if last is None or last.fen is None or last.fen != total.balance.fen:
        return {}
    return {"closing_balance": _sum_field(read, total, total.balance)}


def _under_titles(read: _Read, total: Entry, sides: Sequence[Figure | None]) -> dict[str, Field]:
    return {
        name: _absolute(_sum_field(read, total, one))
        for name, one in zip(("total_in", "total_out"), sides, strict=True)
        if one is not None and one.fen is not None
    }


def _absolute(one: Field) -> Field:
    return replace(one, value=one.text.lstrip("-"))


# --- the lists -------------------------------------------------------------------------------------------------------


def _transactions(read: _Read, ledger: Ledger, sure: Sequence[float], proposals: Mapping[int, Mapping[str, int]]) -> Field:
    words = _text_sureness(ledger.entries)
    rows: list[Mapping[str, Any]] = []
    for place, (entry, amount) in enumerate(zip(ledger.entries, ledger.amounts, strict=True)):
        balance = entry.balance.fen if entry.balance else None
        row: dict[str, Any] = {
            "date": entry.day.day.isoformat() if entry.day.day else "",
            "summary": entry.summary,
            "counterparty": entry.counterparty,
            "amount": money.to_contract(amount) if amount is not None else "",
            "balance": money.to_contract(balance) if balance is not None else "",
            "confidence": sure[place],
            "text_confidence": words[place],
            "evidence": read.sheets[entry.sheet].evidence(entry.box),
        }
        if entry.day.time:
            row["time"] = entry.day.time
        if entry.series:
            row["series"] = entry.series
        if place in proposals:
            row["proposal"] = {name: money.to_contract(fen) for name, fen in proposals[place].items()}
        rows.append(row)
    return Field(tuple(rows), f"{len(rows)} 行", round(min(*sure, *words), 4), _first_evidence(read, ledger), _source(read))


def _text_sureness(entries: Sequence[Entry]) -> list[float]:
    """The weakest character of each row's words; less on a picture where a word is missing that nearly all rows have."""
    named = 10 * sum(1 for e in entries if e.summary) > 9 * len(entries)
    return [
        round(min(e.text_confidence, UNREAD) if named and not e.summary and e.text_confidence < 1 else e.text_confidence, 4)
        for e in entries
    ]


def _first_evidence(read: _Read, ledger: Ledger) -> Evidence:
    """Around the rows of the first sheet that has any."""
    first = ledger.entries[0].sheet
    box = ledger.entries[0].box
    for entry in ledger.entries:
        if entry.sheet == first:
            box = box.union(entry.box)
    return read.sheets[first].evidence(box)


def _source(read: _Read) -> Any:
    return "text" if all(sheet.source == "text" for sheet in read.sheets) else "ocr"


def _pages_printed(read: _Read) -> Field | None:
    """The running page numbers, where any is printed."""
    rows = []
    for each in read.around:
        number = page_number(each)
        if number is not None:
            rows.append({"file": each.sheet.file, "page": each.sheet.page, "number": number[0], "of": number[1]})
    if not rows:
        return None
    return Field(tuple(rows), "", 1.0 if _source(read) == "text" else 0.9, None, _source(read))


def _page_balances(read: _Read, rows: Sequence[Entry], ledger: Ledger, sure: Sequence[float]) -> Field:
    """Balance before the first and after the last row of each sheet in the order of time; of one account only."""
    if len({entry.series for entry in ledger.entries}) > 1:
        return Field((), "", 0.0, None, _source(read))
    on: dict[int, list[int]] = {}
    for place in ledger.order:
        on.setdefault(ledger.entries[place].sheet, []).append(place)
    printed = {(e.sheet, e.kind): e.balance or e.amount for e in reversed(rows) if e.kind in ("opening", "carried")}
    found: list[dict[str, Any]] = []
    for place, sheet in enumerate(read.sheets):
        if place not in on:
            continue
        first, last = on[place][0], on[place][-1]
        opening, before = printed.get((place, "opening")), _before(ledger, first)
        closing, after = printed.get((place, "carried")), ledger.entries[last].balance
        found.append({
            "file": sheet.file,
            "page": sheet.page,
            "opening": _money(opening.fen if opening else before),
            "closing": _money(closing.fen if closing else after.fen if after else None),
            "confidence": min(opening.confidence if opening else sure[first], closing.confidence if closing else sure[last]),
        })  # fmt: skip
    return Field(tuple(found), "", round(min((row["confidence"] for row in found), default=0.0), 4), None, _source(read))


def _before(ledger: Ledger, place: int) -> int | None:
    balance, amount = ledger.entries[place].balance, ledger.amounts[place]
    return balance.fen - amount if balance and balance.fen is not None and amount is not None else None


def _money(fen: int | None) -> str:
    return "" if fen is None else money.to_contract(fen)


# --- the type --------------------------------------------------------------------------------------------------------

TYPE = DocumentType(
    id="bank_statement",
    label="银行流水",
    anchors=(
        Anchor("历史明细", 0.6, title=True),
        Anchor("交易明细", 0.6, title=True),
        Anchor("交易流水", 0.6, title=True),
        Anchor("流水明细", 0.6, title=True),
        Anchor("账户明细", 0.6, title=True),
        Anchor("银行流水", 0.6, title=True),
        Anchor("明细清单", 0.5, title=True),
        Anchor("交易清单", 0.6, title=True),
        Anchor("明细查询", 0.5, title=True),
        Anchor("对账单", 0.6, title=True),
        Anchor("对帐单", 0.6, title=True),
        Anchor("分户账", 0.6, title=True),
        Anchor("明细账", 0.4, title=True),
        Anchor("活期明细", 0.6, title=True),
        Anchor("收支明细", 0.6, title=True),
        Anchor("交易明细证明", 0.6, title=True),
        Anchor("交易记录", 0.5, title=True),
        Anchor("收支记录", 0.5, title=True),
        Anchor("账单明细", 0.5, title=True),
        Anchor("交易日期", 0.3),
        Anchor("记账日期", 0.3),
        Anchor("交易时间", 0.2),
        Anchor("交易金额", 0.3),
        Anchor("发生额", 0.3),
        Anchor("账户余额", 0.3),
        Anchor("本次余额", 0.4),
        Anchor("联机余额", 0.4),
        Anchor("余额", 0.2),
        Anchor("摘要", 0.2),
        Anchor("对方户名", 0.3),
        Anchor("对方账号", 0.3),
        Anchor("交易对方", 0.3),
        Anchor("对手信息", 0.3),
        Anchor("起止日期", 0.2),
        Anchor("借方", 0.15),
        Anchor("贷方", 0.15),
        Anchor("收入金额", 0.2),
        Anchor("支出金额", 0.2),
        Anchor("户名", 0.15),
        Anchor("卡号", 0.15),
        Anchor("币种", 0.1),
        Anchor("承前页", 0.4),
        Anchor("过次页", 0.4),
        Anchor("电子回单", -0.8, title=True),
        Anchor("回单编号", -0.6),
        Anchor("资产负债表", -1.0, title=True),
        Anchor("利润表", -1.0, title=True),
        Anchor("现金流量表", -1.0, title=True),
        Anchor("科目余额表", -1.0, title=True),
        Anchor("科目编码", -0.6),
        Anchor("记账凭证", -1.0, title=True),
        Anchor("缴存明细", -0.6, title=True),
        Anchor("信用报告", -1.5, title=True),
        Anchor("收入证明", -0.8, title=True),
        Anchor("还款计划", -1.0, title=True),
        Anchor("发票", -0.6, title=True),
        Anchor("合同", -0.3, title=True),
    ),
    fields=(
        FieldSpec("bank", "银行", "text"),
        FieldSpec("account_holder", "户名", "text", mandatory=True),
        FieldSpec("account_number", "账号", "id", mandatory=True),
        FieldSpec("period_from", "起始日期", "date"),
        FieldSpec("period_until", "截止日期", "date"),
        FieldSpec("opening_balance", "期初余额", "money"),
        FieldSpec("closing_balance", "期末余额", "money"),
        FieldSpec("total_in", "收入合计", "money"),
        FieldSpec("total_out", "支出合计", "money"),
        FieldSpec("transactions", "交易明细", "list", mandatory=True),
        FieldSpec("pages_printed", "印刷页码", "list"),
        FieldSpec("page_balances", "各页余额", "list"),
    ),
    extract=extract,
    wants=frozenset({"seals", "rules"}),
    continues=continues,
    assemble=assemble,
    speaks=lambda sheet: max(_bank_heads.speaks(sheet), _bank_screens.speaks(sheet)),
)
