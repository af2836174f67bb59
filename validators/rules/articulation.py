"""Rules between the statements of one company: the same cash, the same period, profit that ends up in equity.

Source: the articulation of the three statements (财会〔2019〕6号 formats). Money of the balance sheet that is not among the cash
and cash equivalents of the cash flow statement is restricted cash (《企业会计准则第31号——现金流量表》).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from extractors.model import SURE, Document
from extractors.numbers import text
from validators.amounts import plain_yuan, yuan
from validators.codes import finding
from validators.model import Case, Finding, Unchecked, Value, known, value
from validators.papers import type_label
from validators.registry import rule
from validators.rules.statements import STATEMENTS, line_values, title
from validators.sheets import Column, columns
from validators.sides import day_of, may_be_slip

Month = tuple[int, int]
_DAY_FIELD = {"balance_sheet": "as_of", "income_statement": "period_until", "cash_flow_statement": "period_until"}
_RESTRICTED = re.compile("受限|受到限制|保证金|质押存款|定期存款|不属于现金")
_PAID_OUT = ("分配股利、利润或偿付利息支付的现金", "分配利润支付的现金")
_OWED_TO_OWNERS = ("应付股利", "应付利润")
_PARENTS_PROFIT = ("归属于母公司所有者的净利润", "归属于母公司股东的净利润")


def month_of(document: Document) -> Month | None:
    """Year and month that a statement ends with; None when that was not read."""
    return _month(document, _DAY_FIELD[document.type])


def _month(document: Document, name: str) -> Month | None:
    field = known(document, name)
    match = re.match(r"(\d{4})-(\d{2})", field.text) if field else None
    return (int(match[1]), int(match[2])) if match else None


def _one_company(case: Case, a: Document, b: Document) -> bool:
    """Whether two statements may be one company's; what was not read does not separate them."""
    owners = (case.party_of.get(a.id), case.party_of.get(b.id))
    if None not in owners:
        return owners[0] == owners[1]
    names = (known(a, "company"), known(b, "company"))
    if names[0] is None or names[1] is None:
        return True
    return text.company_same(names[0].text, names[1].text) != "different"


def pairs(case: Case, left: str, right: str) -> Iterator[tuple[Document, Document]]:
    """Statements of two types that belong together: one company, one closing month.

    Where a date was not read they belong together if there is nothing else that either could belong to.
    """
    lefts, rights = list(case.of(left)), list(case.of(right))
    for a in lefts:
        for b in rights:
            if not _one_company(case, a, b):
                continue
            days = (month_of(a), month_of(b))
            if days[0] == days[1] or (None in days and len(lefts) == len(rights) == 1):
                yield a, b


@rule("cash_mismatch", needs=("cash_flow_statement",), codes=("cash_mismatch", "low_confidence"))
def cash_mismatch(case: Case) -> Iterator[Finding | Unchecked]:
    """现金流量表的期末（期初）现金应等于资产负债表的货币资金，受限资金除外（《企业会计准则第31号》）。"""
    checked = False
    for balance, flow in pairs(case, "balance_sheet", "cash_flow_statement"):
        sheet, flows = columns(balance), columns(flow).get("current")
        starts = _month(flow, "period_from")
        for column, line in (("end", "cash_end"), ("begin", "cash_begin")):
            one = sheet.get(column)
            if one is None or flows is None or (column == "begin" and (starts is None or starts[1] != 1)):
                continue
            ours, theirs = one.amount("cash"), flows.amount(line)
            if ours is not None and theirs is not None:
                checked = True
                yield from _cash(one, flows, line, ours, theirs)
    if not checked:
        yield Unchecked("没有读到同一期间的货币资金与现金流量表期末现金余额，未能核对")


def _cash(sheet: Column, flows: Column, line: str, ours: int, theirs: int) -> Iterator[Finding]:
    gap = ours - theirs
    tolerance = 2 * max(sheet.grain, flows.grain)
    if abs(gap) <= tolerance or any(abs(gap - named) <= tolerance for named in _restricted(sheet)):
        return
    documents = [sheet.document, flows.document]
    values = line_values(sheet, ["cash"]) + line_values(flows, [line])
    said = (
        f"{title(sheet.document)}{sheet.label}货币资金{yuan(ours)}，"
        f"{title(flows.document)}{'期末' if line == 'cash_end' else '期初'}现金余额{yuan(theirs)}，相差{yuan(abs(gap))}"
    )
    detail = {"column": sheet.name, "gap": plain_yuan(gap)}
    if _other_unit(ours, theirs, tolerance):
        said += "；两数恰好差整千倍或整万倍，可能有一张表的金额单位未读出或标注有误，请先核对单位。"
        units = (value(sheet.document, "unit"), value(flows.document, "unit"))
        yield finding("low_confidence", documents, values=(*values, *units), for_manager=said, detail=detail)
    elif not (sheet.stands("cash", theirs) and flows.stands(line, ours)):
        said += "；但读数把握不足，请先对照原件核对数字。"
        yield finding("low_confidence", documents, values=values, for_manager=said, detail=detail)
    else:
        why = "差额可能是受限资金（票据保证金、质押存款等），但表中没有列明" if gap > 0 else "现金流量表的现金反而多于货币资金"
        yield finding(
            "cash_mismatch",
            documents,
            values=values,
            for_manager=f"{said}。{why}。",
            for_broker=f"请企业财务说明货币资金与现金流量表现金余额相差{yuan(abs(gap))}的原因；如为受限资金，请附明细，否则请更正报表。",
            detail=detail,
        )


