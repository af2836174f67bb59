"""The printed names of statement lines: what the contract calls them, and telling one from its neighbours.

Sources: the formats of 财会〔2019〕6号 and 〔2018〕15号, 财会〔2006〕18号 (企业会计准则), 财会〔2011〕17号 (小企业会计准则), and the
earlier 企业会计制度. The names are what is printed without numbering, 其中/减/加 and notes in brackets.

Many names differ by one character that decides everything (应收账款, 应付账款; 流动资产合计, 非流动资产合计), so a name that is no
known one is taken for a misreading of one only where no other known name is near.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

Kind = Literal["balance_sheet", "income_statement", "cash_flow_statement"]
KINDS: tuple[Kind, ...] = ("balance_sheet", "income_statement", "cash_flow_statement")

# One contract line per row: its id, and its names, the one that counts where several are printed first.
_LINES: Mapping[Kind, str] = {
    "balance_sheet": """
cash 货币资金 现金及银行存款 货币资金合计
notes_receivable 应收票据
accounts_receivable 应收账款 应收账款净额 应收账款账面价值
prepayments 预付款项 预付账款
other_receivables 其他应收款 其他应收款净额
inventories 存货 存货净额 存货账面价值
current_assets 流动资产合计 流动资产总计
fixed_assets 固定资产 固定资产账面价值 固定资产净额 固定资产净值
construction_in_progress 在建工程
intangible_assets 无形资产 无形资产账面价值 无形资产净值
non_current_assets 非流动资产合计 非流动资产总计 长期资产合计
total_assets 资产总计 资产合计 资产总额 资产总额合计
short_term_loans 短期借款
notes_payable 应付票据
accounts_payable 应付账款
advances_received 预收款项 预收账款 合同负债
payroll_payable 应付职工薪酬
taxes_payable 应交税费 应交税金
other_payables 其他应付款
current_liabilities 流动负债合计 流动负债总计
long_term_loans 长期借款
non_current_liabilities 非流动负债合计 非流动负债总计 长期负债合计
total_liabilities 负债合计 负债总计 负债总额
paid_in_capital 实收资本 股本 实收资本净额
capital_reserve 资本公积 资本公积金
surplus_reserve 盈余公积 盈余公积金
retained_earnings 未分配利润
total_equity 所有者权益合计 股东权益合计 所有者权益总计 股东权益总计 净资产合计 所有者权益股东权益合计
total_liabilities_and_equity 负债和所有者权益总计 负债和股东权益总计 负债及所有者权益总计 负债及股东权益总计 负债和所有者权益合计 负债和股东权益合计 负债及所有者权益合计 负债及股东权益合计 负债与所有者权益总计 负债与股东权益总计 负债与所有者权益合计 负债所有者权益总计 负债及权益总计 负债和权益总计 负债和净资产总计 负债和所有者权益股东权益总计
""",  # noqa: E501
    "income_statement": """
revenue 营业收入 主营业务收入 产品销售收入 商品销售收入
cost_of_sales 营业成本 主营业务成本 产品销售成本 商品销售成本
taxes_and_surcharges 税金及附加 营业税金及附加 主营业务税金及附加 产品销售税金及附加
selling_expenses 销售费用 营业费用 产品销售费用
admin_expenses 管理费用
rd_expenses 研发费用
finance_expenses 财务费用
operating_profit 营业利润
non_operating_income 营业外收入
non_operating_expenses 营业外支出
total_profit 利润总额
income_tax 所得税费用 所得税
net_profit 净利润
""",
    "cash_flow_statement": """
operating_inflow 经营活动现金流入小计 经营活动现金流入合计 经营活动产生的现金流入小计
operating_outflow 经营活动现金流出小计 经营活动现金流出合计 经营活动产生的现金流出小计
net_operating 经营活动产生的现金流量净额 经营活动现金流量净额 经营活动产生的现金净额
net_investing 投资活动产生的现金流量净额 投资活动现金流量净额 投资活动产生的现金净额
net_financing 筹资活动产生的现金流量净额 筹资活动现金流量净额 筹资活动产生的现金净额
fx_effect 汇率变动对现金及现金等价物的影响 汇率变动对现金的影响 汇率变动对现金的影响额 汇率变动对现金及现金等价物的影响额
net_increase 现金及现金等价物净增加额 现金净增加额 现金及现金等价物净增加 现金及现金等价物净增减额 现金及现金等价物的净增加额
cash_begin 期初现金及现金等价物余额 期初现金余额 年初现金及现金等价物余额 期初现金及现金等价物的余额
cash_end 期末现金及现金等价物余额 期末现金余额 年末现金及现金等价物余额 期末现金及现金等价物的余额
""",
}

# Lines that the contract keeps under `other:`.
_OTHERS: Mapping[Kind, str] = {
    "balance_sheet": """
