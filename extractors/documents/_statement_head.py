"""What stands over and under a statement's table: title, company, day or period, unit. Pure.

Headings are printed in one row or several, with labels or without, and OCR cuts them where it likes; so the rows over the table
are glued, and each thing is looked for by its own form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from extractors.documents._fields import doubted, field
from extractors.documents._lines import glued, run, weighed
from extractors.documents._statement_names import Kind
from extractors.layout import line_height, rows
from extractors.model import Field, Line, Sheet
from extractors.numbers import dates
from extractors.numbers.errors import NumberError
from extractors.numbers.text import normal

UNITS = {"元": 100, "千元": 100_000, "万元": 1_000_000, "百万元": 100_000_000, "亿元": 10_000_000_000}
"""Fen in one of the unit that a sheet names."""
NO_UNIT_PRINTED = 0.6
"""Confidence of 元 where no unit was read."""

_KINDS: tuple[tuple[str, str], ...] = (
    ("balance_sheet", "资产负债表"),
    ("income_statement", "利润表|利润及利润分配表|损益表|收益表|利润分配表"),
    ("cash_flow_statement", "现金流量表"),
    ("equity", "(?:所有者|股东)权益(?:\\([^()]*\\))?(?:增减)?变动表|资产减值准备明细表|应交增值税明细表|主要税种"),
)
_TITLE = re.compile(
    r"^(?:[\d一二三四五六七八九十]{1,2}[、.)])?(?P<who>.{0,30}?)(?P<whose>合并及母?公司|合并及公司|合并|母公司|公司|汇总|个别|银行及公司)?"
    rf"(?P<title>{'|'.join(f'(?P<{kind}>{words})' for kind, words in _KINDS)})"
    r"(?P<rest>.{0,40})$"
)
_REST = re.compile(
    r"^(?:\(?续(?:表|[一二三1-9])?\)?|\([^()]*\)|\d{4}年.{0,24}|\d{4}[-./]\d{1,2}.{0,16}|[-—]*(?:合并|母公司)|第?\d页?|[A-Za-z ])*$"
)


_WHO = re.compile(r"|.*(?:公司|厂|店|部|社|院|所|中心|集团|年度?|月|日)")


@dataclass(frozen=True, slots=True)
class Title:
    """A statement's title on a sheet: which kind, whether it goes on from another page, whose figures ("parent" or "")."""

    kind: str
    line: Line
    continued: bool
    parent: bool


def squeezed(text: str) -> str:
    """Text without any spaces, widths unified."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=8192)
def _title_of(text: str) -> tuple[str, bool, bool] | None:
    plain = squeezed(text)
    if not plain.count("表") or len(plain) > 60 or re.search(r"[。;《》]|附注|编制|审计|以及|和现金|及现金|补充资料$|会.?企", plain):
        return None
    found = _TITLE.match(plain)
    if found is None or not _REST.match(found["rest"]) or not _WHO.fullmatch(found["who"]):
        return None
    kind = next(kind for kind, _ in _KINDS if found[kind])
    continued = "续" in found["rest"]
    parent = (found["whose"] in ("母公司", "公司") and not found["who"].endswith("及")) or "母公司" in found["rest"]
    return kind, continued, parent


def titles(sheet: Sheet) -> list[Title]:
    """The titles of statements on the sheet, top to bottom."""
    found = []
    for line in sheet.lines:
        if "表" in line.text and (read := _title_of(line.text)):
            found.append(Title(read[0], line, read[1], read[2]))
    return sorted(found, key=lambda title: title.line.box.cy)


# --- company ---------------------------------------------------------------------------------------------------------

_COMPANY_LABEL = re.compile(
    r"(?:编\s*制\s*单\s*位|编\s*报\s*单\s*位|填\s*报\s*单\s*位|报\s*送\s*单\s*位|会计\s*单位|核\s*算\s*单\s*位|编制企业|编制公司|报告单位|会计主体|使用单位|账套名称"
    r"|单\s*位\s*名\s*称|公\s*司\s*名\s*称|企\s*业\s*名\s*称|纳税人名称|纳税人\(缴费人\)名称|(?<![制额币])单\s*位)(?:\(盖章\)|（盖章）|\(公章\)|（公章）)?\s*"
    r"(?:[A-Za-z][A-Za-z ]{1,24})?[:：;]"
)
_COMPANY = re.compile(
    r"^[\u3400-\u9fffA-Za-z0-9()（）·&\s-]{3,40}?"
    r"(?:公司|厂|店|中心|合作社|集团|事务所|经营部|商行|医院|学校|研究院|企业[(（]有限合伙[)）])$"
)
_SET_OF_BOOKS = re.compile(r"^\s*(?:[【\[]\s*[0-9A-Za-z]{1,8}\s*[】\]]|[(（]\s*\d{1,6}\s*[)）]|\d{1,4}[-_ ](?=[\u4e00-\u9fff]))\s*")
"""The number of the set of books that accounting programs print before the company."""
_STRAY = re.compile(r"(.{4,}公司)\s+\S{1,2}$")
"""A character or two behind a complete name: of a seal."""
_SEAL_HERE = re.compile(r"\s*[(（](?:盖章|公章|章|签章)[)）]\s*$")
_NO_COMPANY = re.compile(r"^(?:人民币)?[百千万亿]*元|^\d{4}[年./-]|^(?:金额)?单位|^会.?企|^日期|^[\d:.-]+$")
_BREAK = re.compile(
    r"\s+(?=\d{4}\s*年|\d{4}[-./]\d|单\s*位|金额\s*单位|[(（]?\s*除特别|人民币|会.?企|日期|期间|所属|报表|纳税人识别|统一社会)"
    r"|(?:金额)?单\s*位\s*[:：]\s*(?:人民币)?[百千万亿]*元.*$"
    r"|\d{4}\s*年\s*\d.*$|(?:统一社会信用代码|纳税人识别号|税号).*$"
)


def company(sheet: Sheet, head: Sequence[Line]) -> Field | None:
    """The company: behind its label, else a line of the heading that is nothing but a company's name."""
    for line in _glued(head):
        label = _COMPANY_LABEL.search(line.text)
        if label is None:
            continue
        rest = run(line, label.end(), 3.5)
        if rest is None or _NO_COMPANY.match(squeezed(rest.text)):
            continue
        cut = _BREAK.search(rest.text)
        if cut and cut.start():
            rest = rest.part(0, len(rest.text[: cut.start()].rstrip()) or 1)
        rest = _name_only(rest)
        if len(squeezed(rest.text)) >= 3:
            one = field(sheet, weighed(rest), normal)
            return one if _COMPANY.match(one.text) else doubted(one, 0.85)
    for line in head:
        if _COMPANY.match(line.text.strip()) and not re.search("单位|负债", line.text):
            return field(sheet, weighed(line), normal, found=0.95)
    for line in head:  # in the title itself
        found = re.match(r"^(?!合并[及和与]|母公司)(.{3,40}?公司)(?=(?:合并|母公司)?(?:资产负债表|利润表|现金流量表))", line.text.strip())
        if found:
            return field(sheet, weighed(line.part(0, len(line.text[: line.text.index(found[1]) + len(found[1])]))), normal, found=0.93)
    return None


