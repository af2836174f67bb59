"""Numbers of bank accounts and bank cards.

A card (GB/T 14504, ISO/IEC 7812) has 16 to 19 digits, those of Chinese banks begin with 62, and the last is a check digit
(Luhn). An account of a company has 8 to 32 digits of the bank's own making, without a check; printed statements often
mask the middle.

>>> validate("6222 0200 0000 0012 344"), kind("6222020000000012344"), kind("50001234567890123456")
('6222020000000012344', 'card', 'account')
>>> validate("6222020000000012345")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: checksum
>>> is_masked("6222 **** **** 2344"), same("6222********2344", "6222020000000012344"), mask("6222020000000012344")
(True, True, '***************2344')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from extractors.numbers.errors import NumberError
from extractors.numbers.repair import repairs

_CARD = re.compile("62[0-9]{14,17}")
_DIGITS = "0123456789"


def compact(text: str) -> str:
    """The number as the contract's form *id*: narrow, without spaces and hyphens; masked places are `*`.

    >>> compact("6222　××××－××××－0002")
    '6222********0002'
    """
    narrow = re.sub(r"[\s\-—–_·.]", "", unicodedata.normalize("NFKC", text)).upper()
    return re.sub("[×X#●•＊✱✻∗]", "*", narrow)


def luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0


def kind(text: str) -> Literal["card", "account"]:
    """Whether the number is that of a card by its form. Raises NumberError: empty, length, format."""
    return "card" if _CARD.fullmatch(_formed(text)) else "account"


def validate(text: str) -> str:
    """The number in compact form; masked ones have no check. Raises NumberError: empty, length, format, checksum."""
    number = _formed(text)
    if _CARD.fullmatch(number) and not luhn(number):
        raise NumberError("checksum")
    return number


def is_valid(text: str) -> bool:
    """Whether `validate` accepts the text."""
    try:
        validate(text)
    except NumberError:
        return False
    return True


def is_masked(text: str) -> bool:
    """Whether some of the digits are hidden."""
    return "*" in compact(text)


def mask(text: str) -> str:
    """The number with all but its last four places hidden, for what people need not see."""
    number = compact(text)
    return "*" * max(0, len(number) - 4) + number[-4:] if len(number) > 4 else "*" * len(number)


def same(a: str, b: str) -> bool:
    """Whether two numbers can be one: masked ones are compared by what they show at either end."""
    left, right = compact(a), compact(b)
    if "*" not in left + right:
        return left == right
    (head, tail), (other_head, other_tail) = (_ends(left), _ends(right))
    if not (tail or head) or not (other_tail or other_head):
        return False
    heads = head.startswith(other_head) or other_head.startswith(head)
    return heads and (tail.endswith(other_tail) or other_tail.endswith(tail)) and min(len(tail), len(other_tail)) > 2


def proposals(text: str, others: Sequence[str] = ()) -> tuple[str, ...]:
    """Readings of a wrong card number whose check digit fits; see `repair.repairs`. None for what is no card."""
    number = compact(text)
    if is_valid(number) or not 16 <= len(number) <= 19 or "*" in number:
        return ()
    return repairs(number, (_DIGITS,) * len(number), lambda reading: kind(reading) == "card" and luhn(reading), others)


def _ends(number: str) -> tuple[str, str]:
    return (number.partition("*")[0], number.rpartition("*")[2]) if "*" in number else (number, number)


def _formed(text: str) -> str:
    number = compact(text)
    if not number:
        raise NumberError("empty")
    if not re.fullmatch("[0-9*]+", number) or not re.search("[0-9]", number):
        raise NumberError("format")
    if not 8 <= len(number) <= 32:
        raise NumberError("length")
    return number
