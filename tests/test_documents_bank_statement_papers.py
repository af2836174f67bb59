"""Papers of further banks: card beside account, the balance in the row of totals, cells of three, titles half read, either order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.documents.bank_statement import TYPE, extract
from extractors.model import SURE
from tests.bank_pages import PLAIN, THREE, as_read, paper, rows_of, screen, told, values
from tests.ledger_pages import Col, line, page


@pytest.mark.parametrize("above", ["卡号 6222 0231 0009 8877 665  账号 3100028801023456789", "账号：3100 0288 0102 3456 789  卡号：6222023100098877665"])
def test_the_account_is_taken_and_not_the_card_beside_it(above: str) -> None:
    assert values(extract((page(PLAIN, THREE, above=["示例银行交易明细", above]),)), "account_number") == ["3100028801023456789"]


def test_pages_that_name_card_and_account_in_either_order_are_one_statement() -> None:
    heads = ["卡号 6222023100098877665", "账号 3100028801023456789"]
    sheets = [
        replace(page(PLAIN, THREE, above=["示例银行交易明细", "户名：张三", *order], below=[f"第{n}页/共2页"]), file=f"{n}.jpg")
        for n, order in ((1, heads), (2, heads[::-1]))
    ]
    assert [len(group) for group in TYPE.assemble(sheets)] == [2]


@pytest.mark.parametrize(("balance", "closing"), [("800.00", "800.00"), ("801.00", "-")])
def test_the_balance_in_the_row_of_totals_closes_where_it_is_the_last_one(balance: str, closing: str) -> None:
    fields = extract((page(PLAIN, [*THREE, ["", "合计", "200.00", "0.00", balance, ""]]),))
    assert values(fields, "total_out", "closing_balance") == ["200.00", closing]


def test_a_bank_behind_the_account_is_no_part_of_the_name() -> None:
    rows = [[*row[:5], f"{who}\n6222****1234 {bank}"] for row, who, bank in zip(
        THREE, ("张三", "示例有限公司", "王五"), ("中国建设银行成都分行", "招商银行", "网商银行"), strict=True)]  # fmt: skip
    fields = extract((page((*PLAIN[:5], replace(PLAIN[5], title="对手信息")), rows),))
    assert [row["counterparty"] for row in rows_of(fields)] == ["张三", "示例有限公司", "王五"]


def test_labels_and_page_numbers_under_the_table_are_in_no_cell() -> None:
    sheet = page(PLAIN, [[*row[:5], "重庆示例\n有限公司"] for row in THREE])
    under = max(x.box.y1 for x in sheet.lines) + 4
    below = [line("1/1", 105, under), line("期末余额：800.00", 480, under)]
    fields = extract((replace(sheet, lines=(*sheet.lines, *below)),))
    assert told(fields, "summary", "counterparty")[-1] == ("消费", "重庆示例有限公司")
    assert values(fields, "closing_balance") == ["800.00"]


@pytest.mark.parametrize(
    ("title", "bank", "sure"),
    [("民生银行账户流水", "民生银行", True), ("中国民生银行账户流水", "中国民生银行", True), ("ICBC Account Statement 交易明细", "中国工商银行", False)],
)
def test_the_bank_is_named_as_printed_and_unsure_where_only_its_abbreviation_is(title: str, bank: str, sure: bool) -> None:
    found = extract((page(PLAIN, THREE, above=[title]),))["bank"]
    assert (found.text, found.confidence >= SURE) == (bank, sure)


WALLET = (Col("收/支", 30, 60), Col("交易对方", 80, 200), Col("商品说明", 210, 330), Col("金额", 340, 420, "right"), Col("交易时间", 440, 560))
PAID = [
    ["支出", "示例超市", "购物", "35.00", "2024-03-05 10:00:01"],
    ["收入", "张三", "转账", "80.00", "2024-03-04 11:00:01"],
    ["支出", "示例餐厅", "外卖订单", "42.50", "2024-03-03 12:00:01"],
]


def test_flags_under_a_title_that_was_half_read_still_tell_the_way() -> None:
    cols = (replace(WALLET[0], title="收"), *WALLET[1:])
    fields = extract((page(cols, PAID, ruled=True, above=["支付宝交易流水证明"]),))
    assert [row["amount"] for row in rows_of(fields)] == ["-35.00", "80.00", "-42.50"]


def test_sums_whose_way_nothing_tells_are_not_sure() -> None:
    cols = (replace(WALLET[0], title="收"), *WALLET[1:])
    fields = extract((as_read(page(cols, [["", *row[1:]] for row in PAID], above=["支付宝交易流水证明"]), {}),))
    assert len(rows_of(fields)) == 3
    assert all(row["confidence"] < SURE for row in rows_of(fields))


def test_english_behind_a_label_is_no_label_of_its_own() -> None:
    above = ["账号/卡号 Account/Card No: 6222600780001234567", "查询起日 Query Starting Date: 2024-01-01  查询止日 Query Ending Date: 2024-01-31"]
    fields = extract((page(PLAIN, THREE, above=["示例银行交易清单", *above]),))
    assert values(fields, "account_number", "period_from", "period_until") == ["6222600780001234567", "2024-01-01", "2024-01-31"]


def test_a_misread_currency_opens_no_second_account() -> None:
    cols = (*PLAIN, Col("币种", 660, 700))
    rows = [[*row, currency] for row, currency in zip(THREE, ("人民币", "人民市", "人民币"), strict=True)]
    fields = extract((page(cols, rows),))
    assert not any("series" in row for row in rows_of(fields))
    assert fields["page_balances"].value


def test_entries_of_an_app_in_either_order() -> None:
    blocks = [
        [("示例银行 交易明细", "")],
        *([(who, sum_), (f"{what} 03-0{n} 10:0{n}", "")] for n, (who, what, sum_) in enumerate(
            (("示例有限公司", "转账", "-35.00"), ("示例超市", "消费", "-12.00"), ("张三", "工资", "+900.00"), ("云海", "青松", "+1.00")), 1)),
    ]  # fmt: skip
    rows = rows_of(extract((screen(blocks),)))
    assert [(row["summary"], row["counterparty"]) for row in rows[:3]] == [("转账", "示例有限公司"), ("消费", "示例超市"), ("工资", "张三")]
    assert rows[3]["text_confidence"] < SURE


def test_paper_without_a_head_is_still_of_its_statement() -> None:
    rows = [[f"2024-01-0{n}", "消费", "1.00", "", f"{100 - n}.00", "甲"] for n in range(1, 9)]
    sheets = [paper(rows[:4], 1, 2, "1.jpg"), paper(rows[4:], 2, 2, "2.jpg", named=False)]
    assert len(TYPE.assemble(sheets)) == 1
