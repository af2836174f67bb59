"""Resident identity number 公民身份号码 (GB 11643-1999).

Eighteen places: six of the division (GB/T 2260) where the number was given, eight of the date of birth, three in
sequence (odd for men, even for women), and a check digit by ISO 7064 MOD 11-2, in which X stands for ten. The number
stays for life, so its division may long be dissolved and need not be where the holder lives. Residence permits bear
the same form: 81 Hong Kong, 82 Macao, 83 Taiwan; numbers that begin with 9 are foreigners' permanent residence cards.
Numbers of fifteen places (no century, no check digit) went out of use on 1 January 2013.

>>> validate("11010519491231002x")
'11010519491231002X'
>>> validate("110105 19491231 0021")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: checksum
>>> validate("110105194913310020")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: date
>>> validate("110105491231002")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: legacy
>>> birth_date("11010519491231002X"), sex("11010519491231002X"), region("11010519491231002X")
(datetime.date(1949, 12, 31), '女', '北京市朝阳区')
>>> proposals("11010519491231002×"), proposals("1101O51949123100ZX")
(('11010519491231002X',), ('11010519491231002X',))
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Literal

from extractors.numbers import regions
from extractors.numbers.errors import NumberError
from extractors.numbers.repair import repairs

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]")
_LEGACY_FORM = re.compile(r"[1-9][0-9]{14}")
_DIGITS = "0123456789"
_ALPHABETS = (_DIGITS,) * 17 + (_DIGITS + "X",)
_FIRST_YEAR = 1880


def compact(text: str) -> str:
    """The number as the contract's form *id*: narrow, upper case, without spaces and hyphens.

    >>> compact("１１０１０５－19491231 002x")
    '11010519491231002X'
    """
    return re.sub(r"[\s\-—–_·.]", "", unicodedata.normalize("NFKC", text)).upper()


def calc_check_digit(body: str) -> str:
    """The check digit of seventeen digits (ISO 7064 MOD 11-2).

    >>> calc_check_digit("11010519491231002")
    'X'
    """
    return _CHECK_DIGITS[sum(w * int(digit) for w, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def birth_date(text: str) -> date:
    """The date of birth in a number of eighteen or fifteen places, whether or not its check digit fits.

    Raises NumberError: length, format, date.
    """
    number = _formed(text)
    digits = number[6:14] if len(number) == 18 else "19" + number[6:12]
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        born = date(year, month, day)
    except ValueError:
        raise NumberError("date") from None
    if born.year < _FIRST_YEAR:
        raise NumberError("date")
    return born


def sex(text: str) -> Literal["男", "女"]:
    """The sex in a number of eighteen or fifteen places. Raises NumberError: length, format."""
    number = _formed(text)
    return "男" if int(number[16] if len(number) == 18 else number[14]) % 2 else "女"


def region(text: str) -> str:
    """The division that gave the number, by its name in the year of birth; "" when the list does not hold it.

    Raises NumberError as `birth_date` does.
    """
    return regions.name(_formed(text)[:6], birth_date(text).year)


def region_known(text: str) -> bool:
    """Whether the list of divisions, past and present, holds that of the number. False is a doubt, not an error.

    Raises NumberError: length, format.

    >>> region_known("110103198001010017"), region_known("810000199408230021"), region_known("119999198001010017")
    (True, True, False)
    """
    number = _formed(text)
    if number[0] == "9":
        return regions.known(number[1:3] + "0000")
    return regions.known(number[:6])


def validate(text: str, as_of: date | None = None) -> str:
    """The number in compact form. Raises NumberError: empty, length, format, legacy, date, future, checksum.

    future: born after `as_of`.
    """
    number = _formed(text)
    born = birth_date(number)
    if len(number) == 15:
        raise NumberError("legacy")
    if as_of is not None and born > as_of:
        raise NumberError("future")
    if calc_check_digit(number[:17]) != number[17]:
        raise NumberError("checksum")
    return number


def is_valid(text: str, as_of: date | None = None) -> bool:
    """Whether `validate` accepts the text."""
    try:
        validate(text, as_of)
    except NumberError:
        return False
    return True


def from_legacy(text: str) -> str:
    """The eighteen places of a number of fifteen. Raises NumberError: length, format, date.

    >>> from_legacy("110105491231002")
    '11010519491231002X'
    """
    number = _formed(text)
    if len(number) != 15:
        raise NumberError("length")
    birth_date(number)
    body = number[:6] + "19" + number[6:]
    return body + calc_check_digit(body)


def proposals(text: str, as_of: date | None = None, others: Sequence[str] = ()) -> tuple[str, ...]:
    """Readings that would be valid if look-alike characters were others; see `repair.repairs`. None for a valid number.

    Only one that stands alone says anything: with two, the check digit cannot tell.
    """
    number = compact(text)
    if is_valid(number, as_of):
        return ()
    return repairs(number, _ALPHABETS, lambda reading: is_valid(reading, as_of) and region_known(reading), others)


def _formed(text: str) -> str:
    number = compact(text)
    if not number:
        raise NumberError("empty")
    if len(number) not in (15, 18):
        raise NumberError("length")
    if not (_FORM if len(number) == 18 else _LEGACY_FORM).fullmatch(number):
        raise NumberError("format")
    return number
