"""What stands around a statement's table: holder, account, period, printed balances and totals, page numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from extractors.documents import _bank_titles as titles
from extractors.documents._bank_rows import fen_of
from extractors.documents._fields import doubted, field
from extractors.layout import Label, Text, join, labels, right_of, value_of
from extractors.model import Field, Line, Sheet
from extractors.numbers import dates, money
from extractors.numbers.errors import NumberError
from extractors.numbers.text import normal, person

DERIVED = 0.95
"""Confidence cap of a value that stands without its label."""


@dataclass(frozen=True, slots=True)
class Around:
    """A sheet with only the lines that are no rows of the table."""

    sheet: Sheet

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.sheet.lines


def around(sheet: Sheet, lines: Iterable[Line]) -> Around:
    """The sheet reduced to these lines."""
    return Around(replace(sheet, lines=tuple(lines), rules=()))


def known(sheet: Sheet, text: Text | Line, value: str, found: float = 1.0) -> Field:
    """A field whose value was already read from `text`."""
    return field(sheet, text, lambda _: value, found=found)


def header_fields(sheets: Sequence[Around]) -> dict[str, Field]:
    """All fields that labels name, from the first sheet that prints each."""
    found: dict[str, Field] = {}
    for each in sheets:
        if not each.lines:
            continue
        sheet = _untorn(each.sheet)
        labelled = [x for x in labels(sheet, titles.LABELS) if not _cuts_a_word(x) and (x.name != "other" or _is_label(x))]
        for name, one in _labelled_fields(sheet, labelled).items():
            found.setdefault(name, one)
        for name, one in _period(sheet, labelled).items():
            found.setdefault(name, one)
        for name, one in _person_in_prose(sheet).items():
            found.setdefault(name, one)
    return found


_SPACED = {"户": "名", "姓": "名", "账": "号", "帐": "号", "卡": "号"}
"""Labels of two characters that are printed far apart (`户    名：`)."""


def _untorn(sheet: Sheet) -> Sheet:
    """The sheet with such labels whole where a reader of pictures took them for two texts."""
    pairs: dict[int, Line] = {}
    for head in sheet.lines:
        after = _SPACED.get(head.text.strip())
        if after is None:
            continue
        rest = next(iter(right_of(head.box, sheet.lines, 5 * head.box.height)), None)
        if rest is not None and re.match(rf"{after}\s*[:：]?", rest.text):
            pairs[id(head)] = rest
    if not pairs:
        return sheet
    gone = {id(rest) for rest in pairs.values()}
    kept = [line for line in sheet.lines if id(line) not in gone]
    return replace(sheet, lines=tuple(_one(line, pairs[id(line)]) if id(line) in pairs else line for line in kept))


def _one(head: Line, rest: Line) -> Line:
    """Two texts of one printed line as one."""
    sure = (head.confidence,) * len(head.text) + (rest.confidences or (rest.confidence,) * len(rest.text))
    edges = (*head.part(0, len(head.text)).edges[:-1], *rest.part(0, len(rest.text)).edges)
    return Line(head.text + rest.text, head.box.union(rest.box), min(head.confidence, rest.confidence), edges, sure, (), rest.source)


# --- behind labels ---------------------------------------------------------------------------------------------------


def _labelled_fields(sheet: Sheet, labelled: Sequence[Label]) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for label in sorted(labelled, key=_of_card):
        if label.name in found or label.name not in _READERS or not _is_label(label):
            continue
        text = value_of(label, sheet, labelled)
        one = _READERS[label.name](sheet, text) if text else None
        if one is not None and one.value:
            found[label.name] = one
    return found


def _cuts_a_word(label: Label) -> bool:
    """Whether a label was found in a part of an English word or phrase (Date in Starting Date, Account/C in Account/Card)."""
    text = label.line.text
    if re.search("[A-Za-z] *$", text[: label.start]) and re.match("[A-Za-z]", text[label.start :]):
        return True
    return re.fullmatch("[A-Za-z]{2}", text[label.end - 1 : label.end + 1]) is not None


def _of_card(label: Label) -> bool:
    """Whether a label names the number of a card, not of the account behind it: taken where no account is printed."""
    words = label.line.text[label.start : label.end]
    return label.name == "account_number" and "卡" in words and not re.search("[账帐户]", words)


def _is_label(label: Label) -> bool:
    """Whether the words stand where a label can: at the start of a text, after a gap, or before a colon; not inside a word."""
    text = label.line.text
    before = text[: label.start].rstrip()
    if not before or text[label.start - 1].isspace() or before[-1] in ":：;；,，|(（)）】]、/":
        return True
    return text[label.end : label.end + 2].strip()[:1] in (":", "：")


def _holder(sheet: Sheet, text: Text) -> Field | None:
    cut = re.split(r"[\s(（]*(?:身份证|证件|\d{6,}|(?:19|20)\d\d年)", text.text, maxsplit=1)[0]
    one = field(sheet, text, person if len(cut) < 8 else normal, raw=text.text)
    value = person(re.sub(r"^(?:Name|Account ?Name|[A-Za-z][A-Za-z ]{2,30}[:：])[:：]?", "", cut).strip(" :："))
    return replace(one, value=value) if 2 <= len(value) <= 60 and not value.isdigit() else None


_ACCOUNT = re.compile(r"[\dA-Z*xX][\dA-Z*xX\- .·]{4,40}[\d*]")


SHORT_MASK, LEAST_MASKED = 0.8, 12


def account_of(text: str) -> str:
    """An account or card number, masked ones with their asterisks, without spaces; "" when there is none.

    >>> account_of("6222 0200 **** 1234"), account_of("62220200XXXX1234 人民币"), account_of("人民币")
    ('62220200****1234', '62220200****1234', '')
    """
    narrow = unicodedata.normalize("NFKC", text).upper()
    for found in _ACCOUNT.findall(narrow):
        plain = re.sub(r"[\s.·-]", "", found)
        plain = re.sub("X", "*", plain) if re.search("X{2,}", plain) else plain
        if sum(c.isdigit() for c in plain) >= 4 and len(plain) >= 7:
            return str(plain)
    return ""


def _account(sheet: Sheet, text: Text) -> Field | None:
    """The number with its groups further right on the row; less sure where the asterisks of a masked one seem too few."""
    parts = list(text.parts)
    if not re.search(r"[一-鿿]", text.text):
        for line in right_of(text.box, sheet.lines):
            if re.fullmatch(r"[\d*xX .·-]+", line.text) and line.box.x0 - parts[-1].box.x1 < 3 * text.box.height:
                parts.append(line)
    one = field(sheet, join(parts, " "), account_of)
    return doubted(one, SHORT_MASK) if "*" in one.text and len(one.text) < LEAST_MASKED else one


def _sum(sheet: Sheet, text: Text) -> Field | None:
    found = re.search(r"[-+−(（]?[¥￥]?\d[\d,，]*[.．]\d\d(?!\d)|^[-+]?[¥￥]?\d[\d,]*(?=元?$)", text.text)
    if not found:
        return None
    fen, trust = fen_of(found.group())
    return known(sheet, text, money.to_contract(fen), trust) if fen is not None else None


def _day(sheet: Sheet, text: Text) -> Field | None:
    found = re.search(rf"{DAY}", unicodedata.normalize("NFKC", text.text))
    return field(sheet, text, lambda _: dates.parse(found.group()).isoformat() if found else "")


_READERS = {
    "account_holder": _holder,
    "account_number": _account,
    "opening_balance": _sum,
    "closing_balance": _sum,
    "period_from": _day,
    "period_until": _day,
}


def _person_in_prose(sheet: Sheet) -> dict[str, Field]:
    """`兹证明：张三（居民身份证：…）在其微信号：…中的交易明细`: the payment houses' form."""
    done: dict[str, Field] = {}
    for line in sheet.lines:
        named = re.search(r"兹?证明[:：]?\s*([^\s(（:：,，]{2,20})\s*[(（]", line.text)
        if named and "account_holder" not in done:
            done["account_holder"] = field(sheet, line.part(*named.span(1)), person)
        numbered = re.search(r"(?:微信号|支付宝账[号户])[:：]?\s*([\w.@*+-]{5,40})", line.text, re.ASCII)
        if numbered and "account_number" not in done:
            done["account_number"] = field(sheet, line.part(*numbered.span(1)), str.upper)
    return done


