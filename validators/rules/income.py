"""Rules on what a person is said to earn: words against figures, year against month, statement against proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from extractors.model import SURE, Document, Field
from extractors.numbers import text
from validators.account_rows import Account, Row, account, row_detail, row_value
from validators.amounts import fen, fen_of, firm, plain_yuan, yuan
from validators.codes import finding
from validators.model import Case, Finding, Unchecked, known, sure, value
from validators.papers import field_label
from validators.registry import rule
from validators.rules.bank_period import month_end, months
from validators.salary import is_wage
from validators.say import paper
from validators.sides import day_of, not_read

YEARLY_TOLERANCE = 0.20
"""By how much the yearly income may differ from twelve months' before it is a contradiction (contract)."""
SHARE_MIN = 0.80
"""What of the stated income the wages must reach on average where the product sets nothing (contract)."""
SHOWN = 12

Said = Iterator[Finding | Unchecked]
Month = tuple[int, int]


@rule("amount_words_mismatch", needs=("income_proof",), codes=("amount_words_mismatch", "low_confidence"))
def amount_words_mismatch(case: Case) -> Said:
    """收入证明的大写金额应与小写金额一致（票据与凭证通行规则：大小写金额须一致）。"""
    for proof in case.of("income_proof"):
        words = proof.fields.get("amount_in_words")
        if words is None or not words.value:
            what = "没有写大写金额" if words is None else "的大写金额未读出"
            yield Unchecked(f"{paper(case, proof)}{what}，未能与小写核对", (proof.id,))
            continue
        figures = [name for name in ("monthly_income", "annual_income") if fen_of(proof, name) is not None]
        if not figures:
            yield not_read(case, proof, "monthly_income", "annual_income")
        elif all(fen_of(proof, name) != fen(words.value) for name in figures):
            if len(figures) == 1 and _of_other_figure(proof, words, figures[0]):
                unread = "annual_income" if figures[0] == "monthly_income" else "monthly_income"
                yield not_read(case, proof, unread)
            else:
                yield _words(case, proof, words, _beside(proof, words, figures))


def _of_other_figure(proof: Document, words: Field, name: str) -> bool:
    """Whether the words stand beside the other figure, which was not read: they are about a twelfth or twelve times of this one."""
    figure, said = fen_of(proof, name) or 0, fen(words.value) or 0
    month, year = (said, figure) if name == "annual_income" else (figure, said)
    return month > 0 and 8 <= year / month <= 20


def _beside(proof: Document, words: Field, figures: Sequence[str]) -> str:
    """The figure that the words stand beside: the nearest on the page, else the nearest in size."""

    def far(name: str) -> tuple[float, float]:
        here, there = words.evidence, proof.fields[name].evidence
        apart = abs((fen_of(proof, name) or 0) - (fen(words.value) or 0))
        if here is None or there is None or (here.file, here.page) != (there.file, there.page):
            return (1.0, apart)
        # Text runs along the line: a figure of the same line is nearer than one of the next.
        return (round(10 * abs(here.box.cy - there.box.cy) + abs(here.box.cx - there.box.cx), 2), apart)

    return min(figures, key=far)


def _words(case: Case, proof: Document, words: Field, name: str) -> Finding:
    figure = proof.fields[name]
    said, meant = fen(words.value) or 0, fen(figure.value) or 0
    values = (value(proof, "amount_in_words"), value(proof, name))
    label = field_label("income_proof", name)
    told = f"{paper(case, proof)}大写金额为{words.raw}（{yuan(said)}），{label}小写为{yuan(meant)}"
    detail = {"gap": plain_yuan(said - meant), "compared": "amount_words_mismatch"}
    figures = [field for each in ("monthly_income", "annual_income") if (field := known(proof, each)) is not None]
    unsure = min(field.confidence for field in (words, *figures)) < SURE  # the words may stand beside the other one
    if unsure or not firm(figure.confidence, figure.source, meant, said):
        more = f"{told}，看来不一致；但读数把握不足，请先对照原件核对。"
        return finding("low_confidence", [proof], values=values, for_manager=more, detail=detail)
    return finding(
        "amount_words_mismatch",
        [proof],
        values=values,
        for_manager=f"{told}，大小写不一致。",
        for_broker="收入证明的大写金额与小写金额不一致，请由单位重新开具并加盖公章，不要在原件上涂改。",
        detail=detail,
    )


