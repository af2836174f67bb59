"""Which sheets are one statement, which are several, and which are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.classify import documents_of
from extractors.documents import balance_sheet, cash_flow_statement, income_statement
from extractors.model import Line, Sheet
from tests.statement_pages import BALANCE, CASH, CASH_HEADING, HEADING, INCOME, ONE, TWO, WIDTH, Cells, sheet


def test_three_statements_on_one_page_are_three_documents() -> None:
    pages = [
        sheet(HEADING, TWO, BALANCE),
        sheet((("利润表",), ("编制单位：示例商行", "2024年9月", "单位：元")), ONE, INCOME),
        sheet(CASH_HEADING, ONE, CASH),
    ]
    lines: list[Line] = []
    y = 0.0
    for page in pages:
        lines += [replace(each, box=replace(each.box, y0=each.box.y0 + y, y1=each.box.y1 + y)) for each in page.lines]
        y = max(each.box.y1 for each in lines) + 20
    whole = replace(pages[0], lines=tuple(lines), height=y, to_page=(1 / WIDTH, 0, 0, 0, 1 / y, 0, 0, 0, 1))
    found = documents_of([whole])
    assert [document.type for document in found] == ["balance_sheet", "income_statement", "cash_flow_statement"]
    assert found[0].fields["total_assets.end"].value == "2940.00"
    assert found[1].fields["net_profit.current"].value == "2025.00"
    assert found[2].fields["cash_end.current"].value == "1100000.00"
    spot = found[2].fields["cash_end.current"].evidence
    assert spot is not None and spot.box.y0 > 0.8


def _long_form() -> tuple[list[Cells], list[Cells]]:
    assets: list[Cells] = [(row[0], "", row[3], row[2]) for row in BALANCE[1:] if row[0]]
    claims: list[Cells] = [(row[4], "", row[7], row[6]) for row in BALANCE[1:]]
    return [("项目", "附注", "期末余额", "上年年末余额"), *assets], claims


def test_a_sheet_goes_on_over_the_page_without_title_or_titles_of_columns() -> None:
    assets, claims = _long_form()
    found = documents_of([sheet(HEADING, ONE, assets, foot=()), sheet((), ONE, claims, page=2)])
    assert [(each.type, [ref.page for ref in each.pages]) for each in found] == [("balance_sheet", [1, 2])]
    assert found[0].fields["total_equity.end"].value == "2630.00"
    assert found[0].fields["total_liabilities_and_equity.begin"].value == "510.00"
    assert found[0].fields["cash.end"].evidence != found[0].fields["total_equity.end"].evidence


def test_group_and_parent_of_one_report_stay_apart() -> None:
    assets, claims = _long_form()
    other = [tuple(cell.replace("2,940.00", "2,840.00") for cell in row) for row in (*assets, *claims)]
    parent = (("母公司资产负债表",), HEADING[1])
    found = documents_of([sheet(HEADING, ONE, [*assets, *claims]), sheet(parent, ONE, other, page=2)])
    assert [each.fields["total_assets.end"].value for each in found] == ["2940.00", "2840.00"]


def test_the_end_of_one_statement_and_the_start_of_the_next_on_one_page() -> None:
    assets, claims = _long_form()
    second = sheet((), ONE, claims, page=2)
    below = sheet((("利润表",), ("2024年度", "", "单位：元")), ONE, INCOME)
    y = max(each.box.y1 for each in second.lines) + 10
    moved = [replace(each, box=replace(each.box, y0=each.box.y0 + y, y1=each.box.y1 + y)) for each in below.lines]
    mixed = replace(second, lines=(*second.lines, *moved))
    found = documents_of([sheet(HEADING, ONE, assets, foot=()), mixed])
    assert [(each.type, [ref.page for ref in each.pages]) for each in found] == [
        ("balance_sheet", [1, 2]),
        ("income_statement", [2]),
    ]
    assert found[0].fields["retained_earnings.end"].value == "630.00"
    assert found[1].fields["revenue.current"].value == "9000.00"


def test_two_years_sheets_are_two_documents() -> None:
    last = (HEADING[0], ("编制单位：重庆示例科技有限公司", "2023年12月31日", "单位：元"))
    assert len(documents_of([sheet(HEADING, TWO, BALANCE), sheet(last, TWO, BALANCE, page=2)])) == 2


def test_a_trial_balance_and_a_tax_return_are_no_statements() -> None:
    names = ["应收账款", "预付账款", "其他应收款", "固定资产", "短期借款", "应付账款", "预收账款", "应交税费", "实收资本", "资本公积"]
    trial = sheet((("科目余额表",), ("单位：示例有限公司", "2024年12月", "")), ONE, [(n, "", "1.00", "2.00") for n in names])
    ret = sheet(
        (("企业所得税年度纳税申报表（A类）",),),
        ONE,
        [("一、营业收入", "1", "5.00", ""), ("减：营业成本", "2", "5.00", ""), ("税金及附加", "3", "", ""),
         ("二、营业利润", "10", "5.00", ""), ("三、利润总额", "13", "5.00", ""), ("五、应纳税所得额", "23", "1.00", "")],
    )
    assert {each.type for each in documents_of([trial, ret])}.isdisjoint({"balance_sheet", "income_statement"})


def test_a_page_of_notes_or_contents_is_no_statement() -> None:
    printed = [row[0] for row in BALANCE[2:]] + [row[4] for row in BALANCE[2:]]
    names = [name for name in printed if name and "计" not in name]
    contents = sheet((("财务报表附注",),), ONE, [(f"{n}、{name}", "", "", "") for n, name in enumerate(names, start=1)])
    assert [each.type for each in documents_of([contents])] == ["unknown"]


TAIL = ("加：营业外收入", "", "1,000.00", "2,000.00")


@pytest.mark.parametrize(
    ("columns", "rows", "page", "goes_on"),
    [
        (ONE, [TAIL], 2, True),
        (ONE, [TAIL], 3, False),
        (("l40", "c200", "r400", "r500"), [TAIL], 2, False),
        (ONE, [("减：营业成本", "", "5.00", "6.00")], 2, False),
        (ONE, [("合同总价", "", "5,091,743.92", "3,760,513.60"), ("甲方：示例", "", "", "")], 2, False),
    ],
    ids=["last row", "not the next page", "other columns", "repeats a line", "no line of a statement"],
)
def test_the_last_row_on_a_page_of_its_own(columns: tuple[str, ...], rows: list[tuple[str, ...]], page: int, goes_on: bool) -> None:
    named = [("项目", "附注", "本期金额", "上期金额")] + [
        (name, "", f"{n + 9},000.00", f"{n + 8},000.00") for n, name in enumerate(("一、营业收入", "减：营业成本", "税金及附加", "管理费用", "二、营业利润"))
    ]
    one = sheet((("利润表",), ("编制单位：示例有限公司", "2025年度", "单位：元")), ONE, named, foot=())
    two = sheet((), columns, rows, page=page, foot=())
    assert income_statement.TYPE.continues((one,), two) is goes_on


def test_nothing_is_raised_for_papers_that_are_no_table() -> None:
    blank = Sheet("a.jpg", 1, 0, 100, 100, (0.01, 0, 0, 0, 0.01, 0, 0, 0, 1), ())
    for kind in (balance_sheet.TYPE, income_statement.TYPE, cash_flow_statement.TYPE):
        assert set(kind.extract((blank,))) == {"unit"}
        assert kind.split(blank) == (blank,)
        assert not kind.continues((blank,), blank)


def signatures(*texts: str) -> Sheet:
    one = sheet((("利润表",), ("编制单位：示例商行",)), ONE, INCOME)
    spots = sorted(one.lines, key=lambda each: each.box.y0)
    return replace(one, page=2, lines=tuple(replace(at, text=text, edges=()) for at, text in zip(spots, texts, strict=False)))


@pytest.mark.parametrize(
    ("texts", "goes_on"),
    [
        (("后附财务报表附注为财务报表的组成部分。", "法定代表人：王小明", "主管会计工作负责人：李红", "会计机构负责人：", "张立", "第2页"), True),
        (("会计主管：王小明", "制单：李红"), True),
        (("审计报告", "我们审计了示例商行财务报表，包括2024年12月31日的资产负债表", "法定代表人：王小明"), False),
        (("会计主管：王小明", "1,234,567.00"), False),
        (("第2页",), False),
    ],
)
def test_a_page_of_signatures_alone_belongs_to_the_statement_before_it(texts: tuple[str, ...], goes_on: bool) -> None:
    before = sheet((("利润表",), ("编制单位：示例商行", "2024年9月", "单位：元")), ONE, INCOME)
    assert income_statement.TYPE.continues((before,), signatures(*texts)) is goes_on
    found = documents_of([before, signatures(*texts)])
    assert [document.type for document in found] == (["income_statement"] if goes_on else ["income_statement", "unknown"])
    assert found[0].fields["net_profit.current"].value == "2025.00"