# --- the period ------------------------------------------------------------------------------------------------------

DAY = r"(?:19|20)\d\d\s?[-./年]?\s?(?:1[0-2]|0?[1-9])\s?[-./月]?\s?(?:3[01]|[12]\d|0?[1-9])日?"
_CLOCK = r"(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
_SPAN = re.compile(
    rf"(?<!\d)({DAY}){_CLOCK}[\s.·,'`:]*(?P<joint>(?:起?至|到)\s?(?:To)?|To|[-—–~～─―一ー]+|)[\s.·,'`:]*({DAY}){_CLOCK}", re.I
)
_MONTH = re.compile(r"((?:19|20)\d\d)\s*[-./年]\s*(\d{1,2})\s*月?(?:份)?(?![\d/.-])")
_STATEMENT = re.compile(r"对账单|对帐单|明细|流水|账单")


def _period(sheet: Sheet, labelled: Sequence[Label]) -> dict[str, Field]:
    """The two days behind a period's label, on one or two lines; else the first two days joined by a dash; else a month."""
    for label in labelled:
        if label.name == "period" and (text := _long_value(label, sheet, labelled)):
            found = _span(sheet, text, 1.0)
            if found:
                return found
    for line in sheet.lines:
        found = _span(sheet, join([line]), DERIVED)
        if found:
            return found
    return _month(sheet, labelled)


