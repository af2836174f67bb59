"""Bank statements as banks print them: columns, signs, orders, headers, pages, screenshots, and what is not surely read."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.classify import label
from extractors.doctype import all_types
from extractors.documents.bank_statement import TYPE, extract
from extractors.layout import labels
from extractors.model import SURE, Box, Field, Line, Seal, Sheet
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

# --- the forms of the banks -------------------------------------------------------------------------------------------

ICBC = page(
    (
        Col("交易日期", 30, 95), Col("账号", 105, 170), Col("储种", 180, 205), Col("序号", 212, 236), Col("币种", 242, 280),
        Col("钞汇", 286, 310), Col("摘要", 318, 360), Col("地区", 368, 392), Col("收入/支出金额", 400, 480, "right"),
        Col("余额", 490, 560, "right"), Col("对方户名", 570, 650), Col("对方账号", 660, 740), Col("渠道", 745, 790),
    ),
    [
        [at, "620001234\n5678", "活期", "0", "人民币", "钞", what, "3100", amount, balance, who, account, channel]
        for at, what, amount, balance, who, account, channel in (
            ("2024-01-05\n10:23:11", "工资", "+12,000.00", "13,234.50", "重庆示例科技\n有限公司", "3100020109\n20012345", "网上银行"),
            ("2024-01-06\n18:02:40", "消费", "-35.00", "13,199.50", "财付通", "243300133", "快捷支付"),
            ("2024-01-09\n08:00:01", "跨行汇款", "-3,000.00", "10,199.50", "李四", "6217000099\n998888", "手机银行"),
        )
    ],
    above=["中国工商银行借记账户历史明细（电子版）", "卡号 6222020200011112222  户名：张三  起止日期：2024-01-01 — 2024-06-30"],
    below=["第1页/共12页"],
    valign="middle",
    ruled=True,
)  # fmt: skip


def test_icbc_history_with_two_line_cells() -> None:
    fields = extract((ICBC,))
    assert values(fields, *HEAD) == ["中国工商银行", "张三", "6222020200011112222", "2024-01-01", "2024-06-30"]
    assert told(fields, *MAIN) == [
        ("2024-01-05", "工资", "重庆示例科技有限公司", "12000.00", "13234.50"),
        ("2024-01-06", "消费", "财付通", "-35.00", "13199.50"),
        ("2024-01-09", "跨行汇款", "李四", "-3000.00", "10199.50"),
    ]
    assert rows_of(fields)[0]["time"] == "10:23:11"
    assert fields["pages_printed"].value == ({"file": "a.pdf", "page": 1, "number": 1, "of": 12},)


def test_ccb_account_and_name_in_one_column() -> None:
    sheet = page(
        (
            Col("序号", 30, 55), Col("摘要", 65, 130), Col("币别", 140, 190), Col("钞汇", 195, 220), Col("交易日期", 230, 280),
            Col("交易金额", 290, 370, "right"), Col("账户余额", 380, 460, "right"), Col("交易地点/附言", 475, 570),
            Col("对方账号与户名", 580, 760),
        ),
        [
            ["1", "消费", "人民币元", "钞", "20240103", "-120.00", "880.00", "财付通-微信支付", "243300133/财付通支付科技有限公司"],
            ["2", "代发工资", "人民币元", "钞", "20240110", "9,500.00", "10,380.00", "", "5000123412341234/重庆示例有限公司"],
            ["3", "电子汇出", "人民币元", "钞", "20240112", "-380.00", "10,000.00", "", "6217****8888/李四"],
        ],
        above=["中国建设银行个人活期账户全部交易明细", "卡号/账号:6217003760001234567  客户名称:张三  起止日期:20240101 - 20240630"],
    )  # fmt: skip
    fields = extract((sheet,))
    assert values(fields, *HEAD) == ["中国建设银行", "张三", "6217003760001234567", "2024-01-01", "2024-06-30"]
    assert told(fields, "date", "amount", "counterparty") == [
        ("2024-01-03", "-120.00", "财付通支付科技有限公司"),
        ("2024-01-10", "9500.00", "重庆示例有限公司"),
        ("2024-01-12", "-380.00", "李四"),
    ]


def test_cmb_bilingual_titles_and_a_bare_period() -> None:
    cols = (
        Col(("记账日期", "Date"), 30, 90), Col(("货币", "Currency"), 100, 145), Col(("交易金额", "Transaction Amount"), 150, 260, "right"),
        Col(("联机余额", "Balance"), 270, 350, "right"), Col(("交易摘要", "Transaction Type"), 370, 470),
        Col(("对手信息", "Counter Party"), 480, 700),
    )  # fmt: skip
    above = [
        "招商银行交易流水",
        "Transaction Statement of China Merchants Bank",
        "2024-01-01 -- 2024-06-30",
        "户  名：张三                    账号：6214830012345678",
        "Name                           Account No",
        "账户类型：ALL                   开 户 行：重庆渝北支行",
    ]
    rows = [
        ["2024-01-02", "CNY", "-20.00", "980.00", "快捷支付", "示例超市"],
        ["2024-01-10", "CNY", "8,000.00", "8,980.00", "代发工资", "重庆示例有限公司"],
        ["2024-01-11", "CNY", "-980.00", "8,000.00", "转账汇款", "李四 6225880012345678"],
    ]
    fields = extract((page(cols, rows, above=above, below=["1/3"]),))
    assert values(fields, *HEAD) == ["招商银行", "张三", "6214830012345678", "2024-01-01", "2024-06-30"]
    assert told(fields, "date", "summary", "amount", "balance", "counterparty") == [
        ("2024-01-02", "快捷支付", "-20.00", "980.00", "示例超市"),
        ("2024-01-10", "代发工资", "8000.00", "8980.00", "重庆示例有限公司"),
        ("2024-01-11", "转账汇款", "-980.00", "8000.00", "李四"),
    ]
    assert fields["pages_printed"].value == ({"file": "a.pdf", "page": 1, "number": 1, "of": 3},)


def test_bocom_flag_column() -> None:
    cols = (
        Col(("序号", "Serial", "Num"), 30, 60), Col(("交易日期", "Trans Date"), 70, 130), Col(("交易时间", "Trans Time"), 140, 195),
        Col(("交易类型", "Trading Type"), 200, 270), Col(("借贷", "Dc Flg"), 275, 310), Col(("交易金额", "Trans Amt"), 320, 400, "right"),
        Col(("余额", "Balance"), 410, 490, "right"), Col(("对方户名", "Payment Receipt Account Name"), 500, 650),
        Col(("摘要", "Abstract"), 660, 750),
    )  # fmt: skip
    rows = [
        ["1", "2024-03-02", "10:00:00", "网上支付", "借 Dr", "100.00", "900.00", "示例超市", "消费"],
        ["2", "2024-03-05", "11:00:00", "代发工资", "贷 Cr", "6,100.00", "7,000.00", "重庆示例有限公司", "工资"],
        ["3", "2024-03-06", "12:00:00", "转账", "借 Dr", "500.00", "6,500.00", "李四", "转账"],
    ]
    above = ["交通银行个人客户交易清单", "账号/卡号：6222600012345678  户名：张三", "查询起始日期：2024-03-01  查询结束日期：2024-03-31"]
    fields = extract((page(cols, rows, above=above),))
    assert values(fields, *HEAD) == ["交通银行", "张三", "6222600012345678", "2024-03-01", "2024-03-31"]
    assert told(fields, "date", "summary", "amount", "balance") == [
        ("2024-03-02", "消费", "-100.00", "900.00"),
        ("2024-03-05", "工资", "6100.00", "7000.00"),
        ("2024-03-06", "转账", "-500.00", "6500.00"),
    ]


def test_boc_dashes_fill_empty_cells() -> None:
    cols = (
        Col("记账日期", 30, 85), Col("记账时间", 90, 140), Col("币别", 145, 175), Col("金额", 180, 250, "right"),
        Col("余额", 255, 330, "right"),
        Col("交易名称", 340, 400), Col("渠道", 405, 450), Col("网点名称", 455, 520), Col("附言", 525, 580), Col("对方账户名", 585, 660),
        Col("对方卡号/账号", 665, 780),
    )  # fmt: skip
    rows = [
        ["2024-02-01", "09:12:13", "人民币", "-50.00", "950.00", "网上快捷支付", "银企对接", "-------", "示例超市", "财付通", "Z2000"],
        ["2024-02-21", "03:00:00", "人民币", "0.85", "950.85", "结息", "其他", "-------", "-------", "--------", "-----------"],
    ]
    above = ["中国银行交易流水明细清单", "交易区间：2024-02-01 至 2024-02-29  客户姓名：张三", "借记卡号：6217900012345678"]
    fields = extract((page(cols, rows, above=above),))
    assert values(fields, *HEAD) == ["中国银行", "张三", "6217900012345678", "2024-02-01", "2024-02-29"]
    assert told(fields, *MAIN) == [
        ("2024-02-01", "网上快捷支付", "财付通", "-50.00", "950.00"),
        ("2024-02-21", "结息", "", "0.85", "950.85"),
    ]


CORPORATE = (
    Col("日期", 30, 90), Col("凭证种类", 95, 150), Col("凭证号", 155, 210), Col("摘要", 215, 300), Col("借方发生额", 310, 400, "right"),
    Col("贷方发生额", 410, 500, "right"), Col("借/贷", 505, 535), Col("余额", 540, 630, "right"), Col("对方户名", 640, 780),
)  # fmt: skip
CORPORATE_ROWS = [
    ["", "", "", "上期余额", "", "", "贷", "100,000.00", ""],
    ["2024-05-06", "转账", "0001", "货款", "", "250,000.00", "贷", "350,000.00", "重庆甲商贸有限公司"],
    ["2024-05-08", "网银", "0002", "付材料款", "120,000.00", "", "贷", "230,000.00", "成都乙建材有限公司"],
    ["2024-05-21", "结息", "0003", "利息", "", "88.20", "贷", "230,088.20", ""],
    ["", "", "", "本期合计", "120,000.00", "250,088.20", "", "", ""],
    ["", "", "", "期末余额", "", "", "贷", "230,088.20", ""],
]


def test_corporate_ledger_with_opening_total_and_closing_rows() -> None:
    period = "对账期间：2024年05月01日至2024年05月31日"
    above = ["重庆农村商业银行单位存款账户对账单", "户名：重庆示例科技有限公司   账号：0101010120010012345", period]
    fields = extract((page(CORPORATE, CORPORATE_ROWS, above=above),))
    assert values(fields, *HEAD) == ["重庆农村商业银行", "重庆示例科技有限公司", "0101010120010012345", "2024-05-01", "2024-05-31"]
    assert told(fields, "date", "amount", "balance") == [
        ("2024-05-06", "250000.00", "350000.00"),
        ("2024-05-08", "-120000.00", "230000.00"),
        ("2024-05-21", "88.20", "230088.20"),
    ]
    assert values(fields, "opening_balance", "closing_balance") == ["100000.00", "230088.20"]
    assert values(fields, "total_in", "total_out") == ["250088.20", "120000.00"]
    assert fields["transactions"].confidence >= SURE


def test_a_companys_own_ledger_has_debit_for_what_came_in() -> None:
    rows = [
        ["2024-05-06", "", "", "收货款", "250,000.00", "", "借", "350,000.00", ""],
        ["2024-05-08", "", "", "付材料款", "", "120,000.00", "借", "230,000.00", ""],
        ["2024-05-21", "", "", "利息", "88.20", "", "借", "230,088.20", ""],
        ["", "", "", "合计", "250,088.20", "120,000.00", "", "", ""],
    ]
    fields = extract((page(CORPORATE, rows, above=["银行存款明细账"]),))
    assert [row["amount"] for row in rows_of(fields)] == ["250000.00", "-120000.00", "88.20"]
    assert values(fields, "total_in", "total_out") == ["250088.20", "120000.00"]


def test_wechat_without_balance() -> None:
    cols = (
        Col("交易单号", 20, 120), Col("交易时间", 130, 190), Col("交易类型", 200, 260), Col("收/支/其他", 270, 330),
        Col("交易方式", 340, 400), Col("金额(元)", 410, 470, "right"), Col("交易对方", 490, 570), Col("商户单号", 580, 720),
    )  # fmt: skip
    rows = [
        ["42000019702401\n051234567890", "2024-01-05\n12:30:01", "商户消费", "支出", "零钱", "35.00", "示例餐厅", "10001072\n34455"],
        ["10000498012024\n010600312345", "2024-01-06\n08:00:00", "转账", "收入", "/", "500.00", "李四", "/"],
    ]
    above = [
        "微信支付交易明细证明",
        "兹证明：张三（居民身份证：500103198803151234），在其微信号：wxid_abc123中的交易明细信息如下：",
        "交易明细对应时间段：2024-01-01 00:00:00至2024-06-30 23:59:59",
    ]
    fields = extract((page(cols, rows, above=above, valign="middle", ruled=True),))
    assert values(fields, "bank", "account_holder", "period_from", "period_until") == ["微信支付", "张三", "2024-01-01", "2024-06-30"]
    assert told(fields, *MAIN) == [
        ("2024-01-05", "商户消费", "示例餐厅", "-35.00", ""),
        ("2024-01-06", "转账", "李四", "500.00", ""),
    ]


def test_counter_statement_in_one_unsigned_column_goes_by_the_balance() -> None:
    cols = (Col("日期", 30, 90), Col("摘要", 100, 180), Col("发生额", 200, 280, "right"), Col("余额", 300, 380, "right"))
    rows = [["20240101", "开户", "100.00", "100.00"], ["20240102", "存款", "500.00", "600.00"], ["20240103", "取款", "200.00", "400.00"],
            ["20240105", "取款", "50.00", "350.00"]]  # fmt: skip
    fields = extract((page(cols, rows, above=["XX县农村信用合作联社存款分户账"]),))
    assert [row["amount"] for row in rows_of(fields)] == ["100.00", "500.00", "-200.00", "-50.00"]


# --- order and direction ---------------------------------------------------------------------------------------------

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


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["oldest", "newest", "days back"]), st.booleans(), st.integers(1, 60))
def test_any_ledger_comes_back_in_any_order(seed: int, order: str, swapped: bool, count: int) -> None:
    rng = random.Random(seed)
    rows, truth = ledger(rng, count)
    if order == "newest":
        rows, truth = rows[::-1], truth[::-1]
    elif order == "days back":
        days = sorted({t[0] for t in truth}, reverse=True)
        places = [n for day in days for n in range(len(truth)) if truth[n][0] == day]
        rows, truth = [rows[n] for n in places], [truth[n] for n in places]
    titles = ("借方", "贷方") if swapped else ("支出", "收入")
    cols = (*PLAIN[:2], replace(PLAIN[2], title=titles[0]), replace(PLAIN[3], title=titles[1]), *PLAIN[4:])
    size = rng.choice([7, 20, 40])
    sheets = tuple(
        page(cols, rows[n : n + size], number=1 + n // size, headed=n == 0 or rng.random() < 0.5) for n in range(0, len(rows), size)
    )
    fields = extract(sheets)
    assert told(fields, "date", "amount", "balance") == [(day, yuan(fen), yuan(balance)) for day, fen, balance in truth]


def test_page_balances_run_in_the_order_of_time() -> None:
    rows, truth = ledger(random.Random(5), 30)
    rows, truth = rows[::-1], truth[::-1]
    sheets = tuple(page(PLAIN, rows[n : n + 10], number=1 + n // 10) for n in (0, 10, 20))
    found = extract(sheets)["page_balances"].value
    for n, each in enumerate(found):
        newest, oldest = truth[n * 10], truth[n * 10 + 9]
        assert isinstance(each, Mapping)
        assert (each["opening"], each["closing"]) == (yuan(oldest[2] - oldest[1]), yuan(newest[2]))


def test_rows_carried_over_pages_are_no_transactions() -> None:
    first = page(PLAIN, [["2024-01-01", "消费", "1.00", "", "99.00", ""], ["", "过次页", "", "", "99.00", ""]])
    second = page(PLAIN, [["", "承前页", "", "", "99.00", ""], ["2024-01-02", "利息", "", "2.00", "101.00", ""]], number=2)
    fields = extract((first, second))
    assert len(rows_of(fields)) == 2
    assert [(p["opening"], p["closing"]) for p in fields["page_balances"].value if isinstance(p, Mapping)] == [
        ("100.00", "99.00"),
        ("99.00", "101.00"),
    ]


def test_sub_accounts_have_balances_of_their_own() -> None:
    cols = (Col("账号", 30, 90), *(replace(col, x0=col.x0 + 80, x1=col.x1 + 80) for col in PLAIN))
    rows = []
    for n in range(12):
        rows.append([f"0000{n % 2}", f"2024-01-{n + 1:02}", "利息", "", "1.00", f"{(n % 2) * 500 + n // 2 + 1}.00", ""])
    fields = extract((page(cols, rows),))
    assert [row["series"] for row in rows_of(fields)] == ["00000", "00001"] * 6
    assert [row["amount"] for row in rows_of(fields)] == ["1.00"] * 12
    noisy = extract((as_read(page(cols, [["00000", *row[1:]] for row in rows[::2]]), {}),))
    assert all("series" not in row for row in rows_of(noisy))


def test_months_and_days_without_a_year_take_it_from_the_period() -> None:
    rows = [["12-30", "消费", "1.00", "", "99.00", ""], ["01-02", "利息", "", "2.00", "101.00", ""]]
    fields = extract((page(PLAIN, rows, above=["示例银行明细", "起止日期：2023-12-01至2024-01-31"]),))
    assert [row["date"] for row in rows_of(fields)] == ["2023-12-30", "2024-01-02"]


def test_a_day_printed_once_holds_for_the_rows_under_it() -> None:
    rows = [["2024-01-02", "消费", "1.00", "", "99.00", "甲"], ["", "消费", "9.00", "", "90.00", "乙"]]
    rows += [["2024-01-03", "消费", "9.00", "", "81.00", "乙"]]
    assert [row["date"] for row in rows_of(extract((page(PLAIN, rows),)))] == ["2024-01-02", "2024-01-02", "2024-01-03"]


def test_negative_sums_in_brackets_and_reversals() -> None:
    rows = [
        ["2024-01-02", "消费", "100.00", "", "900.00", ""],
        ["2024-01-02", "冲正", "-100.00", "", "1,000.00", ""],
        ["2024-01-03", "冲正", "", "(50.00)", "950.00", ""],
    ]
    assert [row["amount"] for row in rows_of(extract((page(PLAIN, rows),)))] == ["-100.00", "100.00", "-50.00"]


def test_minus_signs_in_the_column_of_what_left() -> None:
    rows = [
        ["2024-01-02", "消费", "-100.00", "", "900.00", ""],
        ["2024-01-03", "工资", "", "50.00", "950.00", ""],
        ["2024-01-04", "消费", "-20.00", "", "930.00", ""],
    ]
    assert [row["amount"] for row in rows_of(extract((page(PLAIN, rows),)))] == ["-100.00", "50.00", "-20.00"]


def test_totals_printed_in_words_under_the_table() -> None:
    below = ["收入合计：2笔 1,234.00元    支出合计：共3笔，金额 90.50元"]
    fields = extract((page(PLAIN, [["2024-01-02", "消费", "100.00", "", "900.00", ""]], below=below),))
    assert values(fields, "total_in", "total_out") == ["1234.00", "90.50"]


def test_sums_of_a_page_are_no_totals_of_the_statement() -> None:
    rows = [["2024-01-02", "消费", "100.00", "", "900.00", ""], ["", "本页小计", "100.00", "0.00", "", ""]]
    fields = extract((page(PLAIN, rows, below=["本页支出合计 100.00"]),))
    assert "total_out" not in fields and len(rows_of(fields)) == 1


# --- apps -------------------------------------------------------------------------------------------------------------


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


def _moved(one: Line, by: float) -> Line:
    return replace(one, box=Box(one.box.x0 + by, one.box.y0, one.box.x1 + by, one.box.y1), edges=tuple(e + by for e in one.edges))


def test_an_apps_list_with_days_as_headings() -> None:
    sheet = screen(
        [
            [("收支明细", "")],
            [("2024年12月", "支出￥1,035.00 收入￥500.00")],
            [("12-25 星期三", "")],
            [("餐饮", "-35.00"), ("12:30", "余额 1,234.00")],
            [("转账", "-1,000.00"), ("09:10", "余额 1,269.00")],
            [("12-24 星期二", "")],
            [("工资", "+500.00"), ("08:00", "余额 2,269.00")],
        ]
    )
    fields = extract((sheet,))
    assert told(fields, "date", "summary", "amount", "balance") == [
        ("2024-12-25", "餐饮", "-35.00", "1234.00"),
        ("2024-12-25", "转账", "-1000.00", "1269.00"),
        ("2024-12-24", "工资", "500.00", "2269.00"),
    ]


def test_an_apps_list_with_the_day_in_each_entry() -> None:
    sheet = screen(
        [
            [("招商银行 交易明细", "")],
            [("快捷支付", "-35.00"), ("美团支付-示例餐厅", ""), ("2024-12-25 12:30:11", "余额：1,234.00")],
            [("代发工资", "9,000.00"), ("重庆示例有限公司", ""), ("2024-12-24 08:00:00", "余额：1,269.00")],
            [("快捷支付", "-10.00"), ("示例超市", ""), ("2024-12-23 10:00:00", "余额：-7,731.00")],
        ]
    )
    fields = extract((sheet,))
    assert told(fields, "date", "summary", "counterparty", "amount")[:2] == [
        ("2024-12-25", "快捷支付", "美团支付-示例餐厅", "-35.00"),
        ("2024-12-24", "代发工资", "重庆示例有限公司", "9000.00"),
    ]


def test_entries_that_two_screenshots_show_are_one() -> None:
    def entry(n: int) -> list[tuple[str, str]]:
        return [(f"消费{n}", f"-{n}.00"), (f"2024-12-{30 - n} 12:30:11", f"余额：{sum(range(n + 1, 13))}.00")]

    head = [[("示例银行 交易明细", "")]]
    first = replace(screen([*head, *(entry(n) for n in range(1, 8))]), file="1.png")
    second = replace(screen([entry(n) for n in range(6, 12)]), file="2.png")
    assert TYPE.continues((first,), second)
    assert [row["amount"] for row in rows_of(extract((first, second)))] == [f"-{n}.00" for n in range(1, 12)]


# --- how sure ---------------------------------------------------------------------------------------------------------


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


def test_the_balance_makes_doubtful_characters_sure() -> None:
    fields = extract((as_read(page(PLAIN, THREE), {"68.00": ("68.00", 0.6, "3")}),))
    assert rows_of(fields)[1]["amount"] == "-68.00" and rows_of(fields)[1]["confidence"] >= SURE


def test_a_doubtful_character_that_breaks_the_balance_is_not_sure_and_never_mended() -> None:
    fields = extract((as_read(page(PLAIN, THREE), {"68.00": ("63.00", 0.6, "8")}),))
    row = rows_of(fields)[1]
    assert row["amount"] == "-63.00" and row["confidence"] < SURE
    assert row["proposal"] == {"amount": "-68.00"}
    assert fields["transactions"].confidence < SURE


def test_a_clear_row_that_does_not_follow_stays_sure() -> None:
    rows = [*THREE[:1], ["2024-01-03", "消费", "60.00", "", "832.00", "乙"], *THREE[2:]]
    assert rows_of(extract((page(PLAIN, rows),)))[1]["confidence"] == 1.0


def test_a_lost_sign_is_not_sure() -> None:
    cols = (*PLAIN[:2], replace(PLAIN[2], title="交易金额"), *PLAIN[4:])
    rows = [[f"2024-01-{n:02}", "消费", "-1.00", f"{100 - n}.00", ""] for n in range(1, 15)]
    sheet = page(cols, rows)
    marks = [each for each in sheet.lines if each.text == "-1.00"]
    lost = replace(marks[5], text="1.00", edges=marks[5].edges[1:])
    fields = extract((as_read(replace(sheet, lines=tuple(lost if x is marks[5] else x for x in sheet.lines)), {}),))
    row = rows_of(fields)[5]
    assert row["amount"] == "1.00" and row["confidence"] < SURE and row["proposal"] == {"amount": "-1.00"}


def test_a_balance_that_was_not_read_is_not_sure_to_be_absent() -> None:
    more = (["2024-01-05", "消费", "10.00", "", "790.00", "丁"], ["2024-01-06", "消费", "10.00", "", "780.00", "丁"])
    sheet = page(PLAIN, [*THREE, *more])
    fields = extract((as_read(replace(sheet, lines=tuple(x for x in sheet.lines if x.text != "800.00")), {}),))
    assert [row["confidence"] >= SURE for row in rows_of(fields)] == [True, True, False, True, True]


def test_dirt_among_figures_is_read_over_but_only_the_balance_makes_it_sure() -> None:
    chained = extract((as_read(page(PLAIN, THREE), {"832.00": (".832:00", 0.99, "")}),))
    assert rows_of(chained)[1]["balance"] == "832.00" and rows_of(chained)[1]["confidence"] >= SURE
    alone = extract((as_read(page(PLAIN, THREE[:1]), {"900.00": (".900:00", 0.99, "")}),))
    assert rows_of(alone)[0]["confidence"] < SURE


def test_a_row_whose_sums_were_not_read_is_kept() -> None:
    rows = [[f"2024-01-{n:02}", "消费", "1.00", "", f"{100 - n}.00", "甲"] for n in range(1, 9)]
    sheet = page(PLAIN, rows)
    gone = {id(each) for each in sheet.lines if each.box.cy == sheet.lines[6 + 5 * 3].box.cy and each.text[-3:] == ".00"}
    assert len(gone) == 2
    fields = extract((replace(sheet, lines=tuple(each for each in sheet.lines if id(each) not in gone), source="ocr"),))
    assert [row["date"] for row in rows_of(fields)] == [row[0] for row in rows[:3]] + [row[0] for row in rows[4:]]


# --- pages put together -----------------------------------------------------------------------------------------------


def paper(rows: Sequence[Sequence[str]], number: int, of: int, file: str, account: str = "6222020200011112222", **more: Any) -> Sheet:
    above = ["示例银行账户交易明细", f"户名：张三  账号：{account}"] if more.pop("named", True) else []
    below = [f"第{number}页 共{of}页"] if of else []
    return replace(page(PLAIN, rows, above=above, below=below, number=more.pop("page", 1), **more), file=file)


def test_photographs_of_pages_in_any_order_become_one_statement() -> None:
    rows, _ = ledger(random.Random(3), 30)
    sheets = [paper(rows[n * 10 : n * 10 + 10], n + 1, 3, f"{n}.jpg") for n in range(3)]
    assert [[s.file for s in group] for group in TYPE.assemble([sheets[2], sheets[0], sheets[1]])] == [["0.jpg", "1.jpg", "2.jpg"]]


def test_photographs_without_page_numbers_are_ordered_by_the_balance() -> None:
    rows, _ = ledger(random.Random(4), 30)
    sheets = [paper(rows[n * 10 : n * 10 + 10], 0, 0, f"{n}.jpg", named=n == 0) for n in range(3)]
    groups = TYPE.assemble([sheets[1], sheets[0], sheets[2]])
    assert [[s.file for s in group] for group in groups] == [["0.jpg", "1.jpg", "2.jpg"]]


def test_two_accounts_and_two_periods_stay_apart() -> None:
    rows, _ = ledger(random.Random(6), 20)
    one = paper(rows[:10], 1, 1, "a.pdf", page=1)
    two = paper(rows[10:], 1, 1, "a.pdf", account="6217000099998888", page=2)
    assert [len(group) for group in TYPE.assemble([one, two])] == [1, 1]
    later = replace(one, lines=(*one.lines, line("起止日期：2024-07-01至2024-12-31", 400, 20)), file="b.pdf")
    first = replace(one, lines=(*one.lines, line("起止日期：2024-01-01至2024-06-30", 400, 20)))
    assert [len(group) for group in TYPE.assemble([first, later])] == [1, 1]


def test_a_second_copy_of_a_page_is_no_part_of_the_first() -> None:
    rows, _ = ledger(random.Random(7), 20)
    pages = [paper(rows[:10], 1, 2, "a.pdf", page=1), paper(rows[10:], 2, 2, "a.pdf", page=2), paper(rows[:10], 1, 2, "b.jpg")]
    assert [[s.file for s in group] for group in TYPE.assemble(pages)] == [["a.pdf", "a.pdf"], ["b.jpg"]]


def test_a_page_without_titles_continues_the_statement_and_prose_does_not() -> None:
    rows, _ = ledger(random.Random(8), 20)
    first = paper(rows[:10], 0, 0, "a.pdf", page=1)
    bare = replace(page(PLAIN, rows[10:], headed=False, number=2), file="a.pdf")
    assert TYPE.continues((first,), bare)
    prose = page(PLAIN, [], headed=False, above=["兹证明张三系我公司员工，月收入人民币12,000.00元", "特此证明", "2024-01-05"])
    assert not TYPE.continues((first,), prose)


# --- recognition -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", [ICBC, page(CORPORATE, CORPORATE_ROWS, above=["单位存款账户对账单"])])
def test_recognised(sheet: Sheet) -> None:
    assert label(sheet, all_types()).type == "bank_statement"


def test_the_bank_is_read_from_a_seal_where_no_title_names_it() -> None:
    seal = Seal(Box(500, 500, 600, 560), "重庆三峡银行股份有限公司业务专用章", 0.93)
    fields = extract((replace(page(PLAIN, THREE), seals=(seal,)),))
    assert fields["bank"].text == "重庆三峡银行"


def test_labels_that_differ_in_one_character_are_told_apart() -> None:
    sheet = page(PLAIN, [], headed=False, above=["期初余额：1.00  期末余额：2.00"])
    wanted = {"opening": ("期初余额",), "closing": ("期末余额",)}
    assert [found.name for found in labels(sheet, wanted)] == ["opening", "closing"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=30), st.integers(0, 1000))
def test_nothing_is_raised_for_any_text(texts: list[str], seed: int) -> None:
    rng = random.Random(seed)
    lines = tuple(line(text, rng.uniform(0, 700), rng.uniform(0, 900)) for text in texts if text)
    sheet = page(PLAIN, THREE)
    extract((replace(sheet, lines=sheet.lines + lines, source="ocr"),))
    TYPE.assemble([replace(sheet, lines=lines), sheet])
    TYPE.continues((sheet,), replace(sheet, lines=lines))
