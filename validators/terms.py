"""What is known of the loan that is wished for, and where it is said: the declaration, else the application form."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from validators.amounts import fen, plain_yuan
from validators.model import Case, Value, known, value
from validators.sides import DECLARATION


@dataclass(frozen=True, slots=True)
class Term:
    """One number of the loan and the spot that says it; `confidence` of the reading, 1 for what was declared."""

    number: int
    value: Value
    confidence: float


def amount(case: Case) -> Term | None:
    """The amount in fen; None when nobody said."""
    if case.loan.amount_fen is not None:
        shown = plain_yuan(case.loan.amount_fen)
        return Term(case.loan.amount_fen, Value(DECLARATION, "amount", shown, shown, None), 1.0)
    for form in case.of("loan_application"):
        field = known(form, "amount")
        if field is not None and (found := fen(field.value)) is not None:
            return Term(found, value(form, "amount"), field.confidence)
    return None


def months(case: Case) -> Term | None:
    """The term in months; None when nobody said."""
    if case.loan.months is not None:
        shown = str(case.loan.months)
        return Term(case.loan.months, Value(DECLARATION, "term_months", shown, shown, None), 1.0)
    for form in case.of("loan_application"):
        field = known(form, "term_months")
        if field is not None and field.text.isdigit():
            return Term(int(field.text), value(form, "term_months"), field.confidence)
    return None


def property_values(case: Case) -> list[Term]:
    """What the property is worth in fen, by each who says it: the declaration and purchase contracts. Never nought."""
    found: list[Term] = []
    if case.loan.property_fen:
        shown = plain_yuan(case.loan.property_fen)
        found.append(Term(case.loan.property_fen, Value(DECLARATION, "property_value", shown, shown, None), 1.0))
    for contract in case.of("purchase_contract"):
        field = known(contract, "amount")
        if field is not None and (worth := fen(field.value)):
            found.append(Term(worth, value(contract, "amount"), field.confidence))
    return found


def last_day(start: date, count: int) -> date:
    """The day a number of months after a day; the month's last where it has no such day.

    >>> last_day(date(2026, 11, 30), 3), last_day(date(2026, 11, 23), 360)
    (datetime.date(2027, 2, 28), datetime.date(2056, 11, 23))
    """
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
