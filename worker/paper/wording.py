"""The words of the report: labels in Chinese, and values as a person reads them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from extractors.model import SURE
from validators.papers import COLUMNS, field_label
from validators.say import ROLES
from worker.paper.model import Word

VERDICTS: Mapping[str, Word] = {
    "complete": Word("齐全", "good"),
    "incomplete": Word("不齐全", "bad"),
    "discrepant": Word("有矛盾或疑点", "warn"),
}
SEVERITIES: Mapping[str, tuple[Word, str]] = {
    "blocking": (Word("阻断", "bad"), "不解决不能进入下一步"),
    "major": (Word("重要", "warn"), "须由客户经理判断"),
    "minor": (Word("一般", "note"), "请留意核对"),
    "info": (Word("提示", "mild"), "供参考"),
}
STATUSES: Mapping[str, Word] = {"present": Word("有", "good"), "missing": Word("缺", "bad"), "unusable": Word("不可用", "bad")}
OUTCOMES: Mapping[str, Word] = {
    "not_checked": Word("未能核对", "warn"),
    "failed": Word("不通过", "bad"),
    "warned": Word("有提示", "note"),
    "passed": Word("通过", "good"),
    "not_applicable": Word("不适用", "none"),
}
"""In the order of the report: what could not be checked must not be taken for passed, so it comes first."""
SOURCES = {"ocr": "识别", "text": "电子文本", "qr": "二维码", "person": "人工"}
MARITAL = {"single": "未婚", "married": "已婚", "divorced": "离异", "widowed": "丧偶"}
KEYS = {
    "page": "位置",     "date": "日期", "summary": "摘要", "counterparty": "对方", "amount": "金额", "balance": "余额", "name": "姓名",
    "relation": "与户主关系", "id_number": "身份证号码", "marital_status": "婚姻状况", "opening": "期初余额", "closing": "期末余额",
    "number": "印刷页码", "of": "共几页",
}  # fmt: skip
"""What the columns of lists are called."""
STAGES = {"reading": "读取文件", "extracting": "提取内容", "checking": "核对规则", "total": "合计"}
LONGEST = 1500
"""Characters of one text that are shown; what a paper prints is shorter, a hostile file's text need not be."""
BEIJING = timezone(timedelta(hours=8))

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_BREAKS = re.compile("[\t\r\u2028\u2029]")
_MONEY = re.compile(r"-?\d{4,}\.\d\d")
_ROWS = re.compile(r"(\d+) rows")


def clean(value: Any, longest: int = LONGEST) -> Any:
    """A report's data with every text fit to be shown: no control characters, none that turn the direction of reading (they
    can make a name look like another), no text without end."""
    if isinstance(value, str):
        text = _UNSAFE.sub("\ufffd", _BREAKS.sub(" ", value))
        return text if len(text) <= longest else f"{text[:longest]}……（共{len(text)}字）"
    if isinstance(value, Mapping):
        return {clean(key): clean(each, longest) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean(each, longest) for each in value]
    return value


def shown(name: str, value: Any) -> str:
    """A value in its normal form as a person reads it: `1,234.50`, 长期, 有, 3条."""
    if not isinstance(value, str):
        return f"{len(value)}条" if isinstance(value, list) else "" if value is None else str(value)
    if _MONEY.fullmatch(value):
        return grouped(value)
    if rows := _ROWS.fullmatch(value):
        return f"{rows[1]}条"
    if value in ("true", "false"):
        yes, no = ("有", "无") if name == "has_seal" else ("是", "否")
        return yes if value == "true" else no
    if name == "sides":
        return value.replace("front", "人像面").replace("back", "国徽面").replace("+", "、")
    if name == "marital_status":
        return MARITAL.get(value, value)
    return "长期" if value == "long-term" else value


def grouped(money: str) -> str:
    """`-1234567.80` → `-1,234,567.80`; digit by digit, nothing is rounded."""
    sign, digits = ("-", money[1:]) if money.startswith("-") else ("", money)
    whole, _, cents = digits.partition(".")
    return f"{sign}{int(whole):,}.{cents}"


def printed(name: str, value: Any, raw: str) -> str:
    """What stands on the paper, where it says more than the value shown beside it; else "".

    `2026年2月3日` says no more than `2026-02-03`, `¥36,700.00元` no more than `36,700.00`; `3.67万元` does.
    """
    text = value if isinstance(value, str) else ""
    return "" if _bare(raw) in ("", _bare(text), _bare(shown(name, value))) or _same_form(text, _bare(raw)) else raw


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("\u2212", "-").upper()


def _same_form(value: str, raw: str) -> bool:
    """Whether a day or an amount differs from what is printed in nothing but its usual dress."""
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", value):
        day = re.fullmatch(r"(\d{4})[年.\-/](\d{1,2})(?:[月.\-/](?:(\d{1,2})日?)?)?", raw)
        return day is not None and [int(part) for part in value.split("-")] == [int(part) for part in day.groups() if part]
    amount = re.fullmatch(r"(?:人民币|¥|RMB|CNY)?(-?[\d,]+\.\d\d)[元圆]?", raw)
    return amount is not None and amount[1].replace(",", "") == value


def sureness(confidence: float, value: Any) -> Word:
    """Whether a person has to look at a field."""
    return Word("确定", "good") if confidence >= SURE and value not in ("", []) else Word("需看", "warn")


def place(evidence: Mapping[str, Any] | None) -> str:
    """`身份证.jpg 第1页`."""
    return "" if evidence is None else f"{evidence['file']} 第{evidence['page']}页"


def label(kind: str, name: str) -> str:
    """The Chinese name of a field; a line that the contract does not know, by what is printed."""
    return field_label(kind, name).removeprefix("other:")


def column(name: str) -> tuple[str, str]:
    """(`资产总计`'s id, `end`) of a statement line's field name; (`name`, "") of any other."""
    line, _, col = name.rpartition(".")
    return (line, col) if line and col in COLUMNS else (name, "")


def party(who: Mapping[str, Any] | None) -> str:
    """`借款人张伟`."""
    return "" if who is None else f"{ROLES.get(who['role'], who['role'])}{who['name']}"


def moment(rfc3339: str) -> str:
    """A time of the report as the clock in China showed it, to the minute."""
    return f"{datetime.fromisoformat(rfc3339).astimezone(BEIJING):%Y-%m-%d %H:%M}（北京时间）"


def limit(value: Any) -> str:
    """A limit's value: shares in per cent, the rest as it stands."""
    return f"{value * 100:.4g}%" if isinstance(value, float) and abs(value) <= 2 else str(value)


def basis(source: str) -> str:
    """Where a limit comes from; the mark that product files put on the values a bank sets itself, in Chinese."""
    return source.replace("bank policy default, configurable", "银行默认值，可自行设定")
