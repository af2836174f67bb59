"""The three statements on sheets set by hand: forms, columns and slips of readers as they occur on real papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors.classify import documents_of
from extractors.documents import balance_sheet, cash_flow_statement, income_statement
from extractors.documents._statement_names import match
from extractors.model import SURE, Field, Line, Sheet, Source
from tests.ledger_pages import line, width_of

Cells = Sequence[str]
WIDTH = 800.0

# x of the columns: l(eft edge), r(ight edge), c(entre).
ONE = ("l40", "c330", "r560", "r720")
TWO = ("l30", "c165", "r270", "r370", "l400", "c535", "r640", "r760")
FOUR = ("l30", "c250", "r390", "r510", "r630", "r750")


def sheet(
    heading: Sequence[Cells],
    columns: Sequence[str],
    rows: Sequence[Cells],
    *,
    page: int = 1,
    source: Source = "ocr",
    confidence: float = 0.99,
    pitch: float = 16.0,
    foot: Sequence[str] = ("单位负责人：张三", "制表人：李四"),
) -> Sheet:
    """A page: heading rows of one to three texts (left, middle, right), then rows in the columns, wrapped cells by newline."""
    lines: list[Line] = []
    y = 20.0
    for texts in heading:
        places = ("c400",) if len(texts) == 1 else ("l40", "c400", "r760")[: len(texts)] if len(texts) < 3 else ("l40", "c400", "r760")
        lines += [_set(text, place, y, source, confidence) for text, place in zip(texts, places, strict=True) if text]
        y += pitch
    for row in rows:
        height = max((text.count("\n") for text in row), default=0)
        for text, place in zip(row, columns, strict=False):
            parts = text.split("\n")
            for n, part in enumerate(parts):
                at = y + n * 12 + (0 if len(parts) > 1 else height * 6)
                if part:
                    lines.append(_set(part, place, at, source, confidence))
        y += pitch + height * 12
    for n, text in enumerate(foot):
        lines.append(_set(text, "l40" if n == 0 else "c500", y + 20, source, confidence))
    to_page = (1 / WIDTH, 0, 0, 0, 1 / 1200, 0, 0, 0, 1)
    return Sheet("a.pdf", page, 0, WIDTH, 1200, to_page, tuple(lines), source=source)


def _set(text: str, place: str, y: float, source: Source, confidence: float) -> Line:
    x = float(place[1:])
    left = {"l": x, "r": x - width_of(text), "c": x - width_of(text) / 2}[place[0]]
    return line(text, left, y, source=source, confidence=confidence)


def spoiled(page: Sheet, printed: str, confidence: float, text: str = "") -> Sheet:
    """The page with a line read less surely, or otherwise."""
    lines = [
        replace(each, text=text or each.text, confidence=confidence, confidences=(), edges=())
        if each.text == printed
        else each
        for each in page.lines
    ]
    return replace(page, lines=tuple(lines))


def balance(*pages: Sheet) -> dict[str, Field]:
    return dict(balance_sheet.TYPE.extract(pages))


def values(fields: dict[str, Field]) -> dict[str, str]:
    return {name: field.text for name, field in fields.items()}


HEADING = (("资 产 负 债 表",), ("编制单位：重庆示例科技有限公司", "2024年12月31日", "单位：元"))
BALANCE = (
    ("资  产", "行次", "年初数", "期末数", "负债和所有者权益", "行次", "年初数", "期末数"),
    ("流动资产：", "", "", "", "流动负债：", "", "", ""),
    ("货币资金", "1", "10.00", "1,110.00", "短期借款", "68", "100.00", "200.00"),
    ("应收帐款", "4", "20.00", "1,220.00", "应付帐款", "70", "40.00", "50.00"),
    ("预付账款", "5", "", "30.00", "预收账款", "71", "-", "60.00"),
    ("流动资产合计", "31", "30.00", "2,360.00", "流动负债合计", "100", "140.00", "310.00"),
    ("固定资产净值", "41", "500.00", "600.00", "长期借款", "101", "", "—"),
    ("固定资产净额", "43", "480.00", "580.00", "负债合计", "114", "140.00", "310.00"),
    ("非流动资产合计", "60", "480.00", "580.00", "实收资本（或股本）", "115", "300.00", "2,000.00"),
    ("", "", "", "", "未分配利润", "121", "70.00", "630.00"),
    ("", "", "", "", "所有者权益（或股东\n权益）合计", "122", "370.00", "2,630.00"),
    ("资产总计", "67", "510.00", "2,940.00", "负债和所有者权益（或股\n东权益）总计", "135", "510.00", "2,940.00"),
)


def test_old_form_side_by_side_with_the_years_begin_first() -> None:
    got = values(balance(sheet(HEADING, TWO, BALANCE)))
    assert got["company"] == "重庆示例科技有限公司"
    assert (got["as_of"], got["unit"]) == ("2024-12-31", "元")
    assert (got["cash.begin"], got["cash.end"]) == ("10.00", "1110.00")
    assert (got["accounts_receivable.end"], got["accounts_payable.end"]) == ("1220.00", "50.00")
    assert (got["prepayments.end"], got["advances_received.end"]) == ("30.00", "60.00")
    assert got["total_equity.end"] == "2630.00"
    assert got["total_liabilities_and_equity.begin"] == "510.00"
    assert (got["current_assets.end"], got["non_current_assets.end"]) == ("2360.00", "580.00")


def test_a_blank_cell_is_nothing_and_a_dash_is_nought() -> None:
    got = values(balance(sheet(HEADING, TWO, BALANCE)))
    assert "prepayments.begin" not in got
    assert "long_term_loans.begin" not in got
    assert (got["advances_received.begin"], got["long_term_loans.end"]) == ("0.00", "0.00")


def test_of_several_forms_of_one_line_the_book_value_counts_and_the_other_keeps_its_name() -> None:
    got = values(balance(sheet(HEADING, TWO, BALANCE)))
    assert got["fixed_assets.end"] == "580.00"
    assert got["other:固定资产净值.end"] == "600.00"


def test_numbers_of_lines_never_become_values() -> None:
    got = values(balance(sheet(HEADING, TWO, BALANCE)))
    assert not {"1.00", "68.00", "121.00", "135.00"} & set(got.values())


def test_a_clearly_printed_wrong_sum_stays_sure_and_a_doubtful_figure_is_doubted() -> None:
    rows = [tuple("2,350.00" if cell == "2,360.00" else cell for cell in row) for row in BALANCE]
    wrong = sheet(HEADING, TWO, rows)
    assert balance(wrong)["current_assets.end"].confidence >= SURE
    smudged = balance(spoiled(wrong, "1,220.00", 0.93))["accounts_receivable.end"]
    assert (smudged.value, smudged.confidence < SURE) == ("1220.00", True)


def test_a_sum_that_fits_confirms_figures_that_were_not_clearly_read() -> None:
    smudged = spoiled(sheet(HEADING, TWO, BALANCE), "1,220.00", 0.8)
    assert balance(smudged)["accounts_receivable.end"].confidence >= SURE


def test_without_a_printed_unit_it_is_yuan_but_not_surely() -> None:
    fields = balance(sheet((HEADING[0], (*HEADING[1][:2], "会企01表")), TWO, BALANCE))
    assert fields["unit"].value == "元"
    assert fields["unit"].confidence < SURE


GROUP_HEADING = (("合并及母公司资产负债表",), ("重庆示例股份有限公司", "2024年12月31日", "单位：人民币千元"))
GROUP = (
    ("", "", "2024年12月31日", "2024年12月31日", "2023年12月31日", "2023年12月31日"),
    ("项目", "附注", "合并", "母公司", "合并", "母公司"),
    ("流动资产：", "", "", "", "", ""),
    ("货币资金", "七、1", "1,234,567", "11", "2,234,567", "12"),
    ("应收账款", "七、2", "(321)", "22", "100", "23"),
    ("流动资产合计", "", "1,234,246", "33", "2,234,667", "35"),
    ("资产总计", "", "1,234,246", "33", "2,234,667", "35"),
)


def test_a_groups_sheet_gives_the_consolidated_columns_in_the_printed_unit() -> None:
    got = values(balance(sheet(GROUP_HEADING, FOUR, GROUP)))
    assert got["unit"] == "千元"
    assert got["company"] == "重庆示例股份有限公司"
    assert (got["cash.end"], got["cash.begin"]) == ("1234567000.00", "2234567000.00")
    assert (got["accounts_receivable.end"], got["accounts_receivable.begin"]) == ("-321000.00", "100000.00")


@pytest.mark.parametrize("form", ["{}年12月31日", "{}-12-31", "{}.12.31", "{}年12月31日余额"])
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
    over = [_set("2024年12月31日", "c435", 52, "ocr", 0.99), _set("2023年12月31日", "c675", 52, "ocr", 0.99)]
    got = values(balance(replace(page, lines=(*page.lines, *over))))
    assert (got["cash.end"], got["cash.begin"]) == ("1234567000.00", "2234567000.00")


INCOME = (
    ("项  目", "行次", "本月数", "本年累计数"),
    ("一、主营业务收入", "1", "1,000.00", "9,000.00"),
    ("减：主营业务成本", "4", "600.00", "5,400.00"),
    ("主营业务税金及附加", "5", "10.00", "90.00"),
    ("减：营业费用", "14", "1.00", "9.00"),
    ("管理费用", "15", "89.00", "801.00"),
    ("财务费用", "16", "-5.00", "(45.00)"),
    ("三、营业利润（亏损以“－”号填列）", "18", "305.00", "2,745.00"),
    ("加：投资收益（损失以“－”号填列）", "19", "", "△ 45.00"),
    ("四、利润总额（亏损总额以“－”号填列）", "27", "305.00", "2,700.00"),
    ("减：所得税", "28", "76.25", "675.00"),
    ("五、净利润（净亏损以“－”号填列）", "30", "228.75", "2,025.00"),
)


def test_month_and_year_to_date_with_negatives_in_every_notation() -> None:
    page = sheet((("损 益 表",), ("编制单位：示例商行", "2024年9月", "单位：元")), ONE, INCOME)
    got = values(dict(income_statement.TYPE.extract((page,))))
    assert (got["revenue.current_month"], got["revenue.current"]) == ("1000.00", "9000.00")
    assert (got["finance_expenses.current_month"], got["finance_expenses.current"]) == ("-5.00", "-45.00")
    assert got["other:投资收益.current"] == "-45.00"
    assert (got["income_tax.current"], got["net_profit.current"]) == ("675.00", "2025.00")
    assert (got["selling_expenses.current"], got["taxes_and_surcharges.current"]) == ("9.00", "90.00")
    assert (got["period_from"], got["period_until"]) == ("2024-09-01", "2024-09-30")


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


CASH = (
    ("项目", "附注", "本期金额", "上期金额"),
    ("一、经营活动产生的现金流量：", "", "", ""),
    ("销售商品、提供劳务收到的现金", "", "1,000,000.00", "900,000.00"),
    ("经营活动现金流入小计", "", "1,000,000.00", "900,000.00"),
    ("购买商品、接受劳务支付的现金", "", "400,000.00", "500,000.00"),
    ("经营活动现金流出小计", "", "400,000.00", "500,000.00"),
    ("经营活动产生的现金流量净额", "", "600,000.00", "400,000.00"),
    ("二、投资活动产生的现金流量：", "", "", ""),
    ("处置固定资产、无形资产和其他长\n期资产收回的现金净额", "", "20,000.00", "10,000.00"),
    ("购建固定资产、无形资产和其他\n长期资产支付的现金", "", "120,000.00", "10,000.00"),
    ("投资活动产生的现金流量净额", "", "-100,000.00", "-"),
    ("四、汇率变动对现金及现金等价\n物的影响", "", "", ""),
    ("五、现金及现金等价物净增加额", "", "500,000.00", "400,000.00"),
    ("加：期初现金及现金等价物余额", "", "600,000.00", "200,000.00"),
    ("六、期末现金及现金等价物余额", "", "1,100,000.00", "600,000.00"),
)
CASH_HEADING = (("现金流量表",), ("编制单位：示例有限公司", "2024年度", "单位：元"))


@pytest.mark.parametrize("source", ["ocr", "text"])
def test_wrapped_names_of_the_cash_flow(source: Source) -> None:
    got = values(dict(cash_flow_statement.TYPE.extract((sheet(CASH_HEADING, ONE, CASH, source=source),))))
    assert got["other:处置固定资产、无形资产和其他长期资产收回的现金净额.current"] == "20000.00"
    assert got["other:购建固定资产、无形资产和其他长期资产支付的现金.prior"] == "10000.00"
    assert (got["net_investing.current"], got["net_investing.prior"]) == ("-100000.00", "0.00")
    assert (got["cash_begin.current"], got["cash_end.current"]) == ("600000.00", "1100000.00")
    assert not any(name.startswith("fx_effect") for name in got)


def test_separators_lost_or_misread_are_read_in_the_sheets_style_but_not_surely() -> None:
    page = sheet(CASH_HEADING, ONE, CASH)
    for printed, misread in (("900,000.00", "900,000,00"), ("120,000.00", "120.000.00"), ("20,000.00", "20000.00")):
        page = spoiled(page, printed, 0.98, misread)
    fields = cash_flow_statement.TYPE.extract((page,))
    sales = fields["other:销售商品、提供劳务收到的现金.prior"]
    assert (sales.value, sales.raw) == ("900000.00", "900,000,00")
    paid = fields["other:购建固定资产、无形资产和其他长期资产支付的现金.current"]
    assert (paid.value, paid.confidence < SURE) == ("120000.00", True)


def test_letters_among_digits_are_no_amount_but_a_proposal() -> None:
    page = spoiled(sheet(CASH_HEADING, ONE, CASH), "1,100,000.00", 0.9, "1,1O0,000.00")
    field = cash_flow_statement.TYPE.extract((page,))["cash_end.current"]
    assert (field.value, field.proposal, field.confidence < SURE) == ("", "1100000.00", True)


@pytest.mark.parametrize(
    ("printed", "line_id"),
    [
        ("流动资产合计", "current_assets"),
        ("非流动资产合计", "non_current_assets"),
        ("流动负债合计", "current_liabilities"),
        ("非流动负债合计", "non_current_liabilities"),
        ("资产合计", "total_assets"),
        ("负债合计", "total_liabilities"),
        ("负债和股东权益总计", "total_liabilities_and_equity"),
        ("所有者权益（或股东权益）合计", "total_equity"),
        ("应收帐款", "accounts_receivable"),
        ("应付帐款", "accounts_payable"),
        ("预付帐款", "prepayments"),
        ("合同负债", "advances_received"),
        ("其他应收款", "other_receivables"),
        ("其他应付款", "other_payables"),
        ("△拆出资金", "other:拆出资金"),
        ("减：库存股", "other:库存股"),
    ],
)
def test_names_of_the_balance_sheet(printed: str, line_id: str) -> None:
    name = match(printed, "balance_sheet")
    assert (name.line, name.sure) == (line_id, 1.0)


@pytest.mark.parametrize("misread", ["应欠账款", "卡流动资产合计", "流动资产台计", "其他应欠款", "长期昔款"])
def test_a_misread_name_never_looks_sure_of_one_of_several(misread: str) -> None:
    assert match(misread, "balance_sheet").sure < SURE


def test_gross_revenue_and_its_part_are_two_lines() -> None:
    assert match("一、营业总收入", "income_statement").line == "other:营业总收入"
    assert match("其中：营业收入", "income_statement").line == "revenue"
    assert match("营业总成本", "income_statement").line == "other:营业总成本"


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


def test_figures_in_wan_yuan_without_places_are_no_line_numbers() -> None:
    rows = [("项目", "行次", "期末余额", "年初余额"), ("货币资金", "1", "893", "5"), ("存货", "2", "12", "1,000"),
            ("流动资产合计", "3", "905", "1,005"), ("资产总计", "4", "905", "1,005")]
    got = values(balance(sheet((HEADING[0], ("编制单位：示例厂", "2024年12月31日", "单位：万元")), ONE, rows)))
    assert (got["cash.end"], got["cash.begin"]) == ("8930000.00", "50000.00")
    assert (got["inventories.end"], got["current_assets.begin"]) == ("120000.00", "10050000.00")


LISTED = (
    ("项目", "附注", "2024年度", "2023年度"),
    ("一、营业总收入", "", "1,000.00", "900.00"),
    ("其中：营业收入", "七、61", "990.00", "890.00"),
    ("利息收入", "", "10.00", "10.00"),
    ("二、营业总成本", "", "400.00", "500.00"),
    ("其中：营业成本", "七、61", "300.00", "400.00"),
    ("三、营业利润（亏损以“－”号填列）", "", "600.00", "400.00"),
    ("四、利润总额（亏损总额以“－”号填列）", "", "600.00", "400.00"),
    ("五、净利润（净亏损以“－”号填列）", "", "600.00", "400.00"),
    ("1.归属于母公司股东的净利润（净亏损以\n“-”号填列）", "", "590.00", "390.00"),
    ("2.少数股东损益（净亏损以“-”号填列）", "", "10.00", "10.00"),
    ("（一）基本每股收益（元/股）", "", "1.2345", "0.50"),
)


def test_a_listed_companys_income_statement() -> None:
    heading = (("合并利润表",), ("2024年1—12月",), ("编制单位：示例酒业股份有限公司", "", "单位：万元 币种：人民币"))
    got = values(dict(income_statement.TYPE.extract((sheet(heading, ONE, LISTED),))))
    assert (got["revenue.current"], got["other:营业总收入.current"]) == ("9900000.00", "10000000.00")
    assert (got["cost_of_sales.prior"], got["net_profit.current"]) == ("4000000.00", "6000000.00")
    assert got["other:归属于母公司股东的净利润.current"] == "5900000.00"
    assert got["other:基本每股收益(元/股).prior"] == "0.50"
    assert "other:基本每股收益(元/股).current" not in got


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


def test_text_of_a_seal_beside_a_name_does_not_spoil_it() -> None:
    page = sheet(HEADING, TWO, BALANCE)
    cash = next(each for each in page.lines if each.text == "货币资金")
    mark = line("司", cash.box.x1 + 8, cash.box.y0 + 1, source="ocr", confidence=0.4)
    field = balance(replace(page, lines=(*page.lines, mark)))["cash.end"]
    assert (field.value, field.confidence >= SURE) == ("1110.00", True)


@pytest.mark.parametrize("printed", ["【001】示例商贸有限公司", "[01] 示例商贸有限公司", "001-示例商贸有限公司", "示例商贸有限公司 司"])
def test_the_company_without_the_number_of_its_books_or_a_seals_character(printed: str) -> None:
    heading = (("资产负债表",), (f"核算单位：{printed}", "2024年12月", "单位：元"))
    assert balance(sheet(heading, TWO, BALANCE))["company"].value == "示例商贸有限公司"


def test_names_under_a_bracket_that_was_not_read_whole_keep_their_amounts() -> None:
    rows = [("二、营业利润（亏损以", "12", "631,883.32", "691,791.44"), ("加：营业外收入", "13", "18,484.21", "3,693.21")]
    rows += [("减：营业外支出", "14", "4,190.85", "4,607.18"), ("三、利润总额", "15", "646,176.68", "690,877.47")]
    table = [("项目", "行次", "本月金额", "本年累计金额"), ("一、营业收入", "1", "900,000.00", "950,000.00"), *rows]
    heading = (("利润表",), ("编制单位：示例商行", "2024年9月", "单位：元"))
    got = values(dict(income_statement.TYPE.extract((sheet(heading, ONE, table),))))
    amounts = [got[f"{name}.current"] for name in ("operating_profit", "non_operating_income", "non_operating_expenses")]
    assert amounts == ["691791.44", "3693.21", "4607.18"]


def test_a_page_of_notes_or_contents_is_no_statement() -> None:
    printed = [row[0] for row in BALANCE[2:]] + [row[4] for row in BALANCE[2:]]
    names = [name for name in printed if name and "计" not in name]
    contents = sheet((("财务报表附注",),), ONE, [(f"{n}、{name}", "", "", "") for n, name in enumerate(names, start=1)])
    assert [each.type for each in documents_of([contents])] == ["unknown"]


def test_nothing_is_raised_for_papers_that_are_no_table() -> None:
    blank = Sheet("a.jpg", 1, 0, 100, 100, (0.01, 0, 0, 0, 0.01, 0, 0, 0, 1), ())
    for kind in (balance_sheet.TYPE, income_statement.TYPE, cash_flow_statement.TYPE):
        assert set(kind.extract((blank,))) == {"unit"}
        assert kind.split(blank) == (blank,)
        assert not kind.continues((blank,), blank)