def _long_value(label: Label, sheet: Sheet, labelled: Sequence[Label]) -> Text | None:
    """The value of a period's label: what stands behind it, with the next lines on its row or under it as far as needed."""
    text = value_of(label, sheet, labelled)
    if text is None or len(re.findall(DAY, text.text)) != 1:
        return text
    more = value_of(label, sheet, labelled, multiline=True)
    if more and len(re.findall(DAY, more.text)) > 1:
        return more
    last = text.parts[-1].box
    return join([*text.parts, *right_of(last, sheet.lines, 12 * last.height)[:2]], " ")


def _span(sheet: Sheet, text: Text, trust: float) -> dict[str, Field]:
    days = span_of(text.text)
    if days is None:
        return {}
    return {name: known(sheet, text, day.isoformat(), trust) for name, day in zip(("period_from", "period_until"), days, strict=True)}


def span_of(text: str, *, joined: bool = False) -> tuple[date, date] | None:
    """The first two days in a text that follow each other as from and until; None when there are none. `joined`: only with a word or
    a dash between them (a row prints the days of an entry and of its posting side by side)."""
    found = _SPAN.search(unicodedata.normalize("NFKC", text))
    if not found or (joined and not found["joint"]):
        return None
    try:
        first, last = (dates.parse(re.sub(r"\s", "", found[n])) for n in (1, 3))
    except NumberError:
        return None
    return (first, last) if first <= last else None


def _month(sheet: Sheet, labelled: Sequence[Label]) -> dict[str, Field]:
    """A statement for one month (2024年03月对账单, 账期：202403): its first and last day."""
    texts = [(text, 1.0) for label in labelled if label.name == "period" and (text := value_of(label, sheet, labelled))]
    texts += [(join([line]), DERIVED) for line in sheet.lines if _STATEMENT.search(line.text) and len(line.text) < 40]
    for text, trust in texts:
        found = _MONTH.search(text.text) or re.search(r"^((?:19|20)\d\d)(\d\d)$", text.text.strip())
        if not found or not 1 <= int(found[2]) <= 12:
            continue
        first, last = dates.parse_period(f"{found[1]}年{int(found[2])}月1日-{found[1]}年{int(found[2])}月").contract
        if first and last:
            return {name: known(sheet, text, day, trust) for name, day in (("period_from", first), ("period_until", last))}
    return {}