结算备付金 拆出资金 交易性金融资产 衍生金融资产 应收票据及应收账款 应收款项融资 应收保费 应收分保账款 应收分保合同准备金
应收利息 应收股利 买入返售金融资产 合同资产 持有待售资产 一年内到期的非流动资产 其他流动资产 数据资源 短期投资 待摊费用
应收补贴款 应收出口退税 原材料 在产品 库存商品 产成品 周转材料 低值易耗品 消耗性生物资产 待处理流动资产净损失 坏账准备
以公允价值计量且其变动计入当期损益的金融资产 划分为持有待售的资产 一年内到期的长期债权投资 内部往来 备用金 短期投资跌价准备
存货跌价准备 发放贷款和垫款 债权投资 其他债权投资 长期应收款 长期股权投资 长期债券投资 长期债权投资 长期投资 长期投资合计
其他权益工具投资 其他非流动金融资产 投资性房地产 可供出售金融资产 持有至到期投资 固定资产原价 固定资产原值 累计折旧
固定资产减值准备 固定资产清理 固定资产合计 工程物资 生产性生物资产 生产性生物资产累计折旧 公益性生物资产 油气资产 使用权资产
开发支出 商誉 长期待摊费用 递延所得税资产 其他非流动资产 无形资产及其他资产合计 其他长期资产 递延税款借项 待处理固定资产净损失
累计摊销 无形资产减值准备 特准储备物资
向中央银行借款 拆入资金 交易性金融负债 衍生金融负债 应付票据及应付账款 卖出回购金融资产款 吸收存款及同业存放 代理买卖证券款
代理承销证券款 应付手续费及佣金 应付分保账款 应付利息 应付股利 应付利润 应付工资 应付福利费 其他应交款 其他未交款 未交税金
预提费用 持有待售负债 划分为持有待售的负债 一年内到期的非流动负债 一年内到期的长期负债 其他流动负债 应付短期融资券 短期应付债券
以公允价值计量且其变动计入当期损益的金融负债 保险合同准备金 应付债券 优先股 永续债 租赁负债 长期应付款 长期应付职工薪酬
专项应付款 预计负债 递延收益 递延所得税负债 其他非流动负债 其他长期负债 递延税款贷项
国有资本 集体资本 民营资本 个人资本 外商资本 法人资本 国家资本 已归还投资 其他权益工具 库存股 其他综合收益 专项储备 一般风险准备
法定公益金 公益金 本年利润 利润分配 外币报表折算差额 未确认的投资损失 归属于母公司所有者权益合计 归属于母公司股东权益合计
少数股东权益 待分配利润 法定公积金 任意公积金 储备基金 企业发展基金 利润归还投资 归属于母公司所有者的权益合计
""",
    "income_statement": """