@rule("annual_income_mismatch", needs=("income_proof",), codes=("annual_income_mismatch", "low_confidence"))
def annual_income_mismatch(case: Case) -> Said:
    """年收入与十二个月的月收入之差不应超过20%，另有奖金说明的除外。"""
    for proof in case.of("income_proof"):
        monthly, yearly = fen_of(proof, "monthly_income"), fen_of(proof, "annual_income")
        if monthly is None or yearly is None:
            yield not_read(case, proof, *(n for n in ("monthly_income", "annual_income") if fen_of(proof, n) is None))
            continue
        bonus = known(proof, "bonus_stated")
        gap = yearly - 12 * monthly
        explained = bonus is not None and bonus.value == "true" and gap > 0
        if abs(gap) <= YEARLY_TOLERANCE * 12 * monthly or explained:
            continue
        values = (value(proof, "annual_income"), value(proof, "monthly_income"))
        told = f"{paper(case, proof)}年收入{yuan(yearly)}，月收入{yuan(monthly)}（十二个月为{yuan(12 * monthly)}），相差{yuan(abs(gap))}"
        detail = {"gap": plain_yuan(gap), "compared": "annual_income_mismatch"}
        if min(proof.fields[v.field].confidence for v in values) < SURE:
            more = f"{told}；但读数把握不足，请先对照原件核对。"
            yield finding("low_confidence", [proof], values=values, for_manager=more, detail=detail)
            continue
        yield finding(
            "annual_income_mismatch",
            [proof],
            values=values,
            for_manager=f"{told}，超过20%且没有奖金说明。",
            for_broker="收入证明的年收入与月收入不相称，请单位核对后重新开具，如含年终奖请写明。",
            detail=detail,
        )


@dataclass(frozen=True, slots=True)
class Wages:
    """What wages reached a person's accounts in full months: the entries, the months, and whether all could be read.

    `hidden`: what entries that were not surely read may add in fen; `torn`: the balances of a statement do not run through, so that
    entries may be missing from it.
    """

    documents: tuple[Document, ...]
    rows: tuple[tuple[Document, Row], ...]
    months: tuple[Month, ...]
    all_in: int
    unread: int
    hidden: int
    torn: bool

    @property
    def average(self) -> int:
        return sum(row.amount or 0 for _, row in self.rows) // len(self.months)


@rule("income_not_supported", needs=("income_proof",), codes=("income_not_supported", "low_confidence"))
def income_not_supported(case: Case) -> Said:
    """流水中工资入账的月平均不应低于收入证明所述月收入的80%（工资多为税后，故留余地）。"""
    for proof in case.of("income_proof"):
        stated, name = _stated(proof)
        if stated is None:
            yield not_read(case, proof, "monthly_income", "annual_income")
            continue
        wages = wages_of(case, proof)
        if wages is None:
            yield Unchecked(f"没有与{paper(case, proof)}同一人的、读到完整月份的银行流水，未能核对收入", (proof.id,))
            continue
        share = float(case.policy.limits.get("salary_share_min", SHARE_MIN))
        if wages.average >= stated * share:
            continue
        if wages.torn:
            reason = "流水余额不连续，可能缺页或缺少交易，补齐后再核对工资入账"
            yield Unchecked(f"{paper(case, proof)}：{reason}", (proof.id,))
        elif wages.all_in // len(wages.months) >= stated * share and (not wages.rows or known(proof, "employer") is None):
            unpaid = "没有读到工作单位，不能确认哪些入账是工资" if wages.rows else "流水中没有标明工资的入账"
            yield Unchecked(f"{paper(case, proof)}：{unpaid}，但总进账不低于所述收入，未能确认收入来源", (proof.id,))
        else:
            yield _unsupported(case, proof, name, stated, wages, share)


def _stated(proof: Document) -> tuple[int | None, str]:
    """The monthly income that a proof states, and the field it stands in."""
    monthly, yearly = fen_of(proof, "monthly_income"), fen_of(proof, "annual_income")
    if monthly is not None or yearly is None:
        return monthly, "monthly_income"
    return yearly // 12, "annual_income"


def wages_of(case: Case, proof: Document) -> Wages | None:
    """The wages in the statements of the proof's person; None without a statement that has a full month."""
    employer = known(proof, "employer")
    payer = employer.text if employer else ""
    most = _stated(proof)[0] or 0
    documents: list[Document] = []
    entries: dict[tuple[object, ...], tuple[Document, Row]] = {}
    full: set[Month] = set()
    torn = False
    for document in case.of("bank_statement"):
        rows_there = account(document)
        if rows_there is None or not _same_person(case, proof, document):
            continue
        full |= _full_months(document, rows_there)
        documents.append(document)
        torn = torn or any(each.kind == "step" for each in rows_there.breaks)
        for row in rows_there.rows:
            entries.setdefault(_entry(document, row), (document, row))
    if not full:
        return None
    inside = [(d, row) for d, row in entries.values() if row.day is not None and (row.day.year, row.day.month) in full]
    rows = tuple((d, row) for d, row in inside if row.amount is not None and is_wage(row, payer))
    all_in = sum(row.amount for _, row in inside if row.amount and row.amount > 0)
    unread = [row for _, row in entries.values() if _may_be_unread_wage(row, payer)]
    hidden = sum(row.amount or 0 if _sums_sure(row) else max(most, 2 * (row.amount or 0)) for row in unread)
    return Wages(tuple(documents), rows, tuple(sorted(full)), all_in, len(unread), hidden, torn)


