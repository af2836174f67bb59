"""A value that a person typed, held to its field's form (contract.md, *Forms*).

Only the form is asked for, not whether the value can be: a false identity number must be put down as it stands on the paper, for the
rules to find it false.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

from extractors.doctype import Form, all_types
from extractors.numbers import account, dates, money, text
from extractors.numbers.errors import NumberError

_COLUMNS = ("end", "begin", "current", "prior", "current_month", "prior_month")
"""What the lines of statements end in: `cash.end`."""
_ELSEWHERE: Mapping[str, Form] = {
    "signed_on": "date", "reported_at": "date", "total_tax": "money", "monthly_base": "money", "amount": "money", "paid_months": "number",
    "open_loans": "number", "overdue_accounts": "number", "overdue_months_max": "number", "term_months": "number",
}  # fmt: skip
"""Fields of the contract that stand only on types which are not read by themselves yet."""
_PERSON = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "id_number": _PERSON,
    "holder_id_number": _PERSON,
    "spouse_id_number": _PERSON,
    "uscc": re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}"),
    "registration_number": re.compile(r"[0-9]{13}|[0-9]{15}"),
    "account_number": re.compile(r"[0-9*]{6,34}"),
}
_ANY_ID = re.compile(r"[0-9A-Z*]{1,40}")
_FLAGS: Mapping[str, str] = {"true": "true", "是": "true", "有": "true", "false": "false", "否": "false", "无": "false"}
_AREA = re.compile(r"(平方米|平米|㎡|m2|m²)$")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


class WrongForm(ValueError):
    """What was typed is not in the field's form. The message is the form, never the text."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.form = form


def form_of(type: str, field: str) -> Form:
    """The form of a field. One that its type does not know has that of its name elsewhere, else text.

    >>> form_of("resident_id_card", "birth_date"), form_of("balance_sheet", "other:存出保证金.end"), form_of("unknown", "remark")
    ('date', 'money', 'text')
    """
    own, others = _forms()
    if (type, field) in own:
        return own[type, field]
    if type.endswith(("_sheet", "_statement")) and field.rpartition(".")[2] in _COLUMNS:
        return "money"
    return others.get(field, "text")


@cache
def _forms() -> tuple[Mapping[tuple[str, str], Form], Mapping[str, Form]]:
    own = {(type.id, spec.name): spec.form for type in all_types().values() for spec in type.fields}
    return own, {**{name: form for (_, name), form in own.items()}, **_ELSEWHERE}


def normal(type: str, field: str, typed: str) -> str:
    """The typed value as the contract writes it. Raises WrongForm.

    >>> normal("resident_id_card", "birth_date", "2026年1月2日"), normal("income_proof", "monthly_income", "1.5万")
    ('2026-01-02', '15000.00')
    """
    form = form_of(type, field)
    try:
        value = _READ[form](typed) if form != "id" else _id(typed, _SHAPES.get(field, _ANY_ID))
    except NumberError:
        raise WrongForm(form) from None
    if not value:
        raise WrongForm(form)
    return value


def _narrow(typed: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", typed))


def _date(typed: str) -> str:
    return "long-term" if _narrow(typed) in ("长期", "长期有效", "long-term") else dates.parse_partial(typed)


def _number(typed: str) -> str:
    figure = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", _AREA.sub("", _narrow(typed)))
    return figure if _NUMBER.fullmatch(figure) else ""


def _id(typed: str, shape: re.Pattern[str]) -> str:
    number = account.compact(typed) if shape is _SHAPES["account_number"] else re.sub(r"[\-—–_·.]", "", _narrow(typed)).upper()
    return number if shape.fullmatch(number) else ""


_READ: Mapping[Form, Callable[[str], str]] = {
    "text": text.normal,
    "date": _date,
    "money": lambda typed: money.to_contract(money.parse(typed)),
    "number": _number,
    "flag": lambda typed: _FLAGS.get(_narrow(typed).lower(), ""),
    "list": lambda typed: "",
}
