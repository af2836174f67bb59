"""Which bank a statement is of: its name in the title, around the table, in a seal."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from extractors.documents import _bank_titles as titles
from extractors.documents._bank_header import Around, known
from extractors.model import Field, Line, Seal, Sheet

ABBREVIATED = 0.6
"""Highest confidence of a bank that is known by its English name or abbreviation only."""

_BANK = re.compile(
    r"[一-鿿]{2,16}?(?:(?:农村商业|农村合作|农商|村镇|邮政储蓄|储蓄)?银行|农村信用合作联社|农村信用联社|信用合作联社|"
    r"农村信用合作社|农村信用社|信用社)"
)
_LEAD = re.compile(
    r"^(?:欢迎使用|开户|户名|名称|机构|网点|所属|签约|本|我|贵|该|各|由|在|到|与|向|为|至|及|和|的|人民币|客户|单位|结算|个人|企业|网上|"
    r"手机|电子|股份有限公司)+"
)
_NO_BANK = re.compile(r"^(?:开户|对方|收款|付款|他|跨|本|我|网上|手机|电子|电话|商业|农商|村镇|储蓄|银行)?银行$|人民银行|对方|收款|付款")


def bank_in(text: str) -> str:
    """The bank that a text names, by its usual full name; "" when none.

    >>> bank_in("中国工商银行借记账户历史明细（电子版）"), bank_in("浦发银行个人账户明细")
    ('中国工商银行', '上海浦东发展银行')
    >>> bank_in("重庆农村商业银行股份有限公司渝北支行"), bank_in("开户银行")
    ('重庆农村商业银行', '')
    """
    squeezed = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    for house, name in titles.PAYMENT_HOUSES.items():
        if house in squeezed:
            return name
    for bank in titles.NATIONAL_BANKS:
        if bank in squeezed:
            return bank
    for short, bank in titles.SHORT_BANKS.items():
        if short in squeezed:
            return bank
    for found in _BANK.findall(squeezed):
        name = _LEAD.sub("", found)
        if len(name) > 3 and not _NO_BANK.search(name):
            return str(name)
    upper = text.upper()
    return next((bank for latin, bank in titles.LATIN_BANKS.items() if re.search(rf"\b{latin}\b", upper)), "")


def bank_field(sheets: Sequence[Around]) -> Field | None:
    """The bank as printed: in the title on the first page, else named most often around the table, else in a seal."""
    votes: Counter[str] = Counter()
    named: dict[str, list[tuple[int, Sheet, Line]]] = {}
    for n, each in enumerate(sheets):
        for line in (*each.lines, *map(_seal_line, each.sheet.seals)):
            bank = bank_in(line.text)
            if not bank:
                continue
            weight = 8 if n == 0 and _is_title(line, each.sheet) else 1 if line in each.lines else 2
            votes[bank] += weight
            named.setdefault(bank, []).append((weight if printed_name(line.text, bank) else 0, each.sheet, line))
    if not votes:
        return None
    bank, _ = votes.most_common(1)[0]
    weight, sheet, line = max(named[bank], key=lambda each: each[0])
    return known(sheet, line, printed_name(line.text, bank) or bank, 1.0 if weight else ABBREVIATED)


def printed_name(text: str, bank: str) -> str:
    """The form in which a text prints a bank's name; "" where it only stands for it (ICBC).

    >>> printed_name("民生银行个人账户对账单", "中国民生银行"), printed_name("ICBC", "中国工商银行")
    ('民生银行', '')
    """
    squeezed = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    short = (*(k for k, v in titles.SHORT_BANKS.items() if v == bank), *(k for k, v in titles.PAYMENT_HOUSES.items() if v == bank))
    return next((form for form in (bank, *sorted(short, key=len, reverse=True)) if form in squeezed), "")


def _is_title(line: Line, sheet: Sheet) -> bool:
    words = re.search(r"明细|流水|对账单|对帐单|清单|账单|交易|回单|证明|历史", line.text)
    return line.box.cy < sheet.height / 3 and words is not None and not re.search(r"[:：]", line.text)


def _seal_line(seal: Seal) -> Line:
    return Line(seal.text, seal.box, seal.confidence)