def _entry(document: Document, row: Row) -> tuple[object, ...]:
    """What tells an entry from all others: statements that overlap, or were uploaded twice, show the same ones."""
    if row.day is None or row.amount is None or row.balance is None:
        return document.id, row.index
    return row.day, row.amount, row.balance, row.series


def _may_be_unread_wage(row: Row, payer: str) -> bool:
    """Whether a wage may hide in an entry that was not surely read: in its sum, or in words that do not say so."""
    if row.amount is not None and row.amount <= 0:
        return False
    wage = is_wage(row, payer)
    words_sure = bool(row.summary or row.counterparty) and row.text_confidence >= SURE
    return not _sums_sure(row) if wage else not words_sure


def _sums_sure(row: Row) -> bool:
    return row.amount is not None and row.day is not None and row.confidence >= SURE


def _same_person(case: Case, proof: Document, statement: Document) -> bool:
    """Whether a statement is the account of the person whom the proof speaks of."""
    owners = (case.party(proof), case.party(statement))
    if owners[0] is not None or owners[1] is not None:
        return owners[0] == owners[1]
    names = (known(proof, "employee_name"), known(statement, "account_holder"))
    return names[0] is not None and names[1] is not None and text.same(names[0].text, names[1].text) != "different"


def _full_months(document: Document, rows: Account) -> set[Month]:
    """The calendar months that a statement covers: by its header whole ones, else those its entries nearly fill."""
    days = [row.day for row in rows.rows if row.day]
    if not days:
        return set()
    first, last = day_of(document, "period_from"), day_of(document, "period_until")
    if first is not None and last is not None and sure(document, "period_from") and sure(document, "period_until"):
        return {(y, m) for y, m in months(first, last) if first <= date(y, m, 1) and month_end(date(y, m, 1)) <= last}
    whole = set(months(min(days), max(days)))
    late = {(min(days).year, min(days).month)} if min(days).day > 10 else set()
    early = {(max(days).year, max(days).month)} if max(days).day < 25 else set()
    return whole - late - early


def _unsupported(case: Case, proof: Document, name: str, stated: int, wages: Wages, share: float) -> Finding:
    shown = wages.rows[-SHOWN:]
    values = [value(proof, name), *(row_value(document, row) for document, row in shown)]
    if not shown:
        values += [value(document, "transactions") for document in wages.documents]
    span = f"{wages.months[0][0]}年{wages.months[0][1]}月至{wages.months[-1][0]}年{wages.months[-1][1]}月"
    of = f"，为所述收入的{wages.average / stated:.0%}（要求不低于{share:.0%}）" if stated else ""
    found = f"共{len(wages.rows)}笔工资入账，月均{yuan(wages.average)}{of}" if wages.rows else "没有识别到工资入账"
    told = f"{paper(case, proof)}所述月收入{yuan(stated)}，流水{span}（{len(wages.months)}个完整月份）{found}"
    detail = {
        "stated": plain_yuan(stated),
        "average": plain_yuan(wages.average),
        "months": len(wages.months),
        "rows": tuple(row_detail(row, document=document.id) for document, row in wages.rows),
        "compared": "income_not_supported",
    }
    documents = [proof, *wages.documents]
    field = proof.fields[name]
    enough = stated * share * len(wages.months)
    if field.confidence < SURE or (wages.unread and sum(row.amount or 0 for _, row in wages.rows) + wages.hidden >= enough):
        why = "收入证明的金额读数把握不足" if field.confidence < SURE else f"流水有{wages.unread}行读数把握不足"
        more = f"{told}；但{why}，请先对照原件核对。"
        return finding("low_confidence", documents, values=values, for_manager=more, detail=detail)
    return finding(
        "income_not_supported",
        documents,
        values=values,
        for_manager=f"{told}。",
        for_broker="银行流水中的工资入账与收入证明不相称，请补充实际发放工资的账户流水（近6个月以上），或由单位说明发放方式。",
        detail=detail,
    )
