"""Columns and rows of statements: heads of two levels, numbers of lines, photographs whose rows do not run level, sums as proof."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.documents import cash_flow_statement, income_statement
from extractors.model import SURE, Sheet
from tests.statement_pages import CASH, CASH_HEADING, FOUR, HEADING, INCOME, ONE, TWO, balance, set_line, sheet, spoiled, values

PARENT_HEADING = (("资产负债表",), ("编制单位：重庆示例股份有限公司", "2024年12月31日", "单位：元"))
LINES = ("货币资金", "应收账款", "流动资产合计", "资产总计")
OWN = (("1,110.00", "2,220.00", "3,330.00", "3,330.00"), ("1,010.00", "2,020.00", "3,030.00", "3,030.00"))
PARENTS = (("110.00", "220.00", "330.00", "330.00"), ("101.00", "202.00", "303.00", "303.00"))


def group_sheet(order: str, upper: tuple[str, str], lower: tuple[str, ...]) -> Sheet:
    """A sheet with two titles, each over two of the four columns; `order`: per column e or b of the group, E or B of the parent."""
    amounts = {"e": OWN[0], "b": OWN[1], "E": PARENTS[0], "B": PARENTS[1]}
    rows = [(name, "", *(amounts[c][n] for c in order)) for n, name in enumerate(LINES)]
    page = sheet(PARENT_HEADING, FOUR, [("", "", "", "", "", ""), ("项目", "附注", "", "", "", ""), ("流动资产：",), *rows])
    over = [set_line(upper[n], f"c{x}", 52, "ocr", 0.99) for n, x in enumerate((435, 675))]
    titles = [set_line(title, f"c{x}", 68, "ocr", 0.99) for title, x in zip(lower, (365, 485, 605, 725), strict=True)]
    return replace(page, lines=(*page.lines, *over, *titles))


@pytest.mark.parametrize(
    ("order", "upper", "lower"),
    [
        ("ebEB", ("合并", "母公司"), ("期末余额", "期初余额", "期末余额", "期初余额")),
        ("EBeb", ("公司", "合并"), ("年末数", "年初数", "年末数", "年初数")),
        ("eEbB", ("期末余额", "年初余额"), ("合并", "母公司", "合并", "母公司")),
        ("BbEe", ("年初余额", "期末余额"), ("母公司", "合并", "母公司", "合并")),
        ("ebEB", ("本集团", "本公司"), ("2024年", "2023年", "2024年", "2023年")),
    ],
)
def test_titles_over_two_columns_tell_the_groups_end_and_begin(order: str, upper: tuple[str, str], lower: tuple[str, ...]) -> None:
    fields = balance(group_sheet(order, upper, lower))
    got = values(fields)
    assert (got["cash.end"], got["cash.begin"]) == ("1110.00", "1010.00")
    assert (got["total_assets.end"], got["total_assets.begin"]) == ("3330.00", "3030.00")
    assert fields["cash.begin"].confidence >= SURE


def test_columns_without_titles_stay_doubtful_although_their_sums_fit() -> None:
    rows = [("项目", "附注", "", ""), *((name, "", OWN[0][n], OWN[1][n]) for n, name in enumerate(LINES))]
    fields = balance(sheet(HEADING, ONE, rows))
    assert fields["cash.end"].value == "1110.00"
    assert max(field.confidence for name, field in fields.items() if name.endswith((".end", ".begin"))) < SURE


NUMBERED = [
    ("资产", "行次", "期末余额", "年初余额"),
    ("货币资金", "1", "1,110.00", "1,010.00"),
    ("应收账款", "2", "2,220.00", "2,020.00"),
    ("其他应收款", "3", "", ""),
    ("存货", "4", "", ""),
    ("流动资产合计", "", "53,330.00", "3,030.00"),
    ("资产总计", "6", "3,330.00", "3,030.00"),
]


def test_the_number_of_a_line_that_ran_into_its_amount_is_cut_off() -> None:
    page = sheet(HEADING, ("l40", "c330", "r390", "r720"), NUMBERED)
    joined = next(each for each in page.lines if each.text == "53,330.00")
    left = next(each for each in page.lines if each.text == "4").box
    wide = replace(joined, box=replace(joined.box, x0=left.x0), edges=(left.x0, *joined.edges[1:]))
    fields = balance(replace(page, lines=tuple(wide if each is joined else each for each in page.lines)))
    assert (fields["current_assets.end"].value, fields["current_assets.begin"].value) == ("3330.00", "3030.00")


def moved_down(page: Sheet, by: float, right_of: float) -> Sheet:
    """The page with its amounts lower than their names, as on a bent page."""
    moved = [
        replace(each, box=replace(each.box, y0=each.box.y0 + by, y1=each.box.y1 + by))
        if each.box.x0 > right_of and each.box.y0 > 85 and each.text[:1].isdigit()
        else each
        for each in page.lines
    ]
    return replace(page, lines=tuple(moved))


def test_amounts_that_stand_a_line_lower_are_moved_to_their_names_by_headings_and_totals() -> None:
    straight = values(dict(cash_flow_statement.TYPE.extract((sheet(CASH_HEADING, ONE, CASH),))))
    bent = moved_down(sheet(CASH_HEADING, ONE, CASH), 14, 400)
    fields = dict(cash_flow_statement.TYPE.extract((bent,)))
    wrong = {name for name, value in straight.items() if name in fields and fields[name].value != value}
    assert not {name for name in wrong if fields[name].confidence >= SURE}
    assert fields["net_operating.current"].value == straight["net_operating.current"]


def test_a_column_whose_sums_fail_in_several_ways_is_doubted_however_clearly_it_was_read() -> None:
    rows = [
        ("项目", "行次", "期末余额", "年初余额"),
        ("货币资金", "1", "10.00", "1.00"),
        ("存货", "2", "20.00", "2.00"),
        ("流动资产合计", "3", "99.00", "3.00"),
        ("固定资产", "4", "5.00", "4.00"),
        ("无形资产", "5", "5.00", "4.00"),
        ("非流动资产合计", "6", "77.00", "8.00"),
        ("资产总计", "7", "55.00", "11.00"),
    ]
    fields = balance(sheet(HEADING, ONE, rows))
    assert max(fields[f"{line}.end"].confidence for line in ("cash", "current_assets", "fixed_assets", "total_assets")) < SURE
    assert min(fields[f"{line}.begin"].confidence for line in ("cash", "current_assets", "fixed_assets", "total_assets")) >= SURE


def test_of_a_failing_sum_with_a_doubtful_figure_all_are_doubted() -> None:
    rows = [("项目", "行次", "期末余额", "年初余额"), ("货币资金", "1", "10.00", "1.00"), ("存货", "2", "20.00", "2.00")]
    rows += [("流动资产合计", "3", "35.00", "3.00"), ("资产总计", "7", "35.00", "3.00")]
    fields = balance(spoiled(sheet(HEADING, ONE, rows), "20.00", 0.92))
    assert (fields["cash.end"].confidence < SURE, fields["cash.begin"].confidence >= SURE) == (True, True)


def test_an_amount_that_fits_with_the_other_sign_is_doubted_and_proposed() -> None:
    rows = [("项目", "行次", "期末余额", "年初余额"), ("货币资金", "1", "10.00", "1.00"), ("存货", "2", "-20.00", "2.00")]
    rows += [("流动资产合计", "3", "30.00", "3.00"), ("资产总计", "7", "30.00", "3.00")]
    field = balance(sheet(HEADING, ONE, rows))["inventories.end"]
    assert (field.value, field.proposal, field.confidence < SURE) == ("-20.00", "20.00", True)


def test_an_operating_profit_confirms_its_lines() -> None:
    page = sheet((("损 益 表",), ("编制单位：示例商行", "2024年9月", "单位：元")), ONE, INCOME)
    assert income_statement.TYPE.extract((spoiled(page, "5,400.00", 0.8),))["cost_of_sales.current"].confidence >= SURE


def test_titles_of_the_second_side_part_a_page_with_few_lines() -> None:
    head = ("资  产", "行次", "年初数", "期末数", "负债和所有者权益", "行次", "年初数", "期末数")
    row = ("资产总计", "67", "510.00", "2,940.00", "负债和所有者权益（或股\n东权益）总计", "135", "510.00", "2,940.00")
    got = values(balance(sheet(HEADING, TWO, [head, row])))
    assert (got["total_assets.end"], got["total_liabilities_and_equity.begin"]) == ("2940.00", "510.00")


def test_amounts_without_places_that_ran_together_are_parted() -> None:
    rows = [("项目", "行次", "期末余额", "年初余额"), ("货币资金", "1", "2,110,000", "1,010,000"), ("存货", "2", "1,220,000", "1,020,000")]
    page = sheet(HEADING, ("l40", "c330", "r560", "r610"), rows)
    first, second = (next(each for each in page.lines if each.text == text) for text in ("2,110,000", "1,010,000"))
    box = replace(first.box, x1=second.box.x1)
    both = replace(first, text=first.text + second.text, box=box, edges=(*first.edges[:-1], *second.edges), confidences=(), others=())
    left = tuple(each for each in page.lines if each not in (first, second))
    fields = balance(replace(page, lines=(*left, both)))
    assert (fields["cash.end"].value, fields["cash.begin"].value) == ("2110000.00", "1010000.00")