营业总收入 营业总成本 其他业务收入 其他业务成本 其他业务支出 利息收入 利息支出 已赚保费 手续费及佣金收入 手续费及佣金支出 退保金
赔付支出净额 提取保险责任准备金净额 保单红利支出 分保费用 消费税 营业税 城市维护建设税 资源税 土地增值税 印花税
城镇土地使用税、房产税、车船税、印花税 教育费附加、矿产资源补偿费、排污费 教育费附加 商品维修费 广告费和业务宣传费 开办费 业务招待费
研究费用 研究与开发费 利息费用 汇兑净损失 汇兑损失 勘探费用 其他收益 投资收益 对联营企业和合营企业的投资收益
以摊余成本计量的金融资产终止确认收益 净敞口套期收益 公允价值变动收益 信用减值损失 资产减值损失 资产处置收益 汇兑收益 主营业务利润
其他业务利润 补贴收入 政府补助 非流动资产处置利得 非流动资产处置损失 
非流动资产毁损报废损失 债务重组利得 债务重组损失 非货币性资产交换利得 坏账损失
无法收回的长期债券投资损失 无法收回的长期股权投资损失 自然灾害等不可抗力因素造成的损失 税收滞纳金 以前年度损益调整 少数股东损益
持续经营净利润 终止经营净利润 归属于母公司所有者的净利润 归属于母公司股东的净利润 其他综合收益的税后净额 综合收益总额
归属于母公司所有者的其他综合收益的税后净额 归属于母公司股东的其他综合收益的税后净额 归属于少数股东的其他综合收益的税后净额
不能重分类进损益的其他综合收益 将重分类进损益的其他综合收益 重新计量设定受益计划变动额 权益法下不能转损益的其他综合收益
其他权益工具投资公允价值变动 企业自身信用风险公允价值变动 权益法下可转损益的其他综合收益 其他债权投资公允价值变动
金融资产重分类计入其他综合收益的金额 其他债权投资信用减值准备 现金流量套期储备 外币财务报表折算差额 归属于母公司所有者的综合收益总额
归属于母公司股东的综合收益总额 归属于少数股东的综合收益总额 基本每股收益 稀释每股收益 被合并方在合并前实现净利润 未确认的投资损失
年初未分配利润 其他转入 可供分配的利润 提取法定盈余公积 提取法定公益金 提取任意盈余公积 可供投资者分配的利润 应付优先股股利
应付普通股股利 应付利润 转作股本的普通股股利 未分配利润 产品销售利润 商品销售利润 经营费用 盈余公积补亏 现金流量套期损益的有效部分
""",
    "cash_flow_statement": """
销售商品、提供劳务收到的现金 销售产成品、商品、提供劳务收到的现金 收到的税费返还 收到其他与经营活动有关的现金
收到的其他与经营活动有关的现金 购买商品、接受劳务支付的现金 购买原材料、商品、接受劳务支付的现金 支付给职工以及为职工支付的现金
支付的职工薪酬 支付的各项税费 支付的税费 支付其他与经营活动有关的现金 支付的其他与经营活动有关的现金 客户存款和同业存放款项净增加额
向中央银行借款净增加额 向其他金融机构拆入资金净增加额 收到原保险合同保费取得的现金 收到再保业务现金净额 收到再保险业务现金净额
保户储金及投资款净增加额 收取利息、手续费及佣金的现金 拆入资金净增加额 回购业务资金净增加额 代理买卖证券收到的现金净额
客户贷款及垫款净增加额 存放中央银行和同业款项净增加额 支付原保险合同赔付款项的现金 拆出资金净增加额 支付利息、手续费及佣金的现金
支付保单红利的现金 为交易目的而持有的金融资产净增加额 收回投资收到的现金 收回投资所收到的现金 取得投资收益收到的现金
取得投资收益所收到的现金 收回短期投资、长期债券投资和长期股权投资收到的现金
处置固定资产、无形资产和其他长期资产收回的现金净额 处置固定资产、无形资产和其他长期资产所收回的现金净额
处置固定资产、无形资产和其他非流动资产收回的现金净额 处置子公司及其他营业单位收到的现金净额 收到其他与投资活动有关的现金
收到的其他与投资活动有关的现金 投资活动现金流入小计 投资活动现金流出小计 筹资活动现金流入小计 筹资活动现金流出小计
购建固定资产、无形资产和其他长期资产支付的现金 购建固定资产、无形资产和其他长期资产所支付的现金
购建固定资产、无形资产和其他非流动资产支付的现金 投资支付的现金 投资所支付的现金 短期投资、长期债券投资和长期股权投资支付的现金
质押贷款净增加额 取得子公司及其他营业单位支付的现金净额 支付其他与投资活动有关的现金 支付的其他与投资活动有关的现金
吸收投资收到的现金 吸收投资所收到的现金 吸收投资者投资收到的现金 子公司吸收少数股东投资收到的现金 取得借款收到的现金
取得借款所收到的现金 借款所收到的现金 发行债券收到的现金 收到其他与筹资活动有关的现金 收到的其他与筹资活动有关的现金
偿还债务支付的现金 偿还债务所支付的现金 偿还借款本金支付的现金 偿还借款利息支付的现金 分配股利、利润或偿付利息支付的现金
分配股利、利润或偿付利息所支付的现金 分配利润支付的现金 子公司支付给少数股东的股利、利润 支付其他与筹资活动有关的现金
支付的其他与筹资活动有关的现金 净利润 资产减值准备 计提的资产减值准备 信用减值损失 固定资产折旧、油气资产折耗、生产性生物资产折旧
固定资产折旧 无形资产摊销 长期待摊费用摊销 待摊费用减少 预提费用增加 处置固定资产、无形资产和其他长期资产的损失 固定资产报废损失
公允价值变动损失 财务费用 投资损失 递延所得税资产减少 递延所得税负债增加 递延税款贷项 存货的减少 经营性应收项目的减少 经营性应付项目的增加
其他 债务转为资本 一年内到期的可转换公司债券 融资租入固定资产 现金的期末余额 现金的期初余额 现金等价物的期末余额
现金等价物的期初余额 现金的年末余额 现金的年初余额 现金等价物的年末余额 现金等价物的年初余额 销售商品、提供劳务所收到的现金
购买商品、接受劳务所支付的现金 使用权资产折旧 使用权资产摊销
""",
}

# Lines without amounts of their own.
_HEADINGS: Mapping[Kind, str] = {
    "balance_sheet": """
