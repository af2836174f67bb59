"""Registration number of a business 注册号 (GS 15-2006), on licences from before the unified code of October 2015.

Fifteen digits: six for the place of registration, eight in sequence, and a check digit by ISO 7064 MOD 11,10. Until
2007 there were thirteen, without a check digit.

>>> validate("5001 1200 0012 345")
'500112000012345'
>>> validate("500112000012346")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: checksum
>>> validate("5001122100123")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: legacy
>>> proposals("5001120OOO12345")
('500112000012345',)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from extractors.numbers.errors import NumberError
from extractors.numbers.repair import repairs

_DIGITS = "0123456789"


def compact(text: str) -> str:
    """The number as the contract's form *id*: narrow, upper case, without spaces and hyphens."""
    return re.sub(r"[\s\-—–_·.]", "", unicodedata.normalize("NFKC", text)).upper()


def calc_check_digit(body: str) -> str:
    """The check digit of fourteen digits (ISO 7064 MOD 11,10).

    >>> calc_check_digit("50011200001234")
    '5'
    """
    rest = 10
    for digit in body:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - rest) % 10)


def validate(text: str) -> str:
    """The number in compact form. Raises NumberError: empty, length, format, checksum; legacy for thirteen digits."""
    number = compact(text)
    if not number:
        raise NumberError("empty")
    if len(number) not in (13, 15):
        raise NumberError("length")
    if not re.fullmatch("[0-9]+", number):
        raise NumberError("format")
    if len(number) == 13:
        raise NumberError("legacy")
    if calc_check_digit(number[:14]) != number[14]:
        raise NumberError("checksum")
    return number


def is_valid(text: str) -> bool:
    """Whether `validate` accepts the text."""
    try:
        validate(text)
    except NumberError:
        return False
    return True


def proposals(text: str, others: Sequence[str] = ()) -> tuple[str, ...]:
    """Readings that would be valid if look-alike characters were others; see `repair.repairs`. None for a valid number."""
    number = compact(text)
    return () if is_valid(number) else repairs(number, (_DIGITS,) * 15, is_valid, others)
