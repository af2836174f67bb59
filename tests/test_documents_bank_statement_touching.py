"""Columns that a reader of pictures ran together, titles under a stamp, rules printed with characters, old forms of characters."""

from __future__ import annotations

from dataclasses import replace

from extractors.documents._bank_lines import tidied
from extractors.documents.bank_statement import extract
from extractors.model import Line, Sheet
from tests.bank_pages import told
from tests.ledger_pages import Col, line, page

COLUMNS = (
    Col("交易日期", 30, 110, "left", "center"), Col("交易金额(元)", 200, 280, "right", "center"),
    Col("账户余额(元)", 290, 370, "right", "center"), Col("对方户名", 380, 560, "left", "center"),
    Col("对方账号", 560, 700, "right", "center"), Col("摘要", 700, 770, "left", "center"),
)  # fmt: skip
ROWS = [
    ("20260501", "-35.00", "1,965.00", "某某便利店第一分店", "", "扫码支付"),
    ("20260502", "+100.00", "2,065.00", "王小明", "6217000012345678901", "跨行转入"),
    ("20260503", "-65.00", "2,000.00", "李小红", "6217000012345670902", "转账"),
    ("20260504", "-10.00", "1,990.00", "某某便利店第一分店", "", "消费"),
    ("20260505", "+10.00", "2,000.00", "王小明", "6217000012345678901", "跨行转入"),
]


def run_together(sheet: Sheet, left: str, right: str) -> Sheet:
    """The sheet as OCR gives it where it saw one text for these two of one printed line."""
    pairs = [(a, b) for a in sheet.lines for b in sheet.lines if (a.text, b.text) == (left, right) and a.box.cy == b.box.cy]
    one, two = pairs[0]
    both = Line(left + right, one.box.union(two.box), 1.0, (*one.edges[:-1], *two.edges), source="ocr")
    rest = [each for each in sheet.lines if each is not one and each is not two]
    return replace(sheet, source="ocr", lines=tuple(replace(each, source="ocr") for each in (*rest, both)))


def seen() -> Sheet:
    sheet = page(COLUMNS, ROWS)
    return replace(sheet, source="ocr", lines=tuple(replace(each, source="ocr") for each in sheet.lines))


def test_a_word_read_on_to_the_account_before_it_stays_in_its_own_column() -> None:
    sheet = page(COLUMNS, ROWS)
    for row in ROWS:
        if row[4]:
            sheet = run_together(sheet, row[4], row[5])
    assert told(extract((sheet,)), "counterparty", "summary") == [(row[3], row[5]) for row in ROWS]


def test_a_name_read_on_to_the_balance_before_it_leaves_the_balance_readable() -> None:
    sheet = page(COLUMNS, ROWS)
    for row in ROWS:
        sheet = run_together(sheet, row[2], row[3])
    wanted = [(row[2].replace(",", ""), row[3], row[5]) for row in ROWS]
    assert told(extract((sheet,)), "balance", "counterparty", "summary") == wanted


def test_a_title_that_a_stamps_words_were_read_on_to_is_still_a_title() -> None:
    lines = tuple(replace(each, text="对方户名业务专用章", edges=()) if each.text == "对方户名" else each for each in seen().lines)
    assert told(extract((replace(seen(), lines=lines),)), "counterparty", "summary") == [(row[3], row[5]) for row in ROWS]


def test_rules_printed_with_strokes_are_no_columns() -> None:
    rows = [(*row[:3], f"支付宝-某某科技（{n}）有限公司", *row[4:]) for n, row in enumerate(ROWS)]
    sheet = page(COLUMNS, rows)
    title = next(each for each in sheet.lines if each.text == "对方户名")
    sheet = replace(sheet, lines=(*sheet.lines, line("-----", 372, title.box.y0), line("-——--", 520, title.box.y0)))
    assert told(extract((sheet,)), "counterparty") == [(row[3].replace("（", "(").replace("）", ")"),) for row in rows]


def test_old_forms_seen_on_a_page_of_new_ones_are_the_new_ones() -> None:
    swaps = {"交易金额(元)": "金額", "交易日期": "交易曰期"}
    lines = tuple(replace(each, text=swaps[each.text], edges=()) if each.text in swaps else each for each in seen().lines)
    found = told(extract((replace(seen(), lines=lines),)), "amount")
    assert found == [("-35.00",), ("100.00",), ("-65.00",), ("-10.00",), ("10.00",)]


def test_a_page_printed_in_old_forms_keeps_them() -> None:
    lines = (line("對方戶名", 30, 40), line("陳國華", 30, 60), line("香港貿易有限公司", 30, 80))
    sheet = replace(seen(), lines=lines)
    assert [each.text for each in tidied(sheet).lines] == ["對方戶名", "陳國華", "香港貿易有限公司"]


def test_days_and_units_are_not_cut_off() -> None:
    lines = (line("2026.10.29转账", 30, 40), line("合计1,234.50元", 30, 60), line("35.00借", 30, 80))
    assert [each.text for each in tidied(replace(seen(), lines=lines)).lines] == ["2026.10.29转账", "合计1,234.50元", "35.00借"]


def test_both_sums_of_a_line_of_totals_are_read_where_they_stand_apart() -> None:
    sheet = page(COLUMNS, ROWS)
    y = max(each.box.y1 for each in sheet.lines) + 30
    totals = (line("累计：支出 3笔 110.00", 30, y), line("存入 2笔 110.50", 400, y))
    fields = extract((replace(sheet, lines=(*sheet.lines, *totals)),))
    assert (fields["total_out"].value, fields["total_in"].value) == ("110.00", "110.50")
