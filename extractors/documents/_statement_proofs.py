"""The sums that the amounts of a statement's column must meet, and whether they do. Pure.

A sum proves something where it fits to the last digit with at least two amounts; it speaks against its lines where it does not fit
although its total and some lines were read. Which lines count is not always printed: details (其中) count nowhere, losses bear
either sign. So of the few ways of counting that are possible the nearest is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from extractors.documents._statement_names import Kind
from extractors.model import Field
from extractors.numbers import money

_IDENTITIES: Mapping[Kind, Sequence[tuple[str, str]]] = {
    "balance_sheet": (
        ("total_assets", "current_assets non_current_assets"),
        ("total_liabilities", "current_liabilities non_current_liabilities"),
        ("total_liabilities_and_equity", "total_liabilities total_equity"),
        ("total_assets", "total_liabilities_and_equity"),
    ),
    "income_statement": (
        ("total_profit", "operating_profit non_operating_income -non_operating_expenses"),
        ("net_profit", "total_profit -income_tax"),
    ),
    "cash_flow_statement": (
        ("net_operating", "operating_inflow -operating_outflow"),
        ("net_increase", "net_operating net_investing net_financing fx_effect"),
        ("cash_end", "net_increase cash_begin"),
    ),
}
_SECTIONS: Mapping[Kind, frozenset[str]] = {
    "balance_sheet": frozenset(
        ("current_assets", "non_current_assets", "current_liabilities", "non_current_liabilities", "total_equity")
    ),
    "income_statement": frozenset(),
    "cash_flow_statement": frozenset(
        (
            "operating_inflow",
            "operating_outflow",
            "other:投资活动现金流入小计",
            "other:投资活动现金流出小计",
            "other:筹资活动现金流入小计",
            "other:筹资活动现金流出小计",
        )
    ),
}
_TOTALS = frozenset(("total_assets", "total_liabilities", "total_liabilities_and_equity"))
_OF_THE_GROUP = "归属于母公司"
"""A group's equity has a subtotal of what is its shareholders', before the minority's."""
_DETAILS = (
    "原材料 在产品 库存商品 周转材料 产成品",
    "应收利息 应收股利",
    "应付利息 应付股利",
    "优先股 永续债",
    "固定资产原价 固定资产原值 累计折旧 固定资产净值 固定资产净额 固定资产减值准备",
    "长期投资合计 固定资产合计 无形资产及其他资产合计 应收账款净额 其他应收款净额",
)
"""Lines that are details of the one before them on some forms, and lines of their own on others: all of a group or none."""
_COSTS = ("cost_of_sales", "taxes_and_surcharges", "selling_expenses", "admin_expenses", "rd_expenses", "finance_expenses")
_MOST, _MOST_COARSE = 8, 2
"""With more lines than this whose sign is open an operating profit proves nothing; with few digits (万元) even fewer."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of a column: the fields that count in it, the total's first, and what it is off by in fen. `proves`: it fits and has
    two amounts at least, or says that two totals are equal; `fails`: it does not fit."""

    fields: tuple[str, ...]
    gap: int
    proves: bool
    fails: bool


def sums(fields: Mapping[str, Field], order: Sequence[str], kind: Kind, column: str, grain: int) -> list[Sum]:
    """The sums of a column that can be worked out. `order`: lines as printed; `grain`: fen in the last printed digit."""
    amounts = {line: fen for line in order if (fen := _fen(fields, f"{line}.{column}")) is not None}
    found = [_sum(amounts, total, ways, grain) for total, ways in _expected(amounts, order, kind)]
    if kind == "income_statement":
        found.append(_earned(amounts, order, grain))
    return [Sum(tuple(f"{line}.{column}" for line in each.fields), each.gap, each.proves, each.fails) for each in found if each]


def _fen(fields: Mapping[str, Field], name: str) -> int | None:
    one = fields.get(name)
    return money.from_contract(one.text) if one and one.value else None


def _sum(amounts: Mapping[str, int], total: str, ways: Sequence[Mapping[str, int]], grain: int) -> Sum | None:
    target = amounts.get(total)
    if not target or not ways[0]:
        return None
    way = min(ways, key=lambda way: abs(target - sum(sign * amounts[line] for line, sign in way.items())))
    gap = target - sum(sign * amounts[line] for line, sign in way.items())
    blur = 0 if grain == 1 else grain * len(way)
    near = abs(gap) <= blur
    telling = sum(1 for line in way if amounts[line]) >= 2 or total == "total_assets"
    counted = [line for line in way if not (near and 0 < abs(amounts[line]) <= blur)]  # what rounding hides is not proved
    return Sum((total, *counted), gap, near and telling, not near)


def _expected(amounts: Mapping[str, int], order: Sequence[str], kind: Kind) -> Iterator[tuple[str, list[dict[str, int]]]]:
    """Each total with the ways in which its lines may count: line → 1 or -1."""
    for total, terms in _IDENTITIES[kind]:
        signs = {term.lstrip("-"): -1 if term.startswith("-") else 1 for term in terms.split()}
        yield total, [{line: sign for line, sign in signs.items() if line in amounts}]
    for total, lines in _sections(amounts, order, kind):
        groups = [group.split() for group in _DETAILS]
        details = [[line for line in lines if line.removeprefix("other:") in group] for group in groups]
        details = [group for group in details if group]
        ways = []
        for counted in product((False, True), repeat=len(details)):
            left_out = {line for group, count in zip(details, counted, strict=True) if not count for line in group}
            ways.append({line: -1 if "库存股" in line else 1 for line in lines if line not in left_out})
        yield total, ways


def _sections(amounts: Mapping[str, int], order: Sequence[str], kind: Kind) -> Iterator[tuple[str, list[str]]]:
    """Each subtotal with the lines printed between it and the total before it, as far as they have amounts."""
    since: list[str] = []
    for line in order:
        if line in _SECTIONS[kind]:
            yield line, since
            since = []
        elif line in _TOTALS or line.startswith("net_"):
            since = []
        elif line.startswith("other:" + _OF_THE_GROUP) and line in amounts and kind == "balance_sheet":
            yield line, since
            since = [line]
        elif line in amounts:
            since = [*since, line]


def _earned(amounts: Mapping[str, int], order: Sequence[str], grain: int) -> Sum | None:
    """The operating profit: revenue less its costs, and the other lines in whichever way they count."""
    lines = [line for line in order[: order.index("operating_profit")] if amounts.get(line)] if "operating_profit" in order else []
    whole = "other:营业总收入" if amounts.get("other:营业总收入") else "revenue"
    costs = [line for line in lines if line in _COSTS]
    others = [line for line in lines if line not in (*_COSTS, "revenue", "other:营业总收入", "other:营业总成本")]
    target, turnover = amounts.get("operating_profit"), amounts.get(whole)
    if not target or not turnover or len(costs) < 2 or len(others) > (_MOST if grain == 1 else _MOST_COARSE):
        return None
    rest = target - turnover + sum(amounts[line] for line in costs)
    ways = product((1, 0, -1), repeat=len(others))
    gaps = ((rest - sum(sign * amounts[line] for sign, line in zip(way, others, strict=True)), way) for way in ways)
    gap, way = min(gaps, key=lambda each: abs(each[0]))
    near = abs(gap) <= (0 if grain == 1 else grain * (len(lines) + 1))
    counted = [line for sign, line in zip(way, others, strict=True) if sign] if near else others
    return Sum(("operating_profit", whole, *costs, *counted), gap, near, not near)
