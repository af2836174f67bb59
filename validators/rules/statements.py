"""Rules on one financial statement: do its sides balance, are its totals the sums of their lines.

Source: the formats of 财会〔2019〕6号 and 财会〔2011〕17号. Tolerance: the rounding of the printed unit, times the lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extractors.model import Document
from validators.amounts import plain_yuan, yuan
from validators.codes import finding
from validators.model import Case, Finding, Unchecked, Value, value
from validators.papers import type_label
from validators.registry import rule
from validators.sheets import Column, Verdict, columns, verdicts
from validators.statement_lines import Identity, label

STATEMENTS = ("balance_sheet", "income_statement", "cash_flow_statement")
REDO = "请企业财务核对《{title}》{place}，更正后重新提供加盖公章的报表；如另有原因，请附书面说明。"


def title(document: Document) -> str:
    """A statement as people call it, with its date where that was read: 资产负债表（2025-12-31）."""
    day = document.fields.get("as_of") or document.fields.get("period_until")
    return type_label(document.type) + (f"（{day.value}）" if day and day.value else "")


def line_values(column: Column, lines: Iterable[str]) -> tuple[Value, ...]:
    """Lines of a column as sides of a comparison."""
    return tuple(value(column.document, column.names[line]) for line in lines if line in column.names)


@rule("balance_sheet_unbalanced", needs=("balance_sheet",), codes=("balance_sheet_unbalanced", "low_confidence"))
def balance_sheet_unbalanced(case: Case) -> Iterator[Finding | Unchecked]:
    """资产总计应等于负债与所有者权益之和（会计恒等式，《企业会计准则——基本准则》）。"""
    for document in case.of("balance_sheet"):
        sheet = columns(document)
        tried = [said for column in sheet.values() for said in _balance(column)]
        yield from (said for said in tried if said is not None)
        if not tried:
            yield Unchecked(f"{title(document)}：未读到资产总计或负债和所有者权益总计，未能核对是否平衡", (document.id,))


def _balance(column: Column) -> Iterator[Finding | None]:
    """One answer for each way of comparing the two sides: None where they are equal."""
    assets = column.amount("total_assets")
    if assets is None:
        return
    ways = (("total_liabilities_and_equity",), ("total_liabilities", "total_equity"))
    told = False
    for claims in ways:
        amounts = [column.amount(line) for line in claims]
        if None in amounts:
            continue
        other = sum(amount or 0 for amount in amounts)
        balanced = abs(assets - other) <= column.grain * 2
        # Where both ways fail they fail for one reason: say it once.
        yield None if balanced or told else _unbalanced(column, claims, assets, other)
        told = told or not balanced


def _unbalanced(column: Column, claims: tuple[str, ...], assets: int, other: int) -> Finding:
    lines = ("total_assets", *claims)
    gap = assets - other
    expected = {"total_assets": other} | {line: (column.amount(line) or 0) + gap for line in claims}
    shaky = [line for line in lines if not column.stands(line, expected[line])]
    names = "、".join(label(line) for line in claims)
    sums = f"{title(column.document)}{column.label}：资产总计{yuan(assets)}，{names}合计{yuan(other)}，相差{yuan(abs(gap))}"
    detail = {"column": column.name, "gap": plain_yuan(gap)}
    values = line_values(column, lines)
    if shaky:
        said = f"{sums}；{_look_at(shaky)}"
        return finding("low_confidence", [column.document], values=values, for_manager=said, detail=detail)
    return finding(
        "balance_sheet_unbalanced",
        [column.document],
        values=values,
        for_manager=f"{sums}，资产负债表不平。",
        for_broker=REDO.format(title=title(column.document), place=f"{column.label}的资产总计与负债和所有者权益总计"),
        detail=detail,
    )


def _look_at(lines: Iterable[str]) -> str:
    named = "、".join(f"“{label(line)}”" for line in lines)
    return f"但{named}的读数把握不足，请先对照原件核对数字。" if named else "但可能有未读出的行，请先对照原件核对。"


@rule(
    "subtotal_mismatch",
    needs=STATEMENTS,
    codes=("subtotal_mismatch", "low_confidence"),
)
def subtotal_mismatch(case: Case) -> Iterator[Finding | Unchecked]:
    """报表的合计、利润、现金流量净额应等于各明细行之和（财会〔2019〕6号、财会〔2011〕17号报表格式）。"""
    for document in case.of(*STATEMENTS):
        missing: dict[str, list[str]] = {}
        checked = False
        for identity, column, found in verdicts(document):
            checked = checked or found.standing == "fits"
            if found.standing in ("broken", "doubtful"):
                yield _mismatch(identity, column, found)
            elif found.standing == "unreadable" or (found.standing == "absent" and _has_lines(identity, column)):
                missing.setdefault(column.label, []).extend(label(line) for line in found.because)
        if missing:
            parts = "；".join(f"{place}的{'、'.join(dict.fromkeys(names))}" for place, names in missing.items())
            yield Unchecked(f"{title(document)}：未读出{parts}，相关合计未能核对", (document.id,))
        elif not checked:
            yield Unchecked(f"{title(document)}：没有读到可以核对的合计行", (document.id,))


def _has_lines(identity: Identity, column: Column) -> bool:
    return any(column.amount(line) for line in identity.terms)


def _mismatch(identity: Identity, column: Column, found: Verdict) -> Finding:
    total = column.amount(identity.total) or 0
    sums = (
        f"{title(column.document)}{column.label}：“{label(identity.total)}”为{yuan(total)}，"
        f"按各行计算应为{yuan(total - found.gap)}，相差{yuan(abs(found.gap))}"
    )
    values = line_values(column, (identity.total, *found.lines))
    detail = {"column": column.name, "total": identity.total, "gap": plain_yuan(found.gap)}
    if found.standing == "doubtful":
        said = f"{sums}；{_look_at(found.because)}"
        return finding("low_confidence", [column.document], values=values, for_manager=said, detail=detail)
    return finding(
        "subtotal_mismatch",
        [column.document],
        values=values,
        for_manager=f"{sums}，合计与明细不符。",
        for_broker=REDO.format(title=title(column.document), place=f"{column.label}的“{label(identity.total)}”及其明细"),
        detail=detail,
    )