流动资产 非流动资产 流动负债 非流动负债 长期负债 所有者权益 股东权益 长期投资类 固定资产类 无形资产及其他资产 递延税项 负债
资产 负债和所有者权益 负债和股东权益 负债及所有者权益 净资产""",
    "income_statement": "按经营持续性分类 按所有权归属分类 每股收益 项目 补充资料 按所有权归属 按经营持续性",
    "cash_flow_statement": """
经营活动产生的现金流量 投资活动产生的现金流量 筹资活动产生的现金流量 项目 补充资料 将净利润调节为经营活动现金流量
不涉及现金收支的重大投资和筹资活动 现金及现金等价物净变动情况 不涉及现金收支的投资和筹资活动 现金及现金等价物净增加情况""",
}

_NOTE = re.compile(r"[(\[{〔【][^()\[\]{}〔〕【】]*[)\]}〕】]")
_OPEN_NOTE = re.compile(r"[(\[{〔【][^()\[\]{}〔〕【】]*$")
_FILL_NOTE = re.compile(r"[(\[{〔【]?[净亏损失收入增加减少总额以为以]*[\"'“”‘’]*[-－—一]*[\"'“”‘’]*号?填列.*$")
_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]+[、.,:;]|\([一二三四五六七八九十]+\)|\(?\d{1,2}[.、)](?!\d))")
_LEAD = re.compile(r"^(?:其中|减|加)[:;.,]+")
_HAN = re.compile(r"[^\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Name:
    """What a printed line name was recognised as. `line`: the contract id, `other:` and a name, or "" for a heading.

    `sure` caps the confidence of the line's values; `rank`: place among the names of its id, 0 first.
    """

    line: str
    sure: float
    rank: int = 0
    known: bool = True


def lines(kind: Kind) -> Mapping[str, tuple[str, ...]]:
    """The contract's lines of a statement, in its order, each with the names under which it is printed."""
    return {id: tuple(names) for id, *names in map(str.split, _LINES[kind].strip().splitlines())}


@lru_cache(maxsize=8192)
def plain(printed: str) -> str:
    """A printed name without numbering, 其中/加/减, marks, and the hint how to fill it in.

    >>> plain("减：库存股"), plain("△拆出资金"), plain("（一）持续经营净利润（净亏损以“-”号填列）")
    ('库存股', '拆出资金', '持续经营净利润')
    """
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", printed)).lstrip("*#△▲☆★·.,、")
    text = re.sub(r"\([^()]*填列[^()]*\)?$", "", text)
    for _ in range(2):
        text = _LEAD.sub("", _NUMBER.sub("", text))
    return text.rstrip(":;,.、·")


@lru_cache(maxsize=8192)
def key(printed: str) -> str:
    """The Han characters that tell a name: no numbering, no notes in brackets, 帐 as 账.

    >>> key("负债和所有者权益（或股东权益）总计"), key("二、营业利润（亏损以“－”号填列"), key("应收帐款")
    ('负债和所有者权益总计', '营业利润', '应收账款')
    """
    text = plain(printed)
    text = _OPEN_NOTE.sub("", _NOTE.sub("", _NOTE.sub("", text)))
    text = re.sub(r"[净亏总]{0,2}[亏损失收入]{0,2}[总额]{0,2}以?号填列.*$", "", text)
    return _HAN.sub("", text).replace("帐", "账")


