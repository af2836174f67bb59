"""Ledgers of two lines an entry: the counterparty under each row, its title under another column's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.documents.bank_statement import TYPE, extract
from extractors.model import SURE, Sheet
from tests.bank_pages import rows_of, told
from tests.ledger_pages import Col, line, page

COLS = (
    Col("交易日期", 60, 130), Col("币种", 150, 180), Col("摘要", 200, 270), Col("收入/支出金额", 290, 380, "right"),
    Col("余额", 400, 480, "right"), Col("渠道", 500, 560),
)  # fmt: skip
WHO = ("重庆示例有限公司876119652527155922", "", "财付通-微信转账", "李四 6222023100098877665")
ROWS = [
    [f"2026-05-0{n}\n{who}", "CNY", what, amount, balance, "网银"]
    for n, (who, what, amount, balance) in enumerate(
        zip(WHO, ("转账收入", "代发工资", "消费", "转账支出"), ("+500.00", "-20.00", "-30.00", "-50.00"),
            ("1,500.00", "1,480.00", "1,450.00", "1,400.00"), strict=True), start=1)
]  # fmt: skip
NAMES = ["重庆示例有限公司", "", "财付通-微信转账", "李四"]


def sheet_of() -> Sheet:
    """A page that prints the other side under each day, and its title under the day's."""
    under = ["对方户名及账号", *[""] * (len(COLS) - 1)]
    return page(COLS, [under, *ROWS], above=["示例银行历史明细清单", "户名：张三"])


def test_the_name_under_a_row_is_its_counterparty() -> None:
    assert [row[1] for row in told(extract((sheet_of(),)), "summary", "counterparty")] == NAMES


def test_the_summary_holds_nothing_of_the_line_under_it() -> None:
    assert [row[0] for row in told(extract((sheet_of(),)), "summary", "counterparty")] == ["转账收入", "代发工资", "消费", "转账支出"]


def test_several_titles_of_a_second_line_have_columns_of_their_own() -> None:
    under = ["交易时间", "", "对方户名", "对方账号", "", "交易网点"]
    firsts = [[row[0].split("\n")[0], *row[1:]] for row in ROWS]
    seconds = [["17:34:51", "", name, "0134110561670113" if name else "", "", "渝北支行"] for name in NAMES]
    rows = [each for pair in zip(firsts, seconds, strict=True) for each in pair]
    fields = extract((page(COLS, [under, *rows], above=["示例银行历史明细清单", "户名：张三"]),))
    assert told(fields, "summary", "counterparty") == list(zip(("转账收入", "代发工资", "消费", "转账支出"), NAMES, strict=True))


def test_a_second_line_that_no_title_names_leaves_the_words_in_doubt() -> None:
    rows = [[row[0].split("\n")[0], "CNY", f"{row[2]}\n张三", *row[3:]] for row in ROWS]
    fields = extract((page(COLS, rows, above=["示例银行历史明细清单", "户名：张三"]),))
    assert all(float(row["text_confidence"]) < SURE for row in rows_of(fields))


def test_the_last_row_of_a_page_without_its_second_line_is_in_doubt() -> None:
    sheet = sheet_of()
    torn = replace(sheet, lines=tuple(x for x in sheet.lines if not x.text.startswith("李四")))
    assert [float(row["text_confidence"]) >= SURE for row in rows_of(extract((torn,)))] == [True, True, True, False]


def test_a_page_without_header_goes_on_in_two_lines() -> None:
    first = sheet_of()
    low = min(x.box.y0 for x in first.lines if x.text.startswith("2026"))
    second = replace(first, page=2, lines=tuple(x for x in first.lines if x.box.y0 >= low - 1))
    assert [row[1] for row in told(extract((first, second)), "summary", "counterparty")][4:] == NAMES


def test_a_seal_beside_the_second_line_and_a_footer_are_no_names() -> None:
    sheet = sheet_of()
    under = next(x for x in sheet.lines if x.text.startswith("财付通")).box.y0
    foot = max(x.box.y1 for x in sheet.lines) + 60
    noisy = replace(sheet, lines=(*sheet.lines, line("清讫章", 420, under), line("第 1 / 2 页", 60, foot)))
    assert [row[1] for row in told(extract((noisy,)), "summary", "counterparty")] == NAMES


@pytest.mark.parametrize("order", [1, -1])
def test_a_page_says_its_account_row_by_row_however_its_lines_were_read(order: int) -> None:
    heads = [line(*each) for each in (("户名", 60, 40), ("张三", 120, 41), ("账号", 300, 42), ("3100028801023456789", 360, 40))]
    body = sheet_of().lines[2:]
    one = replace(sheet_of(), lines=(*heads[::order], *body), file="1.jpg")
    other = replace(sheet_of(), lines=(line("户名：张三", 60, 40), line("账号：3100028801023456789", 300, 40), *body), file="2.jpg")
    assert len(TYPE.assemble([one, other])) == 1
