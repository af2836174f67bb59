"""Which way sums go, in which order rows stand, and how sure they are."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.documents.bank_statement import extract
from extractors.model import SURE
from tests.bank_pages import PLAIN, THREE, as_read, ledger, rows_of, told, values, yuan
from tests.ledger_pages import Col, page

# --- order and direction ---------------------------------------------------------------------------------------------

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


# --- how sure ---------------------------------------------------------------------------------------------------------


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
