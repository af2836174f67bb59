"""Rules on the arithmetic of a bank statement: balances, pages and totals.

Source: every balance is the one before plus the amount; integrity checks of statements as banks' reviewers apply them.
A digit that was misread is likelier than a forged one: what may be the reader's fault is `low_confidence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from extractors.model import SURE, Box, Document, Evidence
from validators.account_rows import Account, Break, PageKey, Row, account, page_numbers, room_at_edge, room_between, row_detail, row_value
from validators.amounts import fen, firm, plain_yuan, yuan
from validators.codes import finding
from validators.model import Case, Finding, Unchecked, Value, known, value
from validators.pieces import between, pieces
from validators.registry import rule
from validators.say import paper

MOST_SHOWN = 10
"""A statement with more broken places than this shows the first ones; `detail.rows` has all."""
ORIGINAL = "请向银行重新打印完整的流水（加盖业务章，或提供网上银行导出的电子版原件），不要截取或编辑。"
WHOLE_PAGE = Box(0.0, 0.0, 1.0, 1.0)

Said = Iterator[Finding | Unchecked]


@rule("running_balance_broken", needs=("bank_statement",), codes=("running_balance_broken", "low_confidence"))
def running_balance_broken(case: Case) -> Said:
    """流水每一行的余额应等于上一行余额加（减）本行金额。"""
    for document in case.of("bank_statement"):
        rows = account(document)
        if rows is None or not rows.steps:
            what = "没有读到交易明细" if rows is None else "没有余额列，或余额未读出"
            yield Unchecked(f"{paper(case, document)}{what}，未能核对余额是否连续", (document.id,))
            continue
        broken = [each for each in rows.breaks if not _page_matter(rows, each)]
        yield from _broken(case, rows, broken)
        unknown = rows.steps_unknown()
        if unknown and not broken:
            pages = sorted({step.last.page[1] for step in unknown})
            said = f"有{len(unknown)}处金额或余额未读出（第{'、'.join(map(str, pages))}页）"
            yield Unchecked(f"{paper(case, document)}{said}，这些行的余额未能核对", (document.id,))


def _broken(case: Case, rows: Account, broken: list[Break]) -> Said:
    if len(rows.steps) >= 4 and len(broken) * 3 > len(rows.steps) and rows.source != "text":
        said = f"{len(rows.steps)}处余额中有{len(broken)}处不衔接，多半是表格列读错，未能核对余额是否连续"
        yield Unchecked(f"{paper(case, rows.document)}{said}", (rows.document.id,))
        return
    sure = [each for each in broken if credible(rows, each)]
    if sure:
        yield _running(case, rows, sure, "running_balance_broken")
    if len(sure) < len(broken):
        yield _running(case, rows, [each for each in broken if each not in sure], "low_confidence")


def credible(rows: Account, found: Break) -> bool:
    """Whether a break speaks of the paper: the figures were surely read, and no slip of the reader would mend it."""
    row, step = found.row, found.step
    assert row.balance is not None  # a step ends at a balance that was read
    if found.kind == "balance":
        return firm(row.confidence, row.source, row.balance, row.balance - found.gap)
    involved = [*step.rows, *([step.before] if step.before else [])]
    held = rows.held()
    unheld = [each for each in (row, step.before) if each is not None and each.index not in held]
    if step.before is None and not _opening_stands(rows, found.gap):
        return False
    if min(each.confidence for each in involved) < SURE or not all(_firm_balance(each, row, found.gap) for each in unheld):
        return False
    for each in step.rows:
        amount = each.amount or 0
        if found.gap == -2 * amount or not firm(each.confidence, each.source, amount, amount + found.gap):
            return False  # a lost sign, or a look-alike digit
    return step.before is None or not room_between(rows, step.before, step.rows[0])


def _opening_stands(rows: Account, gap: int) -> bool:
    """Whether the printed opening balance, where the chain starts from it, may stand against the first rows."""
    opening = rows.document.fields["opening_balance"]
    start = rows.opening or 0
    return firm(opening.confidence, opening.source, start, start + gap)


def _firm_balance(each: Row, last: Row, gap: int) -> bool:
    """Whether a balance at an end of a broken step, that no other step supports, may stand against it."""
    balance = each.balance or 0
    return firm(each.confidence, each.source, balance, balance - gap if each is last else balance + gap)


def _running(case: Case, rows: Account, broken: Sequence[Break], code: str) -> Finding:
    shown = broken[:MOST_SHOWN]
    values: list[Value] = []
    for each in shown:
        before = each.step.before
        values += [row_value(rows.document, before)] if before else [value(rows.document, "opening_balance")]
        values.append(row_value(rows.document, each.row))
    told = "；".join(_told(each) for each in shown) + ("等" if len(broken) > len(shown) else "")
    where = paper(case, rows.document)
    detail = {"rows": tuple(_break_detail(each) for each in broken), "compared": "running_balance_broken"}
    if code == "low_confidence":
        said = f"{where}有{len(broken)}处余额不衔接，但可能是识别误差或漏读一行，请先对照原件核对：{told}。"
        return finding(code, [rows.document], values=values, for_manager=said, detail=detail)
    return finding(
        code,
        [rows.document],
        values=values,
        for_manager=f"{where}有{len(broken)}处余额不连续：{told}。",
        for_broker=f"流水余额前后不衔接。{ORIGINAL}",
        detail=detail,
    )


def _told(each: Break) -> str:
    row = each.row
    balance = row.balance or 0
    spot = f"第{row.page[1]}页{row.day or '日期未读出'}一行"
    tail = "（前后两行都与此余额矛盾）" if each.kind == "balance" else ""
    return f"{spot}余额{yuan(balance)}，按上一行推算应为{yuan(balance - each.gap)}，相差{yuan(abs(each.gap))}{tail}"


def _break_detail(each: Break) -> dict[str, object]:
    balance = each.row.balance or 0
    expected = plain_yuan(balance - each.gap)
    return row_detail(each.row, kind=each.kind, balance=plain_yuan(balance), expected=expected, gap=plain_yuan(each.gap))


def _page_matter(rows: Account, each: Break) -> bool:
    """Whether a break lies between two pages, so that `page_chain_broken` tells it."""
    if each.kind == "balance" or not each.step.crosses_pages or each.step.before is None:
        return False
    printed = _page_balances(rows.document)
    closing, opening = printed.get(each.step.before.page, (None, None))[1], printed.get(each.row.page, (None, None))[0]
    # Where the carried balances agree, no page is missing: the row itself is wrong.
    return closing is None or opening is None or closing != opening


def _page_balances(document: Document) -> dict[PageKey, tuple[int | None, int | None]]:
    """Opening and closing balance printed on each page (承前页, 过次页), in fen."""
    field = known(document, "page_balances")
    pages = field.value if field is not None and not isinstance(field.value, str) else ()
    return {(str(p.get("file")), int(p.get("page", 0))): (fen(p.get("opening")), fen(p.get("closing"))) for p in pages}


def _page_confidence(document: Document, page: PageKey) -> float:
    field = document.fields["page_balances"]
    rows = field.value if not isinstance(field.value, str) else ()
    found = next((p for p in rows if (str(p.get("file")), p.get("page")) == page), {})
    return float(found.get("confidence", field.confidence))


@rule("page_chain_broken", needs=("bank_statement",), codes=("page_chain_broken", "low_confidence"))
def page_chain_broken(case: Case) -> Said:
    """流水每页的期初余额应等于上一页的期末余额，否则可能缺页或换页。"""
    for document in case.of("bank_statement"):
        rows = account(document)
        if rows is None or not rows.steps:
            yield Unchecked(f"{paper(case, document)}没有读到余额，未能核对页间余额", (document.id,))
            continue
        for each in rows.breaks:
            if _page_matter(rows, each):
                yield _chain(case, rows, each)
        if not rows.mixed:
            yield from _carried(case, rows)
        if any(step.crosses_pages for step in rows.steps_unknown()):
            yield Unchecked(f"{paper(case, document)}有页首或页末的金额未读出，未能核对页间余额", (document.id,))


def _chain(case: Case, rows: Account, each: Break) -> Finding:
    before, row = each.step.before, each.row
    assert before is not None
    others = pieces(case, rows.document)
    apart = between(others, page_numbers(rows.document), before.page, each.step.rows[0].page)
    sure = credible(rows, each) and not apart and not _edge_row_overlooked(rows, before, each.step.rows[0])
    values = (row_value(rows.document, before), row_value(rows.document, row))
    detail = {
        "missing_amount": plain_yuan(each.gap),
        "from": {"file": before.page[0], "page": before.page[1]},
        "to": {"file": row.page[0], "page": row.page[1]},
        "compared": "page_chain_broken",
    }
    opening = (row.balance or 0) - sum(entry.amount or 0 for entry in each.step.rows)
    said = (
        f"{paper(case, rows.document)}按时间先后，第{before.page[1]}页最后余额{yuan(before.balance or 0)}，"
        f"第{row.page[1]}页最早一笔之前的余额应为{yuan(opening)}，相差{yuan(abs(each.gap))}"
    )
    if not sure:
        why = "中间的页可能被当作了另一份流水" if apart else "读数把握不足"
        more = f"{said}；但{why}，请先对照原件核对。"
        documents = [rows.document, *(others if apart else ())]
        return finding("low_confidence", documents, values=values, for_manager=more, detail=detail)
    return finding(
        "page_chain_broken",
        [rows.document],
        values=values,
        for_manager=f"{said}，两页之间可能缺页或被替换。",
        for_broker=f"流水文件的第{before.page[1]}页与第{row.page[1]}页余额不衔接，可能缺页。{ORIGINAL}",
        detail=detail,
    )


def _edge_row_overlooked(rows: Account, before: Row, after: Row) -> bool:
    """Whether a picture has room for a row at the edge of either page, and the page numbers show no page missing."""
    if rows.source == "text":
        return False
    numbers = page_numbers(rows.document)
    printed = (numbers.get(before.page), numbers.get(after.page))
    if None not in printed and abs((printed[0] or 0) - (printed[1] or 0)) != 1:
        return False
    return room_at_edge(rows, before) or room_at_edge(rows, after)


def _carried(case: Case, rows: Account) -> Iterator[Finding]:
    """Breaks between the balances that the pages themselves carry over, where the rows cannot tell."""
    printed = _page_balances(rows.document)
    order = list(dict.fromkeys(row.page for row in rows.rows if row.page in printed))
    for earlier, later in pairwise(order):
        closing, opening = printed[earlier][1], printed[later][0]
        crossing = next((s for s in rows.steps if s.before and (s.before.page, s.last.page) == (earlier, later)), None)
        if closing is None or opening is None or closing == opening or (crossing is not None and crossing.gap is not None):
            continue  # where the rows of both pages were read, they have told already
        yield _carried_finding(case, rows.document, (earlier, closing), (later, opening))


def _carried_finding(case: Case, document: Document, before: tuple[PageKey, int], after: tuple[PageKey, int]) -> Finding:
    (earlier, closing), (later, opening) = before, after
    values = tuple(
        Value(document.id, "page_balances", plain_yuan(amount), plain_yuan(amount), Evidence(*page, WHOLE_PAGE))
        for page, amount in (before, after)
    )
    said = (
        f"{paper(case, document)}第{earlier[1]}页结转余额{yuan(closing)}，第{later[1]}页承前余额{yuan(opening)}，"
        f"相差{yuan(abs(opening - closing))}"
    )
    detail = {"missing_amount": plain_yuan(opening - closing), "compared": "page_chain_broken"}
    field = document.fields["page_balances"]
    confidence = min(_page_confidence(document, page) for page in (earlier, later))
    if not (firm(confidence, field.source, opening, closing) and firm(confidence, field.source, closing, opening)):
        more = f"{said}；但读数把握不足，请先对照原件核对。"
        return finding("low_confidence", [document], values=values, for_manager=more, detail=detail)
    return finding(
        "page_chain_broken",
        [document],
        values=values,
        for_manager=f"{said}，两页之间可能缺页或被替换。",
        for_broker=f"流水文件的第{earlier[1]}页与第{later[1]}页余额不衔接，可能缺页。{ORIGINAL}",
        detail=detail,
    )
