"""A statement's printed pieces as its columns hold them, before the table is worked out: cut where a reader of pictures ran two
columns together, without rows of strokes, in the characters that banks print. Pure; sheet pixels."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from extractors.model import Line, Sheet
from extractors.table_columns import stripped

_STROKES = re.compile(r"[-—–－_=~\s]{3,}")
"""A rule of the table, printed with characters."""
_NEXT_COLUMN = re.compile(r"(?<=\.\d\d)(?=\s*(?!元|借|贷|[CD][Rr])[A-Z\u3400-\u9fff])|(?<=[\d*]{12})(?=\s*(?!\d)[A-Z\u3400-\u9fff])")
"""Where a sum, or an account of twelve figures and more, ends and words begin."""
_DATE_BEFORE = re.compile(r"(?:19|20)\d\d\.\d{1,2}\.\d\d$")
_OLD = "額餘財帳賬對戶號贛業務東車門開關銀鋼華國電訊貿資產廣興長龍陳張劉楊趙黃吳許鄧馮蔣韓葉羅蘇萬億進運達遠際應費輸機設備實發幣類時"
_NEW = "额余财账账对户号赣业务东车门开关银钢华国电讯贸资产广兴长龙陈张刘杨赵黄吴许邓冯蒋韩叶罗苏万亿进运达远际应费输机设备实发币类时"
_SIMPLE = str.maketrans(_OLD, _NEW)
FOREIGN = 0.1
"""Share of old forms among the Chinese characters of a sheet from which it is printed in them (a bank of Hong Kong)."""


def tidied(sheet: Sheet) -> Sheet:
    """The sheet with such pieces; a text layer keeps its characters."""
    lines = [line for line in sheet.lines if not _STROKES.fullmatch(line.text)]
    if sheet.source == "ocr":
        lines = [part for line in _simple(lines) for part in _cut(line)]
    return replace(sheet, lines=tuple(lines))


def _simple(lines: list[Line]) -> list[Line]:
    """The recogniser sees an old form now and then (金額, 記账曰期) where the page has none."""
    text = "".join(line.text for line in lines)
    han = sum("\u3400" <= c <= "\u9fff" for c in text)
    if sum(c in _OLD for c in text) > FOREIGN * max(1, han):
        return lines
    return [replace(line, text=line.text.translate(_SIMPLE).replace("曰期", "日期")) for line in lines]


def _cut(line: Line) -> list[Line]:
    places = [found.start() for found in _NEXT_COLUMN.finditer(line.text) if not _DATE_BEFORE.search(line.text[: found.start()])]
    if not places:
        return [line]
    parts = [stripped(line, start, end) for start, end in pairwise([0, *places, len(line.text)])]
    return [part for part in parts if part is not None]
