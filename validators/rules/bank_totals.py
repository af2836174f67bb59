"""Rules on what a bank statement says of itself: its totals, and the running numbers of its pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from extractors.model import SURE, Document, Evidence
from validators.account_rows import Account, account, page_numbers, row_value
from validators.amounts import fen, firm, plain_yuan, yuan
from validators.codes import finding
from validators.model import Case, Finding, Unchecked, Value, known, value
from validators.pieces import pieces
from validators.registry import rule
from validators.rules.bank import ORIGINAL, WHOLE_PAGE
from validators.say import paper

_REVERSAL = re.compile("冲正|冲账|抹账|红字|撤销|退汇|退回|更正")
_LABELS = {"total_in": "收入合计", "total_out": "支出合计", "closing_balance": "期末余额"}

Said = Iterator[Finding | Unchecked]


@rule("totals_mismatch", needs=("bank_statement",), codes=("totals_mismatch", "low_confidence"))
def totals_mismatch(case: Case) -> Said:
    """流水所印的收入、支出合计和期末余额应等于各行之和。"""
    for document in case.of("bank_statement"):
        printed = {name: amount for name in _LABELS if (amount := _printed(document, name)) is not None}
        rows = account(document)
        where = paper(case, document)
        if rows is None or not printed:
            what = "没有读到交易明细" if rows is None else "没有印出（或没有读到）合计数"
            yield Unchecked(f"{where}{what}，未能核对合计", (document.id,))
            continue
        if rows.mixed:
            yield Unchecked(f"{where}含多个子账户，未能核对合计", (document.id,))
            continue
        blank = sum(row.amount is None for row in rows.rows)
        if blank and {"total_in", "total_out"} & set(printed):
            yield Unchecked(f"{where}有{blank}行金额未读出，未能核对合计", (document.id,))
        wrong = [said for said in _wrong(rows, printed) if not blank or said[0] == "closing_balance"]
        if wrong:
            yield _totals(case, rows, wrong)


def _printed(document: Document, name: str) -> int | None:
    field = known(document, name)
    amount = fen(field.value) if field is not None else None
    return abs(amount) if amount is not None and name.startswith("total_") else amount


def _wrong(rows: Account, printed: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """The printed figures that differ: name, printed, summed."""
    came = sum(row.amount for row in rows.rows if row.amount and row.amount > 0)
    left = -sum(row.amount for row in rows.rows if row.amount and row.amount < 0)
    summed = {"total_in": came, "total_out": left}
    last = next((row.balance for row in reversed(rows.rows) if row.balance is not None), None)
    if last is not None and rows.rows[-1].balance is not None:
        summed["closing_balance"] = last
    found = [(name, printed[name], summed[name]) for name in printed if name in summed and printed[name] != summed[name]]
    gaps = {name: shown - sums for name, shown, sums in found}
    if set(gaps) == {"total_in", "total_out"} and gaps["total_in"] == gaps["total_out"] and _reversals(rows, gaps["total_in"]):
        return []
    return found


def _reversals(rows: Account, gap: int) -> bool:
    """Whether entries that were taken back explain a difference on both sides: banks count them with a minus."""
    taken_back = [abs(row.amount or 0) for row in rows.rows if _REVERSAL.search(row.summary)]
    return abs(gap) in (*taken_back, sum(taken_back))


def _totals(case: Case, rows: Account, wrong: Sequence[tuple[str, int, int]]) -> Finding:
    document = rows.document
    told = "；".join(
        f"{_LABELS[name]}印为{yuan(shown)}，按明细为{yuan(sums)}，相差{yuan(abs(shown - sums))}" for name, shown, sums in wrong
    )
    values: list[Value] = [value(document, name) for name, _, _ in wrong]
    values += [row_value(document, rows.rows[0]), row_value(document, rows.rows[-1])]
    detail: dict[str, Any] = {name: {"printed": plain_yuan(shown), "summed": plain_yuan(sums)} for name, shown, sums in wrong}
    where = paper(case, document)
    fields = ((document.fields[name], shown, sums) for name, shown, sums in wrong)
    if not _complete(rows) or not all(firm(field.confidence, field.source, shown, sums) for field, shown, sums in fields):
        said = f"{where}{told}；但可能有漏读或误读，请先对照原件核对。"
        more = {**detail, "compared": "totals_mismatch"}
        return finding("low_confidence", [document], values=values, for_manager=said, detail=more)
    return finding(
        "totals_mismatch",
        [document],
        values=values,
        for_manager=f"{where}的合计与明细不符：{told}。",
        for_broker=f"流水所印合计与明细之和不一致。{ORIGINAL}",
        detail=detail,
    )


def _complete(rows: Account) -> bool:
    """Whether no row can have been overlooked or misread: text of a PDF, or a chain of balances without a break.

    What the chain does not reach (the first row, where no opening balance is printed) must be surely read.
    """
    if rows.source == "text":
        return True
    if not rows.steps or rows.breaks or rows.steps_unknown():
        return False
    chained = {row.index for step in rows.steps for row in step.rows}
    return all(row.confidence >= SURE for row in rows.rows if row.index not in chained)


@rule("statement_pages", needs=("bank_statement",), codes=("missing_page", "low_confidence"))
def statement_pages(case: Case) -> Said:
    """流水所印的页码应连续并达到所印总页数，否则缺页。"""
    for document in case.of("bank_statement"):
        field = known(document, "pages_printed")
        pages = field.value if field is not None and not isinstance(field.value, str) else ()
        numbers = [_whole(page.get("number")) for page in pages]
        if not any(numbers):
            yield Unchecked(f"{paper(case, document)}没有印出（或没有读到）页码，未能核对是否缺页", (document.id,))
            continue
        yield from _pages(case, document, pages, [number for number in numbers if number])


def _whole(text: object) -> int:
    """A printed page number; 0 when there is none."""
    return int(str(text)) if re.fullmatch(r"\d{1,5}", str(text if text is not None else "")) else 0


def _pages(case: Case, document: Document, pages: Sequence[Mapping[str, Any]], numbers: list[int]) -> Said:
    totals = Counter(_whole(page.get("of")) for page in pages if _whole(page.get("of")))
    of = totals.most_common(1)[0][0] if totals else 0
    there = max(len({(page.get("file"), page.get("page")) for page in pages}), len(document.pages))
    numbers = [number for number in numbers if not of or number <= of]
    missing = [n for n in range(1, (of or max(numbers)) + 1) if n not in numbers]
    if not missing:
        return
    if not of and len(missing) > 2 * there + 2:
        yield Unchecked(f"{paper(case, document)}的页码读数可疑，未能核对是否缺页", (document.id,))
        return
    # A page whose number was not read, or was read as another's, may be one of those that seem to be missing.
    unread = there - len(set(numbers))
    lacking = max(0, of - there) if of else len(missing) - unread
    if lacking <= 0:
        yield Unchecked(f"{paper(case, document)}有页码未读出或读重，未能核对是否缺页", (document.id,))
        return
    yield _missing(case, document, pages, missing, of, lacking if unread > 0 else len(missing), _why_doubted(case, document, missing))


def _why_doubted(case: Case, document: Document, missing: Sequence[int]) -> str:
    """Why the pages may be there all the same, in Chinese; "" where nothing speaks for it."""
    elsewhere = {number for other in pieces(case, document) for number in page_numbers(other).values()}
    if set(missing) & elsewhere:
        return "这些页可能被当作了另一份流水"
    if document.fields["pages_printed"].confidence < SURE:
        return "页码读得不够清楚"
    rows = account(document)
    if rows is not None and rows.whole():
        return "期初余额到期末余额逐行衔接，不像缺页"
    return ""


def _missing(
    case: Case, document: Document, pages: Sequence[Mapping[str, Any]], missing: list[int], of: int, lacking: int, doubt: str
) -> Finding:
    spots = tuple(
        Value(document.id, "pages_printed", str(page.get("number") or ""), _footer(page), _spot(page)) for page in pages
    )
    listed = "、".join(str(number) for number in missing[:10]) + ("等" if len(missing) > 10 else "")
    whole = f"共{of}页" if of else f"页码到第{max(_whole(page.get('number')) for page in pages)}页"
    which = f"缺第{listed}页" if lacking == len(missing) else f"缺{lacking}页（第{listed}页中）"
    received = max(len(pages), len(document.pages))
    values = (spots[0], spots[-1]) if len(spots) > 1 else spots
    told = f"{paper(case, document)}{whole}，只收到{received}页，{which}"
    detail = {"missing": tuple(missing), "of": of, "received": received, "compared": "missing_page"}
    if doubt:
        return finding("low_confidence", [document], values=values, for_manager=f"{told}；但{doubt}，请先对照原件核对页码。", detail=detail)
    return finding(
        "missing_page",
        [document],
        values=values,
        for_manager=f"{told}。",
        for_broker=f"请补齐银行流水缺少的页：{which}。请一次提供从第1页到最后一页的完整流水。",
        detail=detail,
    )


def _footer(page: Mapping[str, Any]) -> str:
    number, of = page.get("number") or "?", page.get("of")
    return f"第{number}页" + (f"，共{of}页" if of else "")


def _spot(page: Mapping[str, Any]) -> Evidence:
    evidence = page.get("evidence")
    return evidence if isinstance(evidence, Evidence) else Evidence(str(page.get("file")), int(page.get("page", 1)), WHOLE_PAGE)
