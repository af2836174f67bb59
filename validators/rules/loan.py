"""Rules on the loan that is wished for against the product's limits: instalment and income, value, term, age.

Source of the limits: the product's file, which names law or policy for each. What nobody said of the loan makes a rule
`not_checked`. Brokers do not see these findings: they are for the bank to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from extractors.model import SURE, Document
from validators import terms
from validators.account_rows import account
from validators.amounts import fen_of, plain_yuan, yuan
from validators.codes import finding
from validators.model import Case, Finding, Party, Unchecked, Value, known, sure, value
from validators.people import age_on, birth_and_sex
from validators.registry import rule
from validators.say import person
from validators.sides import DECLARATION

_REPAYMENT = re.compile("还款|还贷|按揭|房贷|车贷|贷款本息|扣息")
_KINDS = (
    ("residential", re.compile("住宅|公寓住宅|别墅|住房")),
    ("commercial", re.compile("商业|商服|办公|写字|商铺|店面|酒店|综合|营业")),
    ("industrial", re.compile("工业|厂房|仓储|车间|土地")),
)
_OLDEST = 110
_PRESET = "bank policy default"

Said = Iterator[Finding | Unchecked]


def annuity_payment(principal: int, count: int, annual_rate: float) -> int:
    """The monthly instalment in fen of an annuity loan (等额本息): P·r·(1+r)^n / ((1+r)^n − 1), r the twelfth of the yearly rate.

    Raises ValueError unless amount and term are positive and the rate is not negative.

    >>> annuity_payment(100_000_000, 360, 0.035), annuity_payment(1_200_00, 12, 0.0)
    (449045, 10000)
    """
    if principal <= 0 or count <= 0 or annual_rate < 0:
        raise ValueError("no loan")
    rate = Decimal(str(annual_rate)) / 12
    grown = (1 + rate) ** count
    exact = Decimal(principal) / count if not rate else principal * rate * grown / (grown - 1)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class _Income:
    """Monthly income in fen of borrower and spouse together, the spots that say it, and the least sure of them."""

    monthly: int
    documents: tuple[Document, ...]
    values: tuple[Value, ...]
    confidence: float


def _income(case: Case) -> _Income | None:
    """What the income proofs of borrower and spouse say, one of each person; None without the borrower's."""
    proofs: dict[str, tuple[Document, str]] = {}
    for proof in case.of("income_proof"):
        owner = case.party(proof)
        name = next((n for n in ("monthly_income", "annual_income") if fen_of(proof, n) is not None), None)
        if owner is not None and owner.role in ("borrower", "spouse") and name is not None:
            proofs.setdefault(owner.role, (proof, name))
    if "borrower" not in proofs:
        return None
    found = list(proofs.values())
    monthly = sum((fen_of(proof, name) or 0) // (12 if name == "annual_income" else 1) for proof, name in found)
    confidence = min(proof.fields[name].confidence for proof, name in found)
    return _Income(monthly, tuple(p for p, _ in found), tuple(value(p, n) for p, n in found), confidence)


@rule("debt_service_too_high", codes=("debt_service_too_high", "low_confidence"))
def debt_service_too_high(case: Case) -> Said:
    """月供（及其他债务月供）与月收入之比不应超过产品上限（《商业银行房地产贷款风险管理指引》：50%、55%）。"""
    limits = [(id, case.policy.limits.get(id)) for id in ("housing_expense_to_income_max", "debt_to_income_max")]
    if all(limit is None for _, limit in limits):
        yield Unchecked("产品没有规定偿债比例上限，未核对")
        return
    income, wished, count, rate = _income(case), terms.amount(case), terms.months(case), case.loan.annual_rate
    lacking = [what for what, there in (("贷款金额", wished), ("贷款期限", count), ("年利率", rate)) if there is None]
    if income is None or income.monthly <= 0:
        lacking.append("借款人月收入（收入证明）")
    if lacking or income is None or wished is None or count is None or rate is None:
        yield Unchecked(f"{'、'.join(lacking)}未知，未能核对偿债比例")
        return
    try:
        payment = annuity_payment(wished.number, count.number, rate)
    except ValueError:
        yield Unchecked("贷款金额或期限不是正数，未能核对偿债比例")
        return
    exceeded = [(id, limit) for id, limit in limits if limit is not None and payment > Decimal(str(limit)) * income.monthly]
    if exceeded:
        yield _debt_service(case, income, (wished, count), payment, exceeded)
    elif not _debt_free(case):
        yield Unchecked(f"本次月供约{yuan(payment)}，占月收入{payment / income.monthly:.0%}；{_other_debts(case)}，未能核对全部债务比例")


def _debt_free(case: Case) -> bool:
    """Whether a credit report of the borrower surely says that no loan is open."""
    reports = [d for d in case.of("credit_report") if (p := case.party(d)) is not None and p.role == "borrower"]
    return any((field := sure(report, "open_loans")) is not None and field.value == "0" for report in reports)


def _other_debts(case: Case) -> str:
    """What is known of other debts, in words: repayments that can be seen in the borrower's statements."""
    paid: list[int] = []
    seen: set[tuple[int, int]] = set()
    for statement in case.of("bank_statement"):
        owner, rows = case.party(statement), account(statement)
        if owner is None or owner.role not in ("borrower", "spouse") or rows is None:
            continue
        seen |= {(row.day.year, row.day.month) for row in rows.rows if row.day}
        paid += [-row.amount for row in rows.rows if row.amount and row.amount < 0 and _REPAYMENT.search(row.summary)]
    if not paid or not seen:
        return "其他债务的月供未知"
    return f"流水中可见还款月均约{yuan(sum(paid) // len(seen))}，其他债务的月供未知"


def _debt_service(
    case: Case, income: _Income, asked: Sequence[terms.Term], payment: int, exceeded: Sequence[tuple[str, float]]
) -> Finding:
    over = "、".join(f"{_label(case, id)}{limit:.0%}" for id, limit in exceeded)
    rate = case.loan.annual_rate or 0.0
    spot = Value(DECLARATION, "annual_rate", f"{rate:.6g}", f"{rate:.4%}", None)
    values = (*income.values, *(term.value for term in asked), spot)
    told = (
        f"贷款{yuan(asked[0].number)}、{asked[1].number}个月、年利率{rate:.3%}，按等额本息月供约{yuan(payment)}，"
        f"占收入证明所述月收入{yuan(income.monthly)}的{payment / income.monthly:.1%}，超过{over}"
    )
    detail = {"payment": plain_yuan(payment), "income": plain_yuan(income.monthly), "limits": tuple(id for id, _ in exceeded)}
    if min(income.confidence, *(term.confidence for term in asked)) < SURE:
        return _doubt("debt_service_too_high", income.documents, values, told, detail)
    return finding("debt_service_too_high", income.documents, values=values, for_manager=f"{told}。", detail=detail)


def _doubt(code: str, documents: Sequence[Document], values: Sequence[Value], told: str, detail: Mapping[str, Any]) -> Finding:
    more = f"{told}；但读数把握不足，请先对照原件核对。"
    return finding("low_confidence", documents, values=values, for_manager=more, detail={**detail, "compared": code})


def _label(case: Case, id: str) -> str:
    """What the product's file calls a limit, and whether it is but the value that stands there until a bank sets its own."""
    basis = case.policy.basis.get(id, {})
    preset = "（银行默认值）" if _PRESET in basis.get("source", "") else ""
    return basis.get("label", "产品上限") + preset


@rule("loan_to_value_too_high", codes=("loan_to_value_too_high", "low_confidence"))
def loan_to_value_too_high(case: Case) -> Said:
    """贷款金额与房产价值（评估价、购房合同价中较低者）之比不应超过产品对该类房产的上限（最低首付款比例、抵押率规定）。"""
    wished, worths = terms.amount(case), terms.property_values(case)
    if wished is None or not worths:
        yield Unchecked("贷款金额未知，未能核对成数" if wished is None else "房产价值（评估价或购房合同价）未知，未能核对成数")
        return
    spot, kind = _kind_of_property(case)
    limit_id = f"loan_to_value_{kind}_max"
    if spot is None or limit_id not in case.policy.limits:
        yield Unchecked("房产用途未读出，未能确定适用的成数上限" if spot is None else "产品没有规定这类房产的成数上限，未核对")
        return
    worth, limit = min(worths, key=lambda term: term.number), float(case.policy.limits[limit_id])
    if wished.number <= Decimal(str(limit)) * worth.number:
        return
    values = (wished.value, worth.value, spot)
    documents = [d for d in case.documents if any(d.id == v.document for v in values)]
    ratio = wished.number / worth.number
    told = f"贷款{yuan(wished.number)}，房产价值{yuan(worth.number)}，成数{ratio:.1%}，超过{_label(case, limit_id)}{limit:.0%}"
    detail = {"ratio": f"{ratio:.4f}", "limit": limit_id}
    if min(worth.confidence, wished.confidence) < SURE:
        yield _doubt("loan_to_value_too_high", documents, values, told, detail)
    else:
        yield finding("loan_to_value_too_high", documents, values=values, for_manager=f"{told}。", detail=detail)


def _kind_of_property(case: Case) -> tuple[Value | None, str]:
    """Residential, commercial or industrial, and the spot that says so; none when that was not surely read."""
    for kinds, name in ((("property_certificate",), "usage"), (("purchase_contract",), "subject")):
        for document in case.of(*kinds):
            field = sure(document, name)
            kind = next((kind for kind, word in _KINDS if field is not None and word.search(field.text)), None)
            if kind is not None:
                return value(document, name), kind
    return None, ""


@rule("term_too_long", codes=("term_too_long", "low_confidence"))
def term_too_long(case: Case) -> Said:
    """贷款期限不应超过产品上限（个人经营贷款见《个人贷款管理办法》；住房贷款为银行政策）。"""
    limit, asked = case.policy.limits.get("term_months_max"), terms.months(case)
    if limit is None or asked is None:
        yield Unchecked("产品没有规定贷款期限上限，未核对" if limit is None else "贷款期限未知，未能核对")
        return
    if asked.number <= int(limit):
        return
    told = f"贷款期限{asked.number}个月，超过{_label(case, 'term_months_max')}{int(limit)}个月"
    documents = [d for d in case.documents if d.id == asked.value.document]
    detail = {"months": asked.number, "limit": int(limit)}
    if asked.confidence < SURE:
        yield _doubt("term_too_long", documents, [asked.value], told, detail)
    else:
        yield finding("term_too_long", documents, values=[asked.value], for_manager=f"{told}。", detail=detail)


@rule("age_limit", codes=("age_limit", "low_confidence"))
def age_limit(case: Case) -> Said:
    """借款人年龄与贷款年限之和、借款人最低年龄应符合产品规定（银行政策；《民法典》第十八条）。"""
    most, least = case.policy.limits.get("age_plus_term_max"), case.policy.limits.get("borrower_age_min")
    borrowers = case.with_role("borrower")
    if (most is None and least is None) or not borrowers:
        yield Unchecked("产品没有规定借款人年龄，未核对" if borrowers else "没有自然人借款人，未核对年龄")
        return
    asked = terms.months(case)
    for party in borrowers:
        found = _birth(case, party)
        if found is None:
            yield Unchecked(f"{person(party)}的出生日期未读出，未能核对年龄")
            continue
        birth, spot, confidence = found
        age = age_on(birth, case.as_of)
        if not 0 <= age <= _OLDEST:
            yield Unchecked(f"{person(party)}的出生日期读作{birth}，不可能，未能核对年龄")
            continue
        if least is not None and age < least:
            yield _age(case, [spot], f"{person(party)}现年{age}岁，低于最低年龄{int(least)}岁", confidence, {"age": age})
        elif most is not None and age + (asked.number if asked else 0) / 12 > most:
            term = f"加贷款{asked.number}个月" if asked else ""
            told = f"{person(party)}现年{age}岁，{term}超过{_label(case, 'age_plus_term_max')}{int(most)}岁"
            sureness = min(confidence, asked.confidence if asked else 1.0)
            yield _age(case, [spot, *([asked.value] if asked else [])], told, sureness, {"age": age})
        elif most is not None and asked is None:
            yield Unchecked(f"贷款期限未知，{person(party)}年龄与期限之和未能核对")


def _birth(case: Case, party: Party) -> tuple[date, Value, float] | None:
    """Day of birth of a party, the spot that says it and how sure that is: the ID card's, else the declared number's."""
    for card in case.of("resident_id_card"):
        day = birth_and_sex(card)[0] if case.party(card) == party else None
        name = "birth_date" if known(card, "birth_date") is not None else "id_number"
        if day is not None:
            return day, value(card, name), card.fields[name].confidence
    digits = party.id_number
    if re.fullmatch(r"\d{17}[\dX]", digits):
        try:
            day = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
        except ValueError:
            return None
        return day, Value(DECLARATION, "id_number", digits, digits, None), SURE
    return None


def _age(case: Case, values: Sequence[Value], told: str, confidence: float, detail: Mapping[str, Any]) -> Finding:
    documents = [d for d in case.documents if any(d.id == v.document for v in values)]
    if confidence < SURE:
        return _doubt("age_limit", documents, values, told, detail)
    return finding("age_limit", documents, values=values, for_manager=f"{told}。", detail=detail)
