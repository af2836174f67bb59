"""House styles of statements: wording, columns, notation and form of the two parts, which share none of their looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from samples.figures import UNITS, Notation
from samples.ledger import Span
from samples.ledger_forms import Kind, Standard
from samples.paper import Part


@dataclass(frozen=True)
class Column:
    """An amount column: the table's column, and its heading. The heading may hold {year}, {before}, {day} or {opening} of
    the books; `upper/lower` are two rows, of which the upper spans neighbours that share it."""

    key: str
    heading: str

    def label(self, as_of: date, first: date) -> str:
        """The heading as printed for books from `first` to `as_of`."""
        opening = first.replace(month=1, day=1) - timedelta(days=1)
        days = {"day": _cn(as_of), "opening": _cn(opening), "year": as_of.year, "before": as_of.year - 1}
        return self.heading.format(**days)


def _cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class Style:
    """What one house prints. `all_lines`: the whole official form, else only lines with amounts. `names`: printed names
    by line key where they differ. `parent`: columns of the parent company beside the consolidated ones. `sides`: assets and
    claims side by side. `look`: drawing options for the template."""

    name: str
    standard: Standard
    notation: Notation
    columns: Mapping[Kind, tuple[Column, ...]]
    titles: Mapping[Kind, str]
    company_label: str
    unit_text: str
    day_format: str
    period_format: str
    spans: tuple[Span, ...]
    signers: tuple[str, ...] = ()
    form_numbers: Mapping[Kind, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    all_lines: bool = True
    numbers: bool = False
    notes: bool = False
    note_prefix: str = ""
    parent: bool = False
    sides: bool = False
    red: bool = False
    seal: bool = False
    uscc: bool = False
    look: Mapping[str, object] = field(default_factory=dict)

    def template(self, kind: Kind) -> str:
        """Template file stem for a statement."""
        return "statement_sides" if self.sides and kind == "balance_sheet" else "statement_list"

    @property
    def grain(self) -> int:
        """Fen in one of the last printed digit."""
        return UNITS[self.notation.unit] // int(10**self.notation.places)


def _columns(balance: str, income: str, cash: str = "") -> dict[Kind, tuple[Column, ...]]:
    """Columns from `key=heading` lists parted by `|`; cash flow as income unless given."""

    def parse(text: str) -> tuple[Column, ...]:
        return tuple(Column(*item.split("=", 1)) for item in text.split("|"))

    return {
        "balance_sheet": parse(balance),
        "income_statement": parse(income),
        "cash_flow_statement": parse(cash or income),
    }


def _three(balance: str, income: str, cash: str) -> dict[Kind, str]:
    return {"balance_sheet": balance, "income_statement": income, "cash_flow_statement": cash}


PLAIN = _three("资产负债表", "利润表", "现金流量表")
SIGNERS = ("单位负责人", "财务负责人", "制表人")
OLD_NAMES = {
    "accounts_receivable": "应收帐款",
    "accounts_payable": "应付帐款",
    "prepayments": "预付账款",
    "advances_received": "预收账款",
    "taxes_payable": "应交税金",
    "total_assets": "资产总计",
    "total_equity": "所有者权益合计",
    "total_liabilities_and_equity": "负债及所有者权益总计",
    "paid_in_capital": "实收资本",
    "revenue": "一、主营业务收入",
    "cost_of_sales": "减：主营业务成本",
    "taxes_and_surcharges": "营业税金及附加",
    "selling_expenses": "营业费用",
    "operating_profit": "二、营业利润",
    "total_profit": "三、利润总额",
    "income_tax": "减：所得税",
    "net_profit": "四、净利润",
}
SHORT_NAMES = {
    "paid_in_capital": "实收资本",
    "total_equity": "所有者权益合计",
    "total_liabilities_and_equity": "负债和所有者权益总计",
    "operating_profit": "二、营业利润",
    "total_profit": "三、利润总额",
    "net_profit": "四、净利润",
}
LISTED_NAMES = {
    "advances_received": "合同负债",
    "paid_in_capital": "股本",
    "parent_equity": "归属于母公司股东权益合计",
    "total_equity": "股东权益合计",
    "total_liabilities_and_equity": "负债和股东权益总计",
    "contract_liabilities": "预收款项",
}

TUNING = (
    Style(
        name="classic",
        standard="enterprise",
        notation=Notation(zero=""),
        columns=_columns("end=期末余额|begin=年初余额", "current=本期金额|prior=上期金额"),
        titles=PLAIN,
        form_numbers=_three("会企01表", "会企02表", "会企03表"),
        company_label="编制单位：",
        unit_text="单位：元",
        day_format="day",
        period_format="year_or_months",
        spans=("year", "quarter"),
        signers=SIGNERS,
        numbers=True,
        sides=True,
        seal=True,
    ),
    Style(
        name="small",
        standard="small",
        notation=Notation(separators=False, zero="0.00", negative="minus"),
        columns=_columns("end=期末余额|begin=年初余额", "current=本年累计金额|current_month=本月金额|prior=上年金额"),
        titles=PLAIN,
        form_numbers=_three("会小企01表", "会小企02表", "会小企03表"),
        company_label="编制单位：",
        unit_text="单位：元",
        day_format="day",
        period_format="month",
        spans=("to_date",),
        signers=("单位负责人", "会计主管", "复核", "制表"),
        numbers=True,
        sides=True,
        look={"landscape": False},
    ),
    Style(
        name="plain",
        standard="enterprise",
        notation=Notation(negative="brackets", zero="-"),
        columns=_columns("end={day}|begin={opening}", "current=本期发生额|prior=上期发生额"),
        titles=PLAIN,
        names=SHORT_NAMES,
        company_label="公司名称：",
        unit_text="单位：人民币元",
        day_format="iso",
        period_format="range",
        spans=("year", "quarter"),
        signers=("法定代表人", "主管会计工作负责人", "会计机构负责人"),
        all_lines=False,
        look={"ruled": False},
    ),
    Style(
        name="listed",
        standard="consolidated",
        notation=Notation(unit="元", negative="minus", zero=""),
        columns=_columns("end=期末余额|begin=上年年末余额", "current={year}年度|prior={before}年度"),
        titles=_three("合并资产负债表", "合并利润表", "合并现金流量表"),
        names=LISTED_NAMES,
        company_label="编制单位：",
        unit_text="单位：元 币种：人民币",
        day_format="day",
        period_format="long_dash",
        spans=("year",),
        signers=("公司负责人", "主管会计工作负责人", "会计机构负责人"),
        notes=True,
        note_prefix="七、",
        look={"ruled": True},
    ),
    Style(
        name="thousands",
        standard="enterprise",
        notation=Notation(unit="千元", negative="long", zero="—"),
        columns=_columns("end=期末数|begin=期初数", "current=本期数|prior=上年同期数"),
        titles=PLAIN,
        names=SHORT_NAMES,
        company_label="单位名称：",
        unit_text="金额单位：千元",
        day_format="spaced",
        period_format="year_or_months",
        spans=("year", "quarter"),
        signers=("企业负责人", "制表人"),
        all_lines=False,
        look={"ruled": True},
    ),
)

RETIRED = (
    Style(
        name="software",
        standard="enterprise",
        notation=Notation(zero=""),
        columns=_columns("begin=年初数|end=期末数", "current_month=本月数|current=本年累计数"),
        titles=PLAIN,
        names=OLD_NAMES,
        form_numbers=_three("会企01表", "会企02表", "会企03表"),
        company_label="单位名称：",
        unit_text="单位:元",
        day_format="iso",
        period_format="month",
        spans=("to_date",),
        signers=("制表人", "审核人"),
        all_lines=False,
        sides=True,
        numbers=True,
        red=True,
        look={"landscape": True},
    ),
    Style(
        name="tax",
        standard="small",
        notation=Notation(separators=True, zero="0.00"),
        columns=_columns("end=期末余额|begin=年初余额", "current=本年累计金额|current_month=本月金额|prior=上年金额"),
        titles=_three(
            "资产负债表（适用执行小企业会计准则的企业）",
            "利润表（适用执行小企业会计准则的企业）",
            "现金流量表（适用执行小企业会计准则的企业）",
        ),
        form_numbers=_three("会小企01表", "会小企02表", "会小企03表"),
        company_label="纳税人名称：",
        unit_text="单位：元（列至角分）",
        day_format="iso_range",
        period_format="iso_range",
        spans=("year", "to_date", "quarter"),
        signers=("法定代表人", "填表人"),
        numbers=True,
        sides=True,
        uscc=True,
        seal=True,
    ),
    Style(
        name="audit",
        standard="enterprise",
        notation=Notation(negative="wide", zero="-"),
        columns=_columns("end={day}|begin={opening}", "current={year}年度|prior={before}年度"),
        titles=PLAIN,
        company_label="编制单位：",
        unit_text="金额单位：人民币元",
        day_format="day",
        period_format="year_or_months",
        spans=("year",),
        signers=("法定代表人", "主管会计工作负责人", "会计机构负责人"),
        notes=True,
        note_prefix="五、",
        all_lines=False,
        seal=True,
        look={"ruled": False},
    ),
    Style(
        name="group",
        standard="consolidated",
        notation=Notation(unit="万元", negative="minus", zero="-"),
        columns=_columns(
            "end={day}/合并|parent_end={day}/母公司|begin={opening}/合并|parent_begin={opening}/母公司",
            "current={year}年度/合并|prior={before}年度/合并|parent_current={year}年度/母公司|parent_prior={before}年度/母公司",
        ),
        titles=_three("合并及母公司资产负债表", "合并及母公司利润表", "合并及母公司现金流量表"),
        names=LISTED_NAMES,
        company_label="",
        unit_text="（除特别注明外，金额单位为人民币万元）",
        day_format="day",
        period_format="year_or_months",
        spans=("year",),
        signers=("企业负责人", "主管会计工作的负责人", "会计机构负责人"),
        notes=True,
        note_prefix="六、",
        parent=True,
        all_lines=False,
        look={"ruled": False},
    ),
    Style(
        name="ledger",
        standard="enterprise",
        notation=Notation(separators=False, negative="minus", zero="0"),
        columns=_columns("end=期末余额|begin=年初余额", "current=本期金额|prior=上期金额"),
        titles=PLAIN,
        company_label="核算单位：",
        unit_text="单位：元",
        day_format="day",
        period_format="range",
        spans=("year", "quarter"),
        signers=("会计主管", "制单"),
        look={"ruled": True},
    ),
)

STYLES: Mapping[Part, Mapping[str, Style]] = {
    "tuning": {style.name: style for style in TUNING},
    "retired": {style.name: style for style in RETIRED},
    "test": {style.name: style for style in RETIRED},
}