def _name_only(printed: Line) -> Line:
    """The name without the number of its books before it and what a seal left behind it."""
    if seal := _SEAL_HERE.search(printed.text):
        printed = printed.part(0, seal.start() or len(printed.text))
    stray = _STRAY.match(printed.text)
    numbered = _SET_OF_BOOKS.match(printed.text)
    start, end = numbered.end() if numbered else 0, stray.end(1) if stray else len(printed.text)
    return printed.part(start, end) if start < end else printed


def _glued(head: Iterable[Line]) -> list[Line]:
    """The rows of a heading, without the text of a seal that lies over them."""
    kept = [line for line in head if line.text.strip()]
    usual = line_height(kept)
    return [glued(row) for row in rows(line for line in kept if line.box.height < 2.5 * usual)]


# --- unit ------------------------------------------------------------------------------------------------------------

_UNIT = re.compile(
    r"(?:(?<!编制)(?<!填报)(?<!核算)(?<!报送)(?<!会计)单位(?:均)?[:：;为是]?(?:均为)?(?:人民币)?|以|人民币|货币[:：]?|[(（])(?P<unit>[百千万亿]*元)(?:人民币|列示|表示)?"
)


def unit(sheet: Sheet, lines: Iterable[Line]) -> Field | None:
    """The unit of the amounts as printed; None when none is."""
    for line in _glued(lines):
        places = [n for n, c in enumerate(line.text) if not c.isspace()]
        plain = "".join(line.text[n] for n in places)
        found = _UNIT.search(plain)
        if found and found["unit"] in UNITS:
            part = line.part(places[found.start()], places[found.end() - 1] + 1)
            word = line.part(places[found.start("unit")], places[found.end("unit") - 1] + 1)
            return Field(found["unit"], part.text, round(weighed(word).confidence, 4), sheet.evidence(part.box), part.source)
    return None


def no_unit(source: str) -> Field:
    """元, because no unit is printed: likely, not sure."""
    return Field("元", "", NO_UNIT_PRINTED, None, "text" if source == "text" else "ocr")


# --- day and period --------------------------------------------------------------------------------------------------

