"""Bank statements as banks print them: columns, signs, headers, and that they are recognised."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.classify import label
from extractors.doctype import all_types
from extractors.documents.bank_statement import TYPE, extract
from extractors.layout import labels
from extractors.model import SURE, Box, Seal, Sheet
from tests.bank_pages import HEAD, MAIN, PLAIN, THREE, rows_of, told, values
from tests.ledger_pages import Col, line, page

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
