"""What the sums of a statement say about how well it was read. Never changes a value. Pure.

A total that is the sum of its lines to the last digit confirms them all: misread digits do not add up by chance. One that is not
casts doubt on those of its lines whose characters were not clearly read; clearly printed wrong sums stay as sure as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from itertools import product

from extractors.documents._statement_names import Kind
from extractors.model import Field
from extractors.numbers import money

CONFIRMED = 0.97
CLEAR = 0.97
"""At or above this a character was read clearly, and a sum that fails says nothing against it."""
DOUBTED = 0.8

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
_DETAIL_NAMES = """
优先股 永续债 原材料 在产品 库存商品 周转材料 产成品 应收利息 应收股利 应付利息 应付股利 固定资产原价 累计折旧"""
_DETAILS = frozenset(_DETAIL_NAMES.split())
_TOTALS = frozenset(("total_assets", "total_liabilities", "total_liabilities_and_equity"))


def weighed(fields: MutableMapping[str, Field], order: Sequence[str], kind: Kind, columns: Mapping[str, float], grain: int) -> None:
    """Raises or lowers the confidence of the fields in place. `order`: lines as printed, side by side after each other; `columns`:
    how sure it is what each is, above which no sum can raise its fields; `grain`: fen in the last printed digit."""
    for column, sure in columns.items():
        confirmed, doubtful, muddled = _checked(fields, order, kind, column, grain)
        for name in confirmed:
            one = fields[name]
            if one.value and one.source == "ocr" and 0.5 <= one.confidence < min(CONFIRMED, sure):
                fields[name] = replace(one, confidence=min(CONFIRMED, sure))
        for name in doubtful - confirmed:
            one = fields[name]
            turned = _turned(one) if one.source == "ocr" else None
            if turned and name in _checked({**fields, name: turned}, order, kind, column, grain)[0]:
                fields[name] = replace(one, confidence=min(one.confidence, DOUBTED), proposal=turned.text)
            elif muddled or (one.source == "ocr" and one.confidence < CLEAR):
                fields[name] = replace(one, confidence=min(one.confidence, DOUBTED))


def _turned(one: Field) -> Field | None:
    """The amount with the other sign: a stroke beside it, or the dash of an empty cell, is easily read as one or overlooked."""
    fen = money.from_contract(one.text) if one.value else 0
    return replace(one, value=money.to_contract(-fen)) if fen else None


def _checked(
    fields: Mapping[str, Field], order: Sequence[str], kind: Kind, column: str, grain: int
) -> tuple[set[str], set[str], bool]:
    """What the sums of a column confirm, what they cast doubt on, and whether most of them fail, which no slip of the pen explains
    but amounts that were taken from another line or column."""
    confirmed: set[str] = set()
    doubtful: set[str] = set()
    failing = fitting = 0
    for total, terms in [*_fixed(kind), *_printed_sections(order, kind)]:
        if fits := _fits(fields, f"{total}.{column}", [(t, column) for t in terms], grain, kind):
            confirmed.update(fits)
            fitting += 1
        elif _all_there(fields, total, terms, column):
            names = (f"{total}.{column}", *(f"{term.lstrip('-')}.{column}" for term in terms))
            doubtful.update(name for name in names if name in fields)
            failing += 1
    earned = [line for line in order[: _place(order, "operating_profit")] if _amount(fields, line, column)]
    if kind == "income_statement" and earned:
        fits = _earned(fields, earned, column, grain)
        confirmed.update(fits)
        doubtful.update(() if fits else (f"{line}.{column}" for line in (*earned, "operating_profit")))
        failing, fitting = failing + (not fits), fitting + bool(fits)
    doubtful.intersection_update(fields)
    printed = all(one.source == "text" for name, one in fields.items() if name.endswith(f".{column}"))
    return confirmed, doubtful, failing > fitting and (failing > 1 or not printed)


_COSTS = ("cost_of_sales", "taxes_and_surcharges", "selling_expenses", "admin_expenses", "rd_expenses", "finance_expenses")
MOST_WAYS = 3**8
"""More ways to add up than this prove nothing; in a coarse unit (万元 without places) no more than `COARSE_WAYS` do."""
COARSE_WAYS = 3**2


def _place(order: Sequence[str], line: str) -> int:
    return order.index(line) if line in order else 0


def _amount(fields: Mapping[str, Field], line: str, column: str) -> int:
    return _fen(fields, f"{line}.{column}") or 0


def _earned(fields: Mapping[str, Field], lines: Sequence[str], column: str, grain: int) -> list[str]:
    """The names that make up the operating profit: revenue less its costs, and other lines in whichever way they count (losses are
    printed with either sign, details of a line count nowhere)."""
    target = _amount(fields, "operating_profit", column)
    turnover = _amount(fields, "other:营业总收入", column) or _amount(fields, "revenue", column)
    costs = [line for line in lines if line in _COSTS]
    others = [line for line in lines if line not in _COSTS and line not in ("revenue", "other:营业总收入", "other:营业总成本")]
    if not target or not turnover or len(costs) < 2 or 3 ** len(others) > (MOST_WAYS if grain == 1 else COARSE_WAYS):
        return []
    rest = target - turnover + sum(_amount(fields, line, column) for line in costs)
    for ways in product((1, 0, -1), repeat=len(others)):
        left = rest - sum(way * _amount(fields, line, column) for way, line in zip(ways, others, strict=True))
        if abs(left) <= (0 if grain == 1 else grain * (len(lines) + 1)):
            counted = [line for way, line in zip(ways, others, strict=True) if way]
            total = "other:营业总收入" if _amount(fields, "other:营业总收入", column) else "revenue"
            return [f"{line}.{column}" for line in ("operating_profit", total, *costs, *counted)]
    return []


def _fixed(kind: Kind) -> list[tuple[str, list[str]]]:
    return [(total, terms.split()) for total, terms in _IDENTITIES[kind]]


def _printed_sections(order: Sequence[str], kind: Kind) -> list[tuple[str, list[str]]]:
    """Each subtotal with the lines printed between it and the total before it."""
    found = []
    since: list[str] = []
    for line in order:
        if line in _SECTIONS[kind]:
            found.append((line, since))
            since = []
        elif line in _TOTALS or line.startswith("net_"):
            since = []
        else:
            since = [*since, line]
    return found


def _fen(fields: Mapping[str, Field], name: str) -> int | None:
    one = fields.get(name)
    return money.from_contract(one.text) if one and one.value else None


def _fits(
    fields: Mapping[str, Field], total: str, terms: Sequence[tuple[str, str]], grain: int, kind: Kind
) -> list[str]:
    """The names that a fitting sum confirms, the total's with them; empty when it does not fit.

    Details (其中) count nowhere, 库存股 is taken off, and two ways of counting are tried: with the known details and without.
    """
    target = _fen(fields, total)
    if not target:
        return []
    amounts = {}
    for term, column in terms:
        name = f"{term.lstrip('-')}.{column}"
        if (fen := _fen(fields, name)) is not None:
            taken_off = term.startswith("-") or "库存股" in term
            amounts[name] = -fen if taken_off else fen
    plain = {name: fen for name, fen in amounts.items() if name.split(".")[0].removeprefix("other:") not in _DETAILS}
    for way in (amounts, plain):
        near = abs(sum(way.values()) - target) <= (0 if grain == 1 else grain * len(way))
        if near and sum(1 for fen in way.values() if fen) >= (1 if len(terms) == 1 else 2):
            return [total, *way]
    return []


def _all_there(fields: Mapping[str, Field], total: str, terms: Sequence[str], column: str) -> bool:
    """Whether a total and the lines that cannot be missing were read, so that a sum that fails says something."""
    need = [f"{total}.{column}", *(f"{term.lstrip('-')}.{column}" for term in terms if term != "fx_effect")]
    return len(terms) > 0 and all(_fen(fields, name) is not None for name in need[:1]) and any(name in fields for name in need[1:])