_DAY = (
    r"\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-./]\d{1,2}[-./]\d{1,2}"
    r"|(?<![0-9A-Z])20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![0-9A-Z])"
)
_PART = r"\d{4}年\d{1,2}月|\d{4}[-./]\d{1,2}(?!\d)"
_TO = r"(?:[-—–―~～至到一]+|日?起?至)"
_CUT_DAY = r"\d{4}年\d{1,2}月\d{1,2}(?![\d日])"
"""The last day of a span whose 日 stands on the next line of its cell."""
_SPAN = re.compile(
    rf"(?:{_DAY})[日起]*(?:{_TO}|.{{0,8}}?[止至][:：]?)(?:{_DAY}|{_CUT_DAY})|\d{{4}}年(?:第?[一二三四1-4]季度|[上下]?半年)|\d{{4}}年\d{{1,2}}月?{_TO}\d{{1,2}}月份?"
    rf"|(?:{_PART}){_TO}(?:{_PART})|\d{{4}}年\d{{1,2}}月\d{{1,2}}日?{_TO}\d{{1,2}}月\d{{1,2}}日"
)
_YEAR = re.compile(r"\d{4}年度?(?!\d|\d*月|半年)")
_HAN = "[〇○零一二三四五六七八九十]"
_MADE = re.compile(r"(?:打印|制表|填表|报出|导出|编制|报送|填报|生成|审核)(?:日期|时间)")


@dataclass(frozen=True, slots=True)
class When:
    """First and last day of what a heading names; `first` is None where only one day or month end is printed."""

    first: date | None
    last: date
    line: Line
    form: str
    sure: float = 1.0


def when(head: Iterable[Line], kind: Kind) -> When | None:
    """The day or period in the heading: spans first, then days, months, years."""
    found: list[tuple[int, When]] = []
    for line in _glued(head):
        places = [n for n, c in enumerate(line.text) if not c.isspace()]
        plain = "".join(line.text[n] for n in places)
        if len(unicodedata.normalize("NFKC", plain)) == len(plain):
            plain = unicodedata.normalize("NFKC", plain)
        for rank, (form, pattern) in enumerate(_FORMS):
            for match in pattern.finditer(plain):
                if _MADE.search(plain[max(0, match.start() - 8) : match.start()]):
                    continue
                read = _read(match.group(), form)
                part = line.part(places[match.start()], places[match.end() - 1] + 1)
                if read is not None:
                    found.append((rank, When(read[0], read[1], part, form, _whole(match.group(), read[1]))))
    return min(found, key=lambda each: each[0])[1] if found else None


CUT_DAY = 0.85
"""Highest confidence of a day whose last figure may stand on the next line with its 日."""


def _whole(printed: str, last: date) -> float:
    """How sure it is that a day was printed whole: one without 日 that no month ends with may have lost a figure."""
    cut = re.search(rf"{_CUT_DAY}$", printed) is not None
    return CUT_DAY if cut and (last + timedelta(days=1)).day != 1 else 1.0


_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("span", _SPAN),
    ("day", re.compile(rf"{_DAY}|{_HAN}{{4}}年{_HAN}{{1,2}}月{_HAN}{{1,3}}日")),
    ("month", re.compile(rf"(?:{_PART})(?!\d*[日])")),
    ("month", re.compile(rf"{_HAN}{{4}}年{_HAN}{{1,2}}月(?!{_HAN}*日)")),
    ("year", re.compile(rf"{_YEAR.pattern}|{_HAN}{{4}}年度")),
)


def _read(text: str, form: str) -> tuple[date | None, date] | None:
    plain = re.sub(r"年(?=半年)", "年上", re.sub(r"(?<=[年月\d])一(?=\d)", "-", text))
    try:
        if form == "day":
            return None, dates.parse(plain)
        if form == "span":
            plain = re.sub(f"({_CUT_DAY})", r"\1日", plain)
            plain = re.sub(rf"({_DAY})[日起]*[^\d]*({_DAY})", r"\1-\2" if "年" in plain else r"\1至\2", plain)
        period = dates.parse_period(plain)
    except NumberError:
        return None
    if period.start is None or not isinstance(period.until, date):
        return None
    return period.start, period.until


def as_of(sheet: Sheet, found: When | None) -> Field | None:
    """The day of a balance sheet; of a month or a year, its last."""
    if found is None:
        return None
    place = {"day": 1.0, "month": 0.95, "span": 0.9, "year": 0.85}[found.form]
    return field(sheet, weighed(found.line, str.isdigit), lambda _: found.last.isoformat(), found=min(place, found.sure))


def period(sheet: Sheet, found: When | None, to_date: bool, monthly: bool = False) -> dict[str, Field]:
    """First and last day of a period. Where only its last day is printed, or a month over yearly columns, it began with the
    year if the columns add up from then (`to_date`, and not `monthly` ones beside them): likely, not sure."""
    if found is None:
        return {}
    if found.form == "month" and to_date and not monthly:
        found = replace(found, first=None)
    text = weighed(found.line, str.isdigit)
    first = found.first or (found.last.replace(month=1, day=1) if to_date or found.last.month == 12 else None)
    fields = {"period_until": field(sheet, text, lambda _: found.last.isoformat(), found=found.sure if found.first else 0.93)}
    if first is not None:
        start = first.isoformat()
        sure = found.sure if found.first else 0.8 if to_date else 0.6
        fields["period_from"] = field(sheet, text, lambda _: start, found=sure)
    return fields
