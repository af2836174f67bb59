"""The printed forms of the three statements under both standards: lines in order, names, and what sums to what.

Source: 财会〔2019〕6号 (enterprises; consolidated lines of 财会〔2019〕16号), 财会〔2011〕17号 (small companies).
One line of a form is written as `mark key name [: formula]`:
  `#` heading · `+`/`-` amount that counts into the next total with that sign · `.` detail that counts nowhere ·
  `=` total of the amounts since the last total, or of its formula · `*` amount computed by its formula, that counts.
Keys are contract ids where the contract names the line.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Mark = Literal["#", "+", "-", ".", "=", "*"]
Term = tuple[int, str]

_NAMED = """
cash notes_receivable accounts_receivable prepayments other_receivables inventories current_assets fixed_assets
construction_in_progress intangible_assets non_current_assets total_assets short_term_loans notes_payable
accounts_payable advances_received payroll_payable taxes_payable other_payables current_liabilities long_term_loans
non_current_liabilities total_liabilities paid_in_capital capital_reserve surplus_reserve retained_earnings
total_equity total_liabilities_and_equity revenue cost_of_sales taxes_and_surcharges selling_expenses admin_expenses
rd_expenses finance_expenses operating_profit non_operating_income non_operating_expenses total_profit income_tax
net_profit operating_inflow operating_outflow net_operating net_investing net_financing fx_effect net_increase
cash_begin cash_end
"""
CONTRACT_LINES = frozenset(_NAMED.split())

ENTERPRISE_ASSETS = """
# 流动资产：
+ cash 货币资金
+ trading_assets 交易性金融资产
+ derivative_assets 衍生金融资产
+ notes_receivable 应收票据
+ accounts_receivable 应收账款
+ receivables_financing 应收款项融资
+ prepayments 预付款项
+ other_receivables 其他应收款
+ inventories 存货
+ contract_assets 合同资产
+ held_for_sale_assets 持有待售资产
+ current_portion_assets 一年内到期的非流动资产
+ other_current_assets 其他流动资产
= current_assets 流动资产合计
# 非流动资产：
+ debt_investments 债权投资
+ other_debt_investments 其他债权投资
+ long_term_receivables 长期应收款
+ long_term_equity_investments 长期股权投资
+ other_equity_investments 其他权益工具投资
+ other_financial_assets 其他非流动金融资产
+ investment_property 投资性房地产
+ fixed_assets 固定资产
+ construction_in_progress 在建工程
+ biological_assets 生产性生物资产
+ oil_and_gas_assets 油气资产
+ right_of_use_assets 使用权资产
+ intangible_assets 无形资产
+ development_costs 开发支出
+ goodwill 商誉
+ deferred_expenses 长期待摊费用
+ deferred_tax_assets 递延所得税资产
+ other_non_current_assets 其他非流动资产
= non_current_assets 非流动资产合计
= total_assets 资产总计 : + current_assets + non_current_assets
"""
ENTERPRISE_CLAIMS = """
# 流动负债：
+ short_term_loans 短期借款
+ trading_liabilities 交易性金融负债
+ derivative_liabilities 衍生金融负债
+ notes_payable 应付票据
+ accounts_payable 应付账款
+ advances_received 预收款项
+ contract_liabilities 合同负债
+ payroll_payable 应付职工薪酬
+ taxes_payable 应交税费
+ other_payables 其他应付款
+ held_for_sale_liabilities 持有待售负债
+ current_portion_liabilities 一年内到期的非流动负债
+ other_current_liabilities 其他流动负债
= current_liabilities 流动负债合计
# 非流动负债：
+ long_term_loans 长期借款
+ bonds_payable 应付债券
. preferred_shares 其中：优先股
. perpetual_bonds 永续债
+ lease_liabilities 租赁负债
+ long_term_payables 长期应付款
+ provisions 预计负债
+ deferred_income 递延收益
+ deferred_tax_liabilities 递延所得税负债
+ other_non_current_liabilities 其他非流动负债
= non_current_liabilities 非流动负债合计
= total_liabilities 负债合计 : + current_liabilities + non_current_liabilities
# 所有者权益（或股东权益）：
+ paid_in_capital 实收资本（或股本）
+ other_equity_instruments 其他权益工具
+ capital_reserve 资本公积
- treasury_shares 减：库存股
+ other_comprehensive_income 其他综合收益
+ special_reserve 专项储备
+ surplus_reserve 盈余公积
+ retained_earnings 未分配利润
= total_equity 所有者权益（或股东权益）合计
= total_liabilities_and_equity 负债和所有者权益（或股东权益）总计 : + total_liabilities + total_equity
"""
SMALL_ASSETS = """
# 流动资产：
+ cash 货币资金
+ short_term_investments 短期投资
+ notes_receivable 应收票据
+ accounts_receivable 应收账款
+ prepayments 预付账款
+ dividends_receivable 应收股利
+ interest_receivable 应收利息
+ other_receivables 其他应收款
+ inventories 存货
. raw_materials 其中：原材料
. work_in_progress 在产品
. finished_goods 库存商品
. turnover_materials 周转材料
+ other_current_assets 其他流动资产
= current_assets 流动资产合计
# 非流动资产：
+ long_term_bonds 长期债券投资
+ long_term_equity_investments 长期股权投资
. fixed_assets_cost 固定资产原价
. accumulated_depreciation 减：累计折旧
* fixed_assets 固定资产账面价值 : + fixed_assets_cost - accumulated_depreciation
+ construction_in_progress 在建工程
+ construction_materials 工程物资
+ fixed_assets_disposal 固定资产清理
+ biological_assets 生产性生物资产
+ intangible_assets 无形资产
+ development_costs 开发支出
+ deferred_expenses 长期待摊费用
+ other_non_current_assets 其他非流动资产
= non_current_assets 非流动资产合计
= total_assets 资产总计 : + current_assets + non_current_assets
"""
SMALL_CLAIMS = """
# 流动负债：
+ short_term_loans 短期借款
+ notes_payable 应付票据
+ accounts_payable 应付账款
+ advances_received 预收账款
+ payroll_payable 应付职工薪酬
+ taxes_payable 应交税费
+ interest_payable 应付利息
+ profit_payable 应付利润
+ other_payables 其他应付款
+ other_current_liabilities 其他流动负债
= current_liabilities 流动负债合计
# 非流动负债：
+ long_term_loans 长期借款
+ long_term_payables 长期应付款
+ deferred_income 递延收益
+ other_non_current_liabilities 其他非流动负债
= non_current_liabilities 非流动负债合计
= total_liabilities 负债合计 : + current_liabilities + non_current_liabilities
# 所有者权益（或股东权益）：
+ paid_in_capital 实收资本（或股本）
+ capital_reserve 资本公积
+ surplus_reserve 盈余公积
+ retained_earnings 未分配利润
= total_equity 所有者权益（或股东权益）合计
= total_liabilities_and_equity 负债和所有者权益（或股东权益）总计 : + total_liabilities + total_equity
"""
ENTERPRISE_INCOME = """
+ revenue 一、营业收入
- cost_of_sales 减：营业成本
- taxes_and_surcharges 税金及附加
- selling_expenses 销售费用
- admin_expenses 管理费用
- rd_expenses 研发费用
- finance_expenses 财务费用
. interest_expense 其中：利息费用
. interest_income 利息收入
+ other_income 加：其他收益
+ investment_income 投资收益（损失以“-”号填列）
. associates_income 其中：对联营企业和合营企业的投资收益
+ hedging_income 净敞口套期收益（损失以“-”号填列）
+ fair_value_gains 公允价值变动收益（损失以“-”号填列）
+ credit_impairment 信用减值损失（损失以“-”号填列）
+ asset_impairment 资产减值损失（损失以“-”号填列）
+ disposal_gains 资产处置收益（损失以“-”号填列）
= operating_profit 二、营业利润（亏损以“-”号填列）
+ non_operating_income 加：营业外收入
- non_operating_expenses 减：营业外支出
= total_profit 三、利润总额（亏损总额以“-”号填列） : + operating_profit + non_operating_income - non_operating_expenses
- income_tax 减：所得税费用
= net_profit 四、净利润（净亏损以“-”号填列） : + total_profit - income_tax
. continuing_profit （一）持续经营净利润（净亏损以“-”号填列）
. discontinued_profit （二）终止经营净利润（净亏损以“-”号填列）
. other_comprehensive_after_tax 五、其他综合收益的税后净额
= comprehensive_income 六、综合收益总额 : + net_profit + other_comprehensive_after_tax
"""
SMALL_INCOME = """
+ revenue 一、营业收入
- cost_of_sales 减：营业成本
- taxes_and_surcharges 税金及附加
. consumption_tax 其中：消费税
. urban_construction_tax 城市维护建设税
. resource_tax 资源税
. land_value_tax 土地增值税
. property_taxes 城镇土地使用税、房产税、车船税、印花税
. education_surcharge 教育费附加、矿产资源补偿费、排污费
- selling_expenses 销售费用
. repair_costs 其中：商品维修费
. advertising 广告费和业务宣传费
- admin_expenses 管理费用
. start_up_costs 其中：开办费
. entertainment 业务招待费
. research_costs 研究费用
- finance_expenses 财务费用
. interest_expense 其中：利息费用（收入以“-”号填列）
+ investment_income 加：投资收益（损失以“-”号填列）
= operating_profit 二、营业利润（亏损以“-”号填列）
+ non_operating_income 加：营业外收入
. government_grants 其中：政府补助
- non_operating_expenses 减：营业外支出
. bad_debts 其中：坏账损失
. bond_losses 无法收回的长期债券投资损失
. equity_losses 无法收回的长期股权投资损失
. disaster_losses 自然灾害等不可抗力因素造成的损失
. late_tax_fines 税收滞纳金
= total_profit 三、利润总额（亏损总额以“-”号填列） : + operating_profit + non_operating_income - non_operating_expenses
- income_tax 减：所得税费用
= net_profit 四、净利润（净亏损以“-”号填列） : + total_profit - income_tax
"""
ENTERPRISE_CASH = """
# 一、经营活动产生的现金流量：
+ sales_receipts 销售商品、提供劳务收到的现金
+ tax_refunds 收到的税费返还
+ other_operating_receipts 收到其他与经营活动有关的现金
= operating_inflow 经营活动现金流入小计
+ purchases_paid 购买商品、接受劳务支付的现金
+ payroll_paid 支付给职工以及为职工支付的现金
+ taxes_paid 支付的各项税费
+ other_operating_paid 支付其他与经营活动有关的现金
= operating_outflow 经营活动现金流出小计
= net_operating 经营活动产生的现金流量净额 : + operating_inflow - operating_outflow
# 二、投资活动产生的现金流量：
+ investments_recovered 收回投资收到的现金
+ investment_returns 取得投资收益收到的现金
+ disposal_receipts 处置固定资产、无形资产和其他长期资产收回的现金净额
+ subsidiary_disposal 处置子公司及其他营业单位收到的现金净额
+ other_investing_receipts 收到其他与投资活动有关的现金
= investing_inflow 投资活动现金流入小计
+ capital_expenditure 购建固定资产、无形资产和其他长期资产支付的现金
+ investments_paid 投资支付的现金
+ subsidiary_purchase 取得子公司及其他营业单位支付的现金净额
+ other_investing_paid 支付其他与投资活动有关的现金
= investing_outflow 投资活动现金流出小计
= net_investing 投资活动产生的现金流量净额 : + investing_inflow - investing_outflow
# 三、筹资活动产生的现金流量：
+ capital_received 吸收投资收到的现金
+ loans_received 取得借款收到的现金
+ other_financing_receipts 收到其他与筹资活动有关的现金
= financing_inflow 筹资活动现金流入小计
+ loans_repaid 偿还债务支付的现金
+ dividends_interest_paid 分配股利、利润或偿付利息支付的现金
+ other_financing_paid 支付其他与筹资活动有关的现金
= financing_outflow 筹资活动现金流出小计
= net_financing 筹资活动产生的现金流量净额 : + financing_inflow - financing_outflow
. fx_effect 四、汇率变动对现金及现金等价物的影响
= net_increase 五、现金及现金等价物净增加额 : + net_operating + net_investing + net_financing + fx_effect
. cash_begin 加：期初现金及现金等价物余额
= cash_end 六、期末现金及现金等价物余额 : + net_increase + cash_begin
"""
SMALL_CASH = """
# 一、经营活动产生的现金流量：
+ sales_receipts 销售产成品、商品、提供劳务收到的现金
+ other_operating_receipts 收到其他与经营活动有关的现金
- purchases_paid 购买原材料、商品、接受劳务支付的现金
- payroll_paid 支付的职工薪酬
- taxes_paid 支付的税费
- other_operating_paid 支付其他与经营活动有关的现金
= net_operating 经营活动产生的现金流量净额
# 二、投资活动产生的现金流量：
+ investments_recovered 收回短期投资、长期债券投资和长期股权投资收到的现金
+ investment_returns 取得投资收益收到的现金
+ disposal_receipts 处置固定资产、无形资产和其他非流动资产收回的现金净额
- investments_paid 短期投资、长期债券投资和长期股权投资支付的现金
- capital_expenditure 购建固定资产、无形资产和其他非流动资产支付的现金
= net_investing 投资活动产生的现金流量净额
# 三、筹资活动产生的现金流量：
+ loans_received 取得借款收到的现金
+ capital_received 吸收投资者投资收到的现金
- loans_repaid 偿还借款本金支付的现金
- interest_paid 偿还借款利息支付的现金
- profit_distributed 分配利润支付的现金
= net_financing 筹资活动产生的现金流量净额
= net_increase 四、现金净增加额 : + net_operating + net_investing + net_financing
. cash_begin 加：期初现金余额
= cash_end 五、期末现金余额 : + net_increase + cash_begin
"""

OWNERS_OF_EQUITY = (
    "= total_equity 所有者权益（或股东权益）合计",
    "= parent_equity 归属于母公司所有者权益（或股东权益）合计\n+ minority_interests 少数股东权益\n"
    "= total_equity 所有者权益（或股东权益）合计 : + parent_equity + minority_interests",
)
OWNERS_OF_PROFIT = (
    ". discontinued_profit （二）终止经营净利润（净亏损以“-”号填列）",
    ". discontinued_profit 2.终止经营净利润（净亏损以“-”号填列）\n# （二）按所有权归属分类\n"
    ". parent_profit 1.归属于母公司股东的净利润（净亏损以“-”号填列）\n"
    ". minority_profit 2.少数股东损益（净亏损以“-”号填列）",
)


@dataclass(frozen=True, slots=True)
class FormLine:
    """One printed line. `terms`: the (sign, key) whose sum it is; empty for given amounts and for headings."""

    mark: Mark
    key: str
    name: str
    terms: tuple[Term, ...] = ()


def form(text: str) -> tuple[FormLine, ...]:
    """The lines of a form text; totals without a formula get the amounts since the last total or heading."""
    lines: list[FormLine] = []
    open_terms: list[Term] = []
    for row in text.strip().splitlines():
        mark, _, rest = row.partition(" ")
        key, name = ("", rest) if mark == "#" else rest.split(" ", 1)
        name, _, formula = name.partition(" : ")
        terms = tuple((1 if s == "+" else -1, k) for s, k in re.findall(r"([+-]) (\w+)", formula))
        if mark == "=":
            lines.append(FormLine("=", key, name, terms or tuple(open_terms)))
        else:
            lines.append(FormLine(mark, key, name, terms))  # type: ignore[arg-type]
        if mark in "#=":
            open_terms = []
        elif mark in "+-*":
            open_terms.append((-1 if mark == "-" else 1, key))
    return tuple(lines)


Standard = Literal["enterprise", "consolidated", "small"]
"""`consolidated` is the general enterprises' form with the owners of the parent and the minority apart."""
Kind = Literal["balance_sheet", "income_statement", "cash_flow_statement"]

