"""The three statements on sheets set by hand: forms, columns and slips of readers as they occur on real papers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.documents import cash_flow_statement, income_statement
from extractors.documents._statement_names import match
from extractors.model import SURE, Source
from tests.ledger_pages import line
from tests.statement_pages import BALANCE, CASH, CASH_HEADING, HEADING, INCOME, ONE, TWO, balance, sheet, spoiled, values


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


def test_month_and_year_to_date_with_negatives_in_every_notation() -> None:
    page = sheet((("损 益 表",), ("编制单位：示例商行", "2024年9月", "单位：元")), ONE, INCOME)
    got = values(dict(income_statement.TYPE.extract((page,))))
    assert (got["revenue.current_month"], got["revenue.current"]) == ("1000.00", "9000.00")
    assert (got["finance_expenses.current_month"], got["finance_expenses.current"]) == ("-5.00", "-45.00")
    assert got["other:投资收益.current"] == "-45.00"
    assert (got["income_tax.current"], got["net_profit.current"]) == ("675.00", "2025.00")
    assert (got["selling_expenses.current"], got["taxes_and_surcharges.current"]) == ("9.00", "90.00")
    assert (got["period_from"], got["period_until"]) == ("2024-09-01", "2024-09-30")


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


def test_text_of_a_seal_beside_a_name_does_not_spoil_it() -> None:
    page = sheet(HEADING, TWO, BALANCE)
    cash = next(each for each in page.lines if each.text == "货币资金")
    mark = line("司", cash.box.x1 + 8, cash.box.y0 + 1, source="ocr", confidence=0.4)
    field = balance(replace(page, lines=(*page.lines, mark)))["cash.end"]
    assert (field.value, field.confidence >= SURE) == ("1110.00", True)


def test_names_under_a_bracket_that_was_not_read_whole_keep_their_amounts() -> None:
    rows = [("二、营业利润（亏损以", "12", "631,883.32", "691,791.44"), ("加：营业外收入", "13", "18,484.21", "3,693.21")]
    rows += [("减：营业外支出", "14", "4,190.85", "4,607.18"), ("三、利润总额", "15", "646,176.68", "690,877.47")]
    table = [("项目", "行次", "本月金额", "本年累计金额"), ("一、营业收入", "1", "900,000.00", "950,000.00"), *rows]
    heading = (("利润表",), ("编制单位：示例商行", "2024年9月", "单位：元"))
    got = values(dict(income_statement.TYPE.extract((sheet(heading, ONE, table),))))
    amounts = [got[f"{name}.current"] for name in ("operating_profit", "non_operating_income", "non_operating_expenses")]
    assert amounts == ["691791.44", "3693.21", "4607.18"]
