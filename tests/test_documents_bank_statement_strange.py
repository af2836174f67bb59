"""Statements set by other hands: sums that break, columns that touch, stamps of text, app lists without a title."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from extractors.classify import label
from extractors.doctype import all_types
from extractors.documents._bank_broken import mended
from extractors.documents._bank_header import span_of
from extractors.documents.bank_statement import TYPE, extract
from extractors.model import SURE, Line, Sheet
from tests.bank_pages import rows_of, screen, told, values
from tests.ledger_pages import Col, line, page


def joined(sheet: Sheet, left: str, right: str) -> Sheet:
    """The sheet with two texts of one printed line read as one, a space between."""
    one, two = (next(each for each in sheet.lines if each.text == text) for text in (left, right))
    both = Line(f"{left} {right}", one.box.union(two.box), 1.0, (*one.edges, *two.edges), (), (), one.source)
    return replace(sheet, lines=tuple(both if each is one else each for each in sheet.lines if each is not two))


def test_an_amount_that_touches_the_text_of_the_next_column_stays_in_its_own() -> None:
    columns = (
        Col("交易日期", 30, 95), Col("交易金额", 200, 280, "right", "center"), Col("本次余额", 290, 390, "right", "left"),
        Col("对手信息", 394, 560, "left", "right"),
    )  # fmt: skip
    rows = [
        ("20260501", "-35.00", "1965.00", "某某便利店第一分店 6217000012345678"),
        ("20260502", "+100.00", "2065.00", "王小明 6217000012345679"),
        ("20260503", "-65.00", "2000.00", "示例科技有限公司 6217000012345670"),
        ("20260504", "-10.00", "1990.00", "某某便利店第一分店 6217000012345678"),
    ]
    sheet = page(columns, rows)
    for _, _, balance, who in rows:
        sheet = joined(sheet, balance, who)
    fields = extract((sheet,))
    assert told(fields, "amount", "balance", "counterparty") == [
        ("-35.00", "1965.00", "某某便利店第一分店"),
        ("100.00", "2065.00", "王小明"),
        ("-65.00", "2000.00", "示例科技有限公司"),
        ("-10.00", "1990.00", "某某便利店第一分店"),
    ]


NARROW = (
    Col("交易日期", 30, 95), Col("摘要", 120, 200), Col("收入/支出金额", 250, 330, "right"), Col("余额", 350, 396, "right"),
    Col("对方户名", 420, 520),
)  # fmt: skip


def test_sums_broken_by_a_narrow_column_are_one_sum_and_one_row() -> None:
    sheet = page(
        NARROW,
        [
            ("2026-05-\n01", "消费", "-668.97", "14,565.2\n0", "某某通支付\n科技有限公\n司"),
            ("2026-05-\n03", "代发工资", "+12,949.4\n8", "27,514.6\n8", "示例公司"),
            ("2026-05-\n05", "消费", "-14.68", "27,500.\n00", "便利店"),
        ],
        valign="middle",
        ruled=True,
    )
    assert told(extract((sheet,)), "date", "amount", "balance", "counterparty") == [
        ("2026-05-01", "-668.97", "14565.20", "某某通支付科技有限公司"),
        ("2026-05-03", "12949.48", "27514.68", "示例公司"),
        ("2026-05-05", "-14.68", "27500.00", "便利店"),
    ]


def test_two_whole_sums_under_each_other_are_never_one() -> None:
    sheet = page(NARROW, [("2026-05-01", "消费", "-35.00", "100.00", ""), ("2026-05-02", "消费", "-5.00", "95.00", "")])
    assert mended(sheet) is sheet
    small = page(NARROW, [("2026-05-01", "消费", "500", "100", ""), ("2026-05-02", "消费", "20", "95.00", "")], pad=0)
    assert mended(small) is small


def test_a_sum_cut_in_its_decimals_is_not_sure() -> None:
    fields = extract((page(NARROW, [("2026-05-01", "工资", "12649.0", "", ""), ("2026-05-02", "消费", "-5.00", "", "")]),))
    assert rows_of(fields)[0]["confidence"] < SURE <= rows_of(fields)[1]["confidence"]


def test_the_words_of_a_stamp_over_the_rows_are_in_no_cell() -> None:
    rows = [(f"2026-05-0{n}", "消费", "-1.00", f"{100 - n}.00", "重庆示例商贸") for n in range(1, 6)]
    sheet = page(NARROW, rows)
    third = next(each for each in sheet.lines if each.text == "97.00").box.y0
    stamp = [line("示例银行股份有限公司", 380, third - 4), line("电子回单专用章", 395, third + 8), line("★", 425, third + 22)]
    fields = extract((replace(sheet, lines=(*sheet.lines, *stamp)),))
    assert [row["counterparty"] for row in rows_of(fields)] == ["重庆示例商贸"] * 5
    assert all(row["text_confidence"] == 1.0 for row in rows_of(fields))


def test_a_text_that_lies_over_another_makes_the_cell_unsure() -> None:
    rows = [(f"2026-05-0{n}", "消费", "-1.00", f"{100 - n}.00", "重庆示例商贸") for n in range(1, 6)]
    sheet = page(NARROW, rows)
    third = next(each for each in sheet.lines if each.text == "97.00").box.y0
    fields = extract((replace(sheet, lines=(*sheet.lines, line("样本专用", 425, third + 3))),))
    assert [row["text_confidence"] < SURE for row in rows_of(fields)] == [False, False, True, False, False]


def test_totals_under_their_titles_are_not_taken_from_the_counts_beside_them() -> None:
    columns = (
        Col("交易日期", 30, 95), Col("摘要", 110, 200), Col("借方发生额", 220, 300, "right"), Col("贷方发生额", 320, 400, "right"),
        Col("余额", 420, 500, "right"),
    )  # fmt: skip
    rows = [
        ("2026-05-01", "货款", "", "300.00", "1,300.00"), ("2026-05-02", "税款", "120.00", "", "1,180.00"),
        ("合计", "借1笔 贷1笔", "120.00", "300.00", "1,180.00"),
    ]  # fmt: skip
    assert values(extract((page(columns, rows),)), "total_in", "total_out") == ["300.00", "120.00"]


def test_on_a_picture_a_sum_without_minus_is_unsure_where_only_a_minus_tells() -> None:
    columns = (Col("交易日期", 30, 95), Col("摘要", 110, 200), Col("交易金额", 220, 300, "right"))
    rows = [("2026-05-01", "消费", "-30.00"), ("2026-05-02", "消费", "120.00"), ("2026-05-03", "消费", "-12.00")]
    on_paper, on_picture = (extract((page(columns, rows, source=source),)) for source in ("text", "ocr"))
    assert all(row["confidence"] >= SURE for row in rows_of(on_paper))
    assert [row["confidence"] >= SURE for row in rows_of(on_picture)] == [True, False, True]


def test_texts_of_neighbouring_columns_that_overlap_a_little_do_not_move_the_boundary_through_a_title() -> None:
    columns = (
        Col("交易日期", 30, 95), Col("交易金额", 200, 280, "right", "center"), Col("账户余额", 300, 371, "right", "left"),
        Col("交易地点/附言", 369, 560, "left", "center"),
    )  # fmt: skip
    rows = [(f"202605{n:02}", "-1.00", f"{14000 - n}.00", "财付通某某支付商户") for n in range(1, 13)]
    fields = extract((page(columns, rows, source="ocr"),))
    assert [row["balance"] for row in rows_of(fields)] == [f"{14000 - n}.00" for n in range(1, 13)]


def test_a_label_that_was_read_as_two_texts_still_names_its_value() -> None:
    sheet = page(NARROW, [("2026-05-01", "消费", "-35.00", "100.00", ""), ("2026-05-02", "消费", "-5.00", "95.00", "")], source="ocr")
    head = (line("户", 40, 10, source="ocr"), line("名：张三", 80, 10, source="ocr"))
    assert values(extract((replace(sheet, lines=(*head, *sheet.lines)),)), "account_holder") == ["张三"]


def test_a_dash_that_was_read_as_the_numeral_one_joins_a_period() -> None:
    assert span_of("起止日期：2026-05-01一2026-10-31") is not None


def test_a_period_is_joined_in_two_languages_and_days_side_by_side_are_none() -> None:
    assert span_of("结单期间 Statement Period: 2026/04/04 至 To 2026/06/13") == (date(2026, 4, 4), date(2026, 6, 13))
    row = "2026/05/12 2026/05/14 退款"
    assert span_of(row) is not None
    assert span_of(row, joined=True) is None


def test_labels_without_colons_right_above_the_titles_are_no_titles() -> None:
    sheet = page(NARROW, [("2026-05-01", "消费", "-35.00", "100.00", ""), ("2026-05-02", "消费", "-5.00", "95.00", "")], source="ocr")
    y = sheet.lines[0].box.y0 - 16
    head = (line("户名张三", 30, y, source="ocr"), line("账号6222020200011112222", 110, y, source="ocr"))
    fields = extract((replace(sheet, lines=(*head, *sheet.lines)),))
    assert values(fields, "account_holder", "account_number") == ["张三", "6222020200011112222"]
    assert len(rows_of(fields)) == 2


def test_a_name_on_a_line_of_its_own_under_the_row_is_its_counterparty() -> None:
    columns = NARROW[:4]
    rows = [
        ("2026-05-01", "转账", "-35.00", "100.00"), ("", "对方：李四", "", ""), ("2026-05-02", "消费", "-5.00", "95.00"),
        ("", "对方：—", "", ""), ("2026-05-03", "汇款", "+50.00", "145.00"), ("", "对方：财付通-微信支付", "6217000012345678", ""),
    ]  # fmt: skip
    told_rows = told(extract((page(columns, rows),)), "summary", "counterparty")
    assert told_rows == [("转账", "李四"), ("消费", ""), ("汇款", "财付通-微信支付")]


YEAR_LAST = (Col("交易日期", 30, 95), Col("摘要", 120, 200), Col("发生额", 250, 330, "right"), Col("余额", 350, 430, "right"))


def test_days_whose_year_stands_last_are_read_in_the_order_that_all_pages_tell() -> None:
    early = page(YEAR_LAST, [("01/05/2025", "消费", "-35.00", "100.00"), ("02/05/2025", "消费", "-5.00", "95.00")])
    late = replace(page(YEAR_LAST, [("20/05/2025", "消费", "-5.00", "90.00")], number=2), page=2)
    assert told(extract((early, late)), "date") == [("2025-05-01",), ("2025-05-02",), ("2025-05-20",)]
    assert all(row["date"] == "" and row["confidence"] == 0 for row in rows_of(extract((early,)))), "nobody knows which is the month"


def test_a_column_between_two_others_is_no_title_over_them() -> None:
    columns = (
        Col("日期", 30, 95), Col("摘要", 110, 180), Col("借方", 200, 260, "right"), Col("贷方", 290, 350, "right"),
        Col("账号", 560, 680), Col("户名", 720, 800),
    )  # fmt: skip
    sheet = page(columns, [("2025-05-02", "转账", "", "83.38", "5899841503648221610", "张三"), ("2025-05-03", "消费", "7.97", "", "", "")])
    y = sheet.lines[0].box.y0
    heads = (line("发生额", 255, y - 14), line("余额", 435, y - 6), line("对方", 640, y - 14))
    body = (line("40,915.78", 400, sheet.lines[6].box.y0), line("40,907.81", 400, sheet.lines[-1].box.y0))
    fields = extract((replace(sheet, lines=(*heads, *sheet.lines, *body)),))
    assert told(fields, "amount", "balance", "counterparty") == [("83.38", "40915.78", "张三"), ("-7.97", "40907.81", "")]


def test_words_under_a_title_that_nobody_knows_leave_a_row_in_doubt() -> None:
    columns = (*NARROW[:4], Col("何方神圣", 420, 520))
    rows = [("2026-05-01", "转账", "-35.00", "100.00", "李四"), ("2026-05-02", "消费", "-5.00", "95.00", "")]
    assert [row["text_confidence"] for row in rows_of(extract((page(columns, rows),)))] == [0.85, 1.0]


def test_a_column_of_two_things_prints_what_above_and_who_below() -> None:
    columns = (NARROW[0], Col("摘要/对方信息", 110, 230), *NARROW[2:4])
    rows = [("2026-05-01", "跨行汇款\n李四 6217000012345678", "-35.00", "100.00"), ("2026-05-02", "利息", "+5.00", "105.00")]
    assert told(extract((page(columns, rows),)), "summary", "counterparty") == [("跨行汇款", "李四"), ("利息", "")]


# --- lists of apps -----------------------------------------------------------------------------------------------------


def test_months_over_a_list_give_its_entries_their_years_and_their_sums_are_no_words() -> None:
    sheet = screen([
        [("2026年1月", ""), ("支出¥35.00 收入¥0.00", "")],
        [("快捷支付", "-35.00"), ("01-0216:23 储蓄卡", "余额 65.00")],
        [("2025年12月", ""), ("支出¥5.00 收入¥100.00", "")],
        [("代发工资", "+100.00"), ("12-10 09:45 储蓄卡", "余额 100.00")],
        [("消费", "-5.00"), ("12-0110:00 储蓄卡", "余额 0.00")],
    ])  # fmt: skip
    assert told(extract((sheet,)), "date", "summary", "amount") == [
        ("2026-01-02", "快捷支付", "-35.00"), ("2025-12-10", "代发工资", "100.00"), ("2025-12-01", "消费", "-5.00"),
    ]  # fmt: skip


def test_a_list_without_a_title_is_a_statement_and_a_list_of_prices_is_none() -> None:
    entries = [[(f"某某商户{n}", f"-{n}0.00"), (f"9月{n}日 10:2{n}", "")] for n in range(1, 6)]
    listed = screen([[("账单", ""), ("2026年9月", "")], *entries])
    assert label(listed, all_types()).type == TYPE.id
    prices = screen([[("示例饭店", "")], *([(f"菜品{n}", f"{n}0.00")] for n in range(1, 8))])
    assert label(prices, all_types()).type == "unknown"


EXPORT = (
    Col("交易日", 30, 95), Col("凭证号", 100, 150), Col("收入", 200, 280, "right"), Col("支出", 290, 370, "right"), Col("余额", 380, 470, "right"),
    Col("对方单位", 480, 640),
)  # fmt: skip
MOVES = [("2026-05-01", "00001", "8,000.00", "", "9,000.00", "示例贸易有限公司"), ("2026-05-06", "00002", "", "500.00", "8,500.00", "示例物业有限公司")]


def test_a_companys_export_of_its_account_needs_no_title_and_its_books_are_none() -> None:
    assert label(page(EXPORT, MOVES), all_types()).type == TYPE.id
    assert label(page(EXPORT[:-1], [row[:-1] for row in MOVES], above=["银行存款日记账"]), all_types()).type == "unknown"
    assert label(page(EXPORT[:4], [row[:4] for row in MOVES]), all_types()).type == "unknown"


# --- several statements in one packet ------------------------------------------------------------------------------------

WECHAT = (
    Col("交易单号", 30, 130), Col("交易时间", 140, 240), Col("交易类型", 250, 310), Col("收/支/其他", 320, 390),
    Col("金额(元)", 400, 460, "right"), Col("交易对方", 480, 600),
)  # fmt: skip


def wallet(number: int, first: int) -> Sheet:
    rows = [("4200002", f"2026-05-{first + n:02}", "商户消费", "支出", "10.00", "某某便利店") for n in range(4)]
    above = [] if number > 1 else [
        "微信支付交易明细证明", "兹证明：张三（居民身份证：500112198506154417），在其微信号：zhangsan_2026中的交易明细信息如下：",
        "交易明细对应时间段：2026-05-01 00:00:00至2026-10-31 23:59:59",
    ]  # fmt: skip
    return replace(page(WECHAT, rows, above=above, number=number), file="w.pdf")


def test_a_wallets_statement_and_a_banks_of_one_period_and_a_screenshot_stay_apart() -> None:
    head = ["中国工商银行借记账户历史明细", "户名：张三  账号：6222020200011112222  起止日期：2026-05-01 至 2026-10-31"]
    rows = [("2026-05-01", "消费", "-35.00", "100.00", ""), ("2026-05-02", "消费", "-5.00", "95.00", "")]
    bank = page(NARROW, rows, above=head)
    listed = screen([[("账单", ""), ("2026年9月", "")], *([(f"某某{n}", f"-{n}0.00"), (f"9月{n}日 10:2{n}", "")] for n in range(1, 6))])
    groups = TYPE.assemble([bank, wallet(1, 1), wallet(2, 5), listed])
    assert [[(each.file, each.page) for each in group] for group in groups] == [
        [("a.pdf", 1)], [("w.pdf", 1), ("w.pdf", 2)], [("s.png", 1)],
    ]  # fmt: skip
    assert values(extract(tuple(groups[1])), "bank", "account_holder", "account_number") == ["微信支付", "张三", "ZHANGSAN_2026"]


def test_photographs_of_later_pages_without_a_head_still_join_their_statement() -> None:
    above = ["中国工商银行借记账户历史明细", "户名：张三  账号：6222020200011112222  起止日期：2026-05-01 至 2026-10-31"]
    first = page(NARROW, [("2026-05-01", "消费", "-35.00", "100.00", ""), ("2026-05-02", "消费", "-5.00", "95.00", "")], above=above)
    rows = [("2026-05-03", "消费", "-5.00", "90.00", ""), ("2026-05-04", "消费", "-5.00", "85.00", "")]
    second = replace(page(NARROW, rows, source="ocr"), file="b.jpg")
    bare = replace(page(NARROW, rows, headed=False, source="ocr"), file="b.jpg")
    assert [len(group) for group in TYPE.assemble([replace(first, file="a.jpg"), second])] == [2]
    assert [len(group) for group in TYPE.assemble([replace(first, file="a.jpg"), bare])] == [2]