FORMS: dict[tuple[Standard, Kind], tuple[FormLine, ...]] = {
    ("enterprise", "balance_sheet"): form(ENTERPRISE_ASSETS) + form(ENTERPRISE_CLAIMS),
    ("consolidated", "balance_sheet"): form(ENTERPRISE_ASSETS) + form(ENTERPRISE_CLAIMS.replace(*OWNERS_OF_EQUITY)),
    ("small", "balance_sheet"): form(SMALL_ASSETS) + form(SMALL_CLAIMS),
    ("enterprise", "income_statement"): form(ENTERPRISE_INCOME),
    ("consolidated", "income_statement"): form(ENTERPRISE_INCOME.replace(*OWNERS_OF_PROFIT)),
    ("small", "income_statement"): form(SMALL_INCOME),
    ("enterprise", "cash_flow_statement"): form(ENTERPRISE_CASH),
    ("consolidated", "cash_flow_statement"): form(ENTERPRISE_CASH),
    ("small", "cash_flow_statement"): form(SMALL_CASH),
}


def field_name(key: str, printed: str) -> str:
    """Contract field of a line without its column: its id, or `other:` and the `plain` printed name."""
    return key if key in CONTRACT_LINES else "other:" + plain(printed)


def plain(printed: str) -> str:
    """A printed line name in text form, without what is no part of it.

    >>> plain("减：库存股"), plain("（一）持续经营净利润（净亏损以“-”号填列）")
    ('库存股', '持续经营净利润')
    """
    name = re.sub(r"\s", "", unicodedata.normalize("NFKC", printed))
    name = re.sub(r"\([^()]*填列\)$", "", name)
    name = re.sub(r"^([一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d+[.、])", "", name)
    return re.sub(r"^(其中|减|加):", "", name)
