"""What a house style of statements says: wording, columns, notation and form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from samples.figures import UNITS, Notation
from samples.ledger import Span
from samples.ledger_forms import Kind, Standard


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


def columns_of(balance: str, income: str, cash: str = "") -> dict[Kind, tuple[Column, ...]]:
    """Columns from `key=heading` lists parted by `|`; cash flow as income unless given."""

    def parse(text: str) -> tuple[Column, ...]:
        return tuple(Column(*item.split("=", 1)) for item in text.split("|"))

    return {
        "balance_sheet": parse(balance),
        "income_statement": parse(income),
        "cash_flow_statement": parse(cash or income),
    }


def three(balance: str, income: str, cash: str) -> dict[Kind, str]:
    return {"balance_sheet": balance, "income_statement": income, "cash_flow_statement": cash}


PLAIN = three("资产负债表", "利润表", "现金流量表")
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