def _restricted(sheet: Column) -> list[int]:
    """Amounts that the sheet itself names as restricted, each and together."""
    named = [sheet.amount(line) or 0 for line in sheet.fields if _RESTRICTED.search(line)]
    return [*named, sum(named)] if named else []


def _other_unit(a: int, b: int, tolerance: int) -> bool:
    """Whether two amounts are the same but for a unit of a thousand or ten thousand."""
    small, large = sorted((abs(a), abs(b)))
    return small > tolerance and a * b > 0 and any(abs(small * by - large) <= tolerance * by / 2 for by in (1_000, 10_000))


@rule("period_mismatch", needs=STATEMENTS, codes=("period_mismatch", "low_confidence"))
def period_mismatch(case: Case) -> Iterator[Finding | Unchecked]:
    """同一企业提交的资产负债表、利润表、现金流量表应为同一期间（截止于同一月份）。"""
    compared = False
    for group in _companies(case):
        months: dict[str, dict[Month, Document]] = {}
        for document in group:
            if (month := month_of(document)) is not None:
                months.setdefault(document.type, {})[month] = document
        compared = compared or len(months) > 1
        alone = _unmatched(months)
        if alone:
            yield _periods(alone)
    if not compared:
        yield Unchecked("没有两种以上读到日期的报表，未能核对期间")


def _companies(case: Case) -> list[list[Document]]:
    groups: list[list[Document]] = []
    for document in case.of(*STATEMENTS):
        home = next((group for group in groups if all(_one_company(case, document, other) for other in group)), None)
        if home is None:
            groups.append([document])
        else:
            home.append(document)
    return groups


def _unmatched(months: dict[str, dict[Month, Document]]) -> list[Document]:
    """Statements without a counterpart of some other type, where that type also has one without a counterpart here.

    A year that only one type was handed in for is no contradiction: that is for the checklist to say.
    """
    found: dict[str, Document] = {}
    for kind, here in months.items():
        for other, there in months.items():
            if kind != other and set(here) - set(there) and set(there) - set(here):
                found |= {here[month].id: here[month] for month in set(here) - set(there)}
    return sorted(found.values(), key=lambda document: (STATEMENTS.index(document.type), month_of(document) or (0, 0)))


def _periods(alone: list[Document]) -> Finding:
    fields = [(document, _DAY_FIELD[document.type]) for document in alone]
    values = [value(document, name) for document, name in fields]
    told = "，".join(f"{type_label(document.type)}截止{each.value}" for (document, _), each in zip(fields, values, strict=True))
    days = {(day.year, day.month) for document, name in fields if (day := day_of(document, name)) is not None}
    slip = any(may_be_slip(document, name, lambda day: (day.year, day.month) in days) for document, name in fields)
    if slip or any(document.fields[name].confidence < SURE for document, name in fields):
        said = f"报表期间看来不一致：{told}；但日期读数把握不足，请先对照原件核对。"
        return finding("low_confidence", alone, values=values, for_manager=said)
    return finding(
        "period_mismatch",
        alone,
        values=values,
        for_manager=f"报表期间不一致：{told}。",
        for_broker=f"请补充同一期间的三张报表（现有：{told}）。",
    )


@rule(
    "profit_equity_mismatch",
    needs=("balance_sheet", "income_statement"),
    codes=("profit_equity_mismatch", "low_confidence"),
)
def profit_equity_mismatch(case: Case) -> Iterator[Finding | Unchecked]:
    """未分配利润的增减应能由本年净利润、提取公积和利润分配解释（《公司法》第二百一十条；报表勾稽关系）。"""
    checked = False
    for balance, income in pairs(case, "balance_sheet", "income_statement"):
        flow = next((f for b, f in pairs(case, "balance_sheet", "cash_flow_statement") if b is balance), None)
        for said in _profit(balance, income, flow):
            checked = True
            if said is not None:
                yield said
    if not checked:
        yield Unchecked("没有读到同一期间的年初、期末未分配利润和本年累计净利润，未能核对")