# --- page numbers ----------------------------------------------------------------------------------------------------

_PAGE_OF = (
    re.compile(r"第\s*(\d+)\s*页\W{0,5}(?:共|总)?\W{0,3}(\d+)\s*页"),
    re.compile(r"(?:页码|页次|页数|页号|Page)[:：]?\s*(?:第)?\s*(\d+)\s*(?:[/／]|of|页共)\s*(\d+)", re.I),
    re.compile(r"第\s*(\d+)\s*[/／]\s*(\d+)\s*页"),
    re.compile(r"^\s*[-—]?\s*(\d{1,3})\s*[/／]\s*(\d{1,3})\s*(?:页)?\s*[-—]?\s*$"),
)
_OF_PAGE = re.compile(r"共\s*(\d+)\s*页\s*[,，;；/／、()（ ]*\s*(?:当前)?第\s*(\d+)\s*页")
_PAGE_ONLY = (
    re.compile(r"第\s*(\d{1,4})\s*页"),
    re.compile(r"(?:页码|页次|页号|Page(?: No\.?)?)[:：]?\s*(\d{1,4})\s*$", re.I),
    re.compile(r"^[-—–]\s*(\d{1,4})\s*[-—–]$"),
)
_TOTAL_ONLY = re.compile(r"共\s*(\d{1,4})\s*页")


def page_number(each: Around) -> tuple[int, int] | None:
    """The running number and the number of pages printed on a sheet (0 where one is not printed); None when neither is."""
    margin = 0.2 * each.sheet.height
    near = [x for x in each.lines if x.box.cy < margin or x.box.cy > each.sheet.height - margin] + list(each.lines)
    for patterns, group in ((_PAGE_OF, (1, 2)), ((_OF_PAGE,), (2, 1))):
        for line in near:
            for pattern in patterns:
                found = pattern.search(line.text)
                if found and 1 <= int(found[group[0]]) <= int(found[group[1]]):
                    return int(found[group[0]]), int(found[group[1]])
    for line in near:
        for pattern in _PAGE_ONLY:
            found = pattern.search(line.text)
            if found:
                total = next((int(m[1]) for x in near if (m := _TOTAL_ONLY.search(x.text))), 0)
                return int(found[1]), total
    return None


# --- printed totals --------------------------------------------------------------------------------------------------

_SIDES = {"in": "收入|存入|进账|转入|入账", "out": "支出|支取|取出|转出|出账"}
_SUMMED = re.compile(r"合计|总计|总额|累计|总收|总支|共|小计")
_OTHER = r"[^\d借贷收支存取]"
_COUNT = r"(?:[:：\s]*(?:共|总)?\s*(?:笔数)?[:：\s]*\d+\s*笔)?"


def printed_totals(texts: Iterable[tuple[Sheet, Text]], swapped: bool) -> Mapping[str, Field]:
    """`total_in` and `total_out` where one text prints a side and its sum: 收入合计 1,234.00 · 借方发生额：共3笔 90.00.

    `texts`: printed lines around the table, and rows of totals. `swapped`: 借 means in.
    """
    credit = {"in": "借方|借" if swapped else "贷方|贷", "out": "贷方|贷" if swapped else "借方|借"}
    found: dict[str, Field] = {}
    for sheet, text in texts:
        narrow = unicodedata.normalize("NFKC", text.text)
        if not _SUMMED.search(narrow) or re.search(r"本页|小计", narrow):
            continue
        for side, words in _SIDES.items():
            match = re.search(rf"(?:{words}|{credit[side]}){_OTHER}{{0,8}}{_COUNT}{_OTHER}{{0,10}}?(-?[\d,]+\.\d\d)(?!\d)", narrow)
            if match and f"total_{side}" not in found:
                fen, trust = fen_of(match[1])
                if fen is not None:
                    found[f"total_{side}"] = known(sheet, text, money.to_contract(abs(fen)), trust)
    return found
