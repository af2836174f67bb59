"""Statements on several pages and on screens of apps."""

from __future__ import annotations

import random
from dataclasses import replace

from extractors.documents.bank_statement import TYPE, extract
from tests.bank_pages import PLAIN, ledger, paper, rows_of, screen, told
from tests.ledger_pages import line, page

# --- pages put together -----------------------------------------------------------------------------------------------


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


# --- apps -------------------------------------------------------------------------------------------------------------


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