def _profit(balance: Document, income: Document, flow: Document | None) -> Iterator[Finding | Unchecked | None]:
    """One answer where the two statements can be compared: None where equity moves with profit."""
    sheet, results = columns(balance), columns(income)
    starts = _month(income, "period_from")
    whole_year = "current_month" in results or (starts is not None and starts[1] == 1)
    if not whole_year or "end" not in sheet or "begin" not in sheet or "current" not in results:
        return
    before, after, result = sheet["begin"], sheet["end"], results["current"]
    line = next((name for name in (*_PARENTS_PROFIT, "net_profit") if result.amount(name) is not None), "net_profit")
    kept, profit = _change(before, after, ["retained_earnings"]), result.amount(line)
    if "retained_earnings" not in before.fields or "retained_earnings" not in after.fields or kept is None or profit is None:
        return
    reserve = _change(before, after, ["surplus_reserve"]) or 0
    left = profit - kept - reserve
    tolerance = 4 * max(after.grain, result.grain)
    explained = max(0, _change(before, after, ["paid_in_capital", "capital_reserve"]) or 0) + max(
        0, _change(before, after, _OWED_TO_OWNERS) or 0
    )
    paid = _paid_out(flow)
    if abs(left) <= tolerance or abs(profit - kept) <= tolerance or 0 < left <= explained + (paid or 0) + tolerance:
        yield None
    elif left > 0 and paid is None and not _cannot_distribute(before, after, reserve):
        reason = f"未分配利润比净利润少增{yuan(left)}，可能是利润分配；没有读到利润分配的现金流出，未能核对"
        yield Unchecked(reason, (balance.id, income.id))
    else:
        yield _profit_finding(before, after, result, line, left)


def _change(before: Column, after: Column, lines: Iterable[str]) -> int | None:
    """By how much lines grew together, a blank taken as nought; None when one of them stands there unread."""
    total = 0
    for line in lines:
        if before.unread(line) or after.unread(line):
            return None
        total += (after.amount(line) or 0) - (before.amount(line) or 0)
    return total


def _paid_out(flow: Document | None) -> int | None:
    """Cash paid to owners (with the interest that stands in the same line); None when nothing tells.

    A blank line of a sheet whose other lines were read is nought.
    """
    column = columns(flow).get("current") if flow is not None else None
    if column is None:
        return None
    amounts = [column.amount(line) for line in _PAID_OUT if column.amount(line) is not None]
    if not amounts and sum(line.endswith("现金") for line in column.fields) < 3:
        return None
    return sum(amount or 0 for amount in amounts)


def _cannot_distribute(before: Column, after: Column, reserve: int) -> bool:
    """Whether the year's end shows that nothing was distributed: no tenth put into a reserve under half the capital."""
    month, capital = month_of(after.document), after.amount("paid_in_capital")
    held = after.amount("surplus_reserve")
    if month is None or month[1] != 12 or not capital or held is None or before.amount("surplus_reserve") is None:
        return False
    return reserve == 0 and held * 2 < capital


def _profit_finding(before: Column, after: Column, result: Column, line: str, left: int) -> Finding:
    kept = (after.amount("retained_earnings") or 0) - (before.amount("retained_earnings") or 0)
    profit = result.amount(line) or 0
    values: tuple[Value, ...] = (
        *line_values(before, ["retained_earnings"]),
        *line_values(after, ["retained_earnings", "surplus_reserve"]),
        *line_values(result, [line]),
    )
    documents = [after.document, result.document]
    more = "多增" if left < 0 else "少增"
    said = (
        f"未分配利润本年变动{yuan(kept)}，净利润{yuan(profit)}，扣除提取的盈余公积后{more}{yuan(abs(left))}，"
        f"{'不是利润分配所能解释' if left < 0 else '没有看到相应的利润分配'}"
    )
    detail = {"gap": plain_yuan(left)}
    fields = [before.fields["retained_earnings"], after.fields["retained_earnings"], result.fields[line]]
    if min(field.confidence for field in fields) < SURE:
        said += "；但读数把握不足，请先对照原件核对数字。"
        return finding("low_confidence", documents, values=values, for_manager=said, detail=detail)
    return finding(
        "profit_equity_mismatch",
        documents,
        values=values,
        for_manager=f"{said}（或有以前年度损益调整，请核实）。",
        for_broker="请企业财务说明未分配利润变动与净利润不一致的原因，如有利润分配或以前年度损益调整，请附决议或明细。",
        detail=detail,
    )
