"""Pages of statements for tests: a plain ledger, app screens, pages as OCR gives them; and their values in short."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from extractors.model import Box, Field, Line, Sheet
from tests.ledger_pages import Col, line, page


def rows_of(fields: Mapping[str, Field]) -> list[Mapping[str, Any]]:
    value = fields["transactions"].value
    assert not isinstance(value, str)
    return list(value)


def told(fields: Mapping[str, Field], *names: str) -> list[tuple[str, ...]]:
    """The rows' values under these names."""
    return [tuple(str(row[name]) for name in names) for row in rows_of(fields)]


def values(fields: Mapping[str, Field], *names: str) -> list[str]:
    return [fields[name].text if name in fields else "-" for name in names]


MAIN = ("date", "summary", "counterparty", "amount", "balance")
HEAD = ("bank", "account_holder", "account_number", "period_from", "period_until")

PLAIN = (Col("交易日期", 30, 95), Col("摘要", 105, 180), Col("支出", 190, 270, "right"), Col("收入", 280, 360, "right"),
         Col("余额", 370, 460, "right"), Col("对方户名", 480, 640))  # fmt: skip


def ledger(rng: random.Random, count: int, opening: int = 500_000) -> tuple[list[list[str]], list[tuple[str, int, int]]]:
    """Rows of PLAIN in the order of time, and (date, fen, balance after) of each."""
    rows, truth, balance = [], [], opening
    day = 0
    for n in range(count):
        day += rng.choice([0, 0, 1, 2])
        date = f"2024-{1 + day // 28:02}-{1 + day % 28:02}"
        fen = rng.randint(1, 400_000) * (1 if n % 3 == 0 or balance < 400_000 else -1)
        balance += fen
        shown = f"{abs(fen) // 100:,}.{abs(fen) % 100:02}"
        party = rng.choice(["", "张三", "重庆示例科技有限公司"])
        rows.append([date, "消费", "" if fen > 0 else shown, shown if fen > 0 else "", f"{balance // 100:,}.{balance % 100:02}", party])
        truth.append((date, fen, balance))
    return rows, truth


def yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"


def screen(rows: Sequence[Sequence[tuple[str, str]]], width: float = 390) -> Sheet:
    """Printed lines of (left, right) texts, a little apart; an empty one leaves a gap."""
    lines: list[Line] = []
    y = 20.0
    for block in rows:
        for left, right in block:
            if left:
                lines.append(line(left, 20, y, size=14, source="ocr", confidence=0.99))
            if right:
                made = line(right, 0, y, size=14, source="ocr", confidence=0.99)
                lines.append(_moved(made, width - 20 - made.box.x1))
            y += 20
        y += 14
    return Sheet("s.png", 1, 0, width, y + 40, (1 / width, 0, 0, 0, 1 / (y + 40), 0, 0, 0, 1), tuple(lines), source="ocr")


def as_read(sheet: Sheet, changes: Mapping[str, tuple[str, float, str]]) -> Sheet:
    """The sheet as OCR gives it; `changes`: text → what was read for it, the confidence of its second character, and what that
    would have been otherwise."""
    lines = []
    for each in sheet.lines:
        text, sure, other = changes.get(each.text, (each.text, 0.995, ""))
        step = each.box.width / len(text)
        edges = tuple(each.box.x0 + step * n for n in range(len(text) + 1))
        confidences = tuple(sure if n == 1 else 0.995 for n in range(len(text)))
        others = tuple(other if n == 1 else "" for n in range(len(text)))
        lines.append(Line(text, each.box, min(confidences), edges, confidences, others, "ocr"))
    return replace(sheet, lines=tuple(lines), source="ocr")


THREE = [
    ["2024-01-02", "消费", "100.00", "", "900.00", "甲"],
    ["2024-01-03", "消费", "68.00", "", "832.00", "乙"],
    ["2024-01-04", "消费", "32.00", "", "800.00", "丙"],
]


def paper(rows: Sequence[Sequence[str]], number: int, of: int, file: str, account: str = "6222020200011112222", **more: Any) -> Sheet:
    above = ["示例银行账户交易明细", f"户名：张三  账号：{account}"] if more.pop("named", True) else []
    below = [f"第{number}页 共{of}页"] if of else []
    return replace(page(PLAIN, rows, above=above, below=below, number=more.pop("page", 1), **more), file=file)


def _moved(one: Line, by: float) -> Line:
    return replace(one, box=Box(one.box.x0 + by, one.box.y0, one.box.x1 + by, one.box.y1), edges=tuple(e + by for e in one.edges))