@dataclass(frozen=True, slots=True)
class _Book:
    """Known names by their key: (line, rank), "" as line for headings; and each key's name as printed."""

    lines: Mapping[str, tuple[str, int]]
    names: Mapping[str, str]


@cache
def _book(kind: Kind) -> _Book:
    lines: dict[str, tuple[str, int]] = {}
    names: dict[str, str] = {}
    for row in _LINES[kind].strip().splitlines():
        line, *forms = row.split()
        for rank, form in enumerate(forms):
            lines[key(form)] = (line, rank)
            names[key(form)] = form
    for form in _OTHERS[kind].split():
        lines.setdefault(key(form), ("other:" + form, 0))
        names.setdefault(key(form), form)
    for form in _HEADINGS[kind].split():
        lines.setdefault(key(form), ("", 0))
        names.setdefault(key(form), form)
    return _Book(lines, names)


@lru_cache(maxsize=8192)
def match(printed: str, kind: Kind) -> Name:
    """The line that a printed name means on a statement of this kind.

    >>> match("二、营业利润（亏损以“－”号填列）", "income_statement").line, match("应收帐款", "balance_sheet").line
    ('operating_profit', 'accounts_receivable')
    >>> match("其他应收欺", "balance_sheet").sure < 0.9, match("使用权资产", "balance_sheet").line
    (True, 'other:使用权资产')
    """
    book = _book(kind)
    for form in _forms(printed):
        if form in book.lines:
            line, rank = book.lines[form]
            return Name(_as_printed(line, printed, form), 1.0, rank)
    return _nearly(printed, book)


@lru_cache(maxsize=8192)
def known(printed: str, kind: Kind) -> bool:
    """Whether the name is exactly one of this kind of statement, headings included."""
    return any(form in _book(kind).lines for form in _forms(printed))


@lru_cache(maxsize=8192)
def is_line(printed: str, kind: Kind) -> bool:
    """Whether the name is exactly a line with amounts of this kind of statement."""
    return any(_book(kind).lines.get(form, ("", 0))[0] for form in _forms(printed))


def _forms(printed: str) -> list[str]:
    """The key, and what it is when the mark behind 减, 加 or 其中 was lost."""
    first = key(printed)
    rest = re.sub(r"^(?:其中|减|加)", "", first)
    return [first] if rest == first or len(rest) < 2 else [first, rest]


def _as_printed(line: str, printed: str, form: str) -> str:
    """For lines under `other:` the name as it stands on the sheet, unless only its marks were misread."""
    if not line.startswith("other:"):
        return line
    shown = plain(printed)
    if "(" in shown and _HAN.sub("", _NOTE.sub("", shown)) == form and shown.count("(") == shown.count(")"):
        return "other:" + shown
    if _HAN.sub("", shown) == form.replace("帐", "账") and len(shown) == len(line) - len("other:"):
        return "other:" + re.sub(r"[,.、]", "、", shown)
    return line


def _nearly(printed: str, book: _Book) -> Name:
    """The one known name that a slip of the reader explains, else a name of its own: a doubtful one, where several are near."""
    form = key(printed)
    if len(form) < 3:
        return Name("other:" + plain(printed), 0.8 if form else 0.0, known=False)
    allowed = 1 if len(form) < 9 else 2 if len(form) < 14 else 3
    near = process.extract(form, book.lines.keys(), scorer=Levenshtein.distance, score_cutoff=allowed + 2, limit=6)
    if not near or near[0][1] > allowed:
        return Name("other:" + plain(printed), 1.0, known=False)
    best, distance, _ = near[0]
    line, rank = book.lines[best]
    others = [found[1] for found in near[1:] if book.lines[found[0]][0] != line]
    margin = min(others, default=allowed + 3) - distance
    if margin < 1:
        return Name("other:" + plain(printed), 0.5, known=False)
    sure = 0.93 if margin >= 3 and len(form) >= 8 else 0.8 if margin >= 2 else 0.6
    return Name(line, sure, rank)
