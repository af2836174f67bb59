"""Heads of statements: whose amounts, of which day or period, in which unit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.classify import documents_of
from extractors.documents import income_statement
from extractors.model import SURE
from tests.statement_pages import BALANCE, FOUR, GROUP, GROUP_HEADING, HEADING, INCOME, ONE, TWO, balance, set_line, sheet, values


def test_without_a_printed_unit_it_is_yuan_but_not_surely() -> None:
    fields = balance(sheet((HEADING[0], (*HEADING[1][:2], "会企01表")), TWO, BALANCE))
    assert fields["unit"].value == "元"
    assert fields["unit"].confidence < SURE


def test_a_groups_sheet_gives_the_consolidated_columns_in_the_printed_unit() -> None:
    got = values(balance(sheet(GROUP_HEADING, FOUR, GROUP)))
    assert got["unit"] == "千元"
    assert got["company"] == "重庆示例股份有限公司"
    assert (got["cash.end"], got["cash.begin"]) == ("1234567000.00", "2234567000.00")
    assert (got["accounts_receivable.end"], got["accounts_receivable.begin"]) == ("-321000.00", "100000.00")


@pytest.mark.parametrize("form", ["{}年12月31日", "{}-12-31", "{}.12.31", "{}年12月31日余额", "{}年末"])
def test_columns_titled_by_dates_tell_the_day_and_which_is_which(form: str) -> None:
    title = ("项目", "附注", form.format(2023), form.format(2024))
    rows = [title, ("货币资金", "1", "10.00", "1,110.00"), ("资产总计", "", "20.00", "2,220.00")]
    fields = balance(sheet((("资产负债表",), ("编制单位：示例厂", "", "单位：元")), ONE, rows))
    got = values(fields)
    assert (got["as_of"], got["cash.begin"], got["cash.end"]) == ("2024-12-31", "10.00", "1110.00")


def test_columns_without_readable_titles_are_not_sure_which_they_are() -> None:
    rows = [("项目", "附注", "", ""), ("货币资金", "1", "1,110.00", "10.00"), ("存货", "", "2,220.00", "20.00")]
    field = balance(sheet(HEADING, ONE, rows))["cash.end"]
    assert (field.value, field.confidence < SURE) == ("1110.00", True)


def test_a_date_over_two_owners_counts_for_both() -> None:
    rows = (("", "", "", "", "", ""), *GROUP[1:])
    page = sheet(GROUP_HEADING, FOUR, rows)
    over = [set_line("2024年12月31日", "c435", 52, "ocr", 0.99), set_line("2023年12月31日", "c675", 52, "ocr", 0.99)]
    got = values(balance(replace(page, lines=(*page.lines, *over))))
    assert (got["cash.end"], got["cash.begin"]) == ("1234567000.00", "2234567000.00")


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2024年度", ("2024-01-01", "2024-12-31")),
        ("2024年1-9月", ("2024-01-01", "2024-09-30")),
        ("2024年1月—6月", ("2024-01-01", "2024-06-30")),
        ("2024年01月01日至2024年06月30日", ("2024-01-01", "2024-06-30")),
        ("2024-01-01 至 2024-03-31", ("2024-01-01", "2024-03-31")),
        ("2024 年第一季度", ("2024-01-01", "2024-03-31")),
        ("所属期起：2024-01-01 所属期止：2024-12-31", ("2024-01-01", "2024-12-31")),
        ("截至2024年12月31日止年度", ("2024-01-01", "2024-12-31")),
    ],
)
def test_periods(printed: str, expected: tuple[str, str]) -> None:
    page = sheet((("利润表",), ("编制单位：示例有限公司", printed, "单位：元")), ONE, INCOME)
    fields = income_statement.TYPE.extract((page,))
    assert (fields["period_from"].value, fields["period_until"].value) == expected


def test_the_day_of_printing_is_not_the_day_of_the_sheet() -> None:
    heading = (("资产负债表",), ("打印日期：2025-02-11",), ("编制单位：示例有限公司", "2024-12-31", "金额单位：元"))
    assert balance(sheet(heading, TWO, BALANCE))["as_of"].value == "2024-12-31"


def test_the_tax_offices_form_with_names_behind_other_labels() -> None:
    heading = (
        ("资产负债表（适用执行小企业会计准则的企业）",),
        ("纳税人识别号：91500000MA5U000000", "", "会小企01表"),
        ("纳税人名称：示例餐饮店", "所属期起：2024-10-01 所属期止：2024-12-31", "单位：元"),
    )
    found = documents_of([sheet(heading, TWO, BALANCE)])
    got = values(dict(found[0].fields))
    assert (found[0].type, got["company"], got["as_of"]) == ("balance_sheet", "示例餐饮店", "2024-12-31")


def test_an_empty_label_takes_no_date_for_the_company() -> None:
    assert "company" not in balance(sheet((("资产负债表",), ("编制单位：", "2024年12月31日", "单位：元")), TWO, BALANCE))


@pytest.mark.parametrize("printed", ["【001】示例商贸有限公司", "[01] 示例商贸有限公司", "001-示例商贸有限公司", "示例商贸有限公司 司"])
def test_the_company_without_the_number_of_its_books_or_a_seals_character(printed: str) -> None:
    heading = (("资产负债表",), (f"核算单位：{printed}", "2024年12月", "单位：元"))
    assert balance(sheet(heading, TWO, BALANCE))["company"].value == "示例商贸有限公司"


@pytest.mark.parametrize(("printed", "day"), [("二○二四年十二月三十一日", "2024-12-31"), ("2024年半年度", "2024-06-30")])
def test_days_in_chinese_figures_and_half_years(printed: str, day: str) -> None:
    heading = (HEADING[0], ("编制单位：示例厂（盖章）", printed, "单位：元"))
    got = values(balance(sheet(heading, TWO, BALANCE)))
    assert (got["as_of"], got["company"]) == (day, "示例厂")
