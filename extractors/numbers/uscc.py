"""Unified social credit code 统一社会信用代码 (GB 32100-2015).

Eighteen characters of an alphabet without I, O, Z, S and V: one for the department that registers (9 for the market
regulator), one for the kind of organisation, six digits for the place of registration, nine for the organisation
(its code by GB 11714, with a check character of its own), and a check character: 31 less the weighted sum mod 31,
weights 3^(i-1) mod 31.

The worked example of the standard is 91350100M000100Y4?, with the check character 3:

>>> validate("9135 0100 M000100Y 43")
'91350100M000100Y43'
>>> validate("91350100M000100Y4Z")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: format
>>> validate("91350100M000100Y4X")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: checksum
>>> organisation_code("91350100M000100Y43"), organisation_code_valid("91350100M000100Y43")
('M000100Y4', True)
>>> proposals("9135O100M000100Y43")
('91350100M000100Y43',)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from extractors.numbers import regions
from extractors.numbers.errors import NumberError
from extractors.numbers.repair import repairs

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_DIGITS = "0123456789"
_ALPHABETS = (ALPHABET,) * 2 + (_DIGITS,) * 6 + (ALPHABET,) * 10
_FORM = re.compile(f"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def compact(text: str) -> str:
    """The code as the contract's form *id*: narrow, upper case, without spaces and hyphens.

    >>> compact("９1350100 m000100y-43")
    '91350100M000100Y43'
    """
    return re.sub(r"[\s\-—–_·.]", "", unicodedata.normalize("NFKC", text)).upper()


def calc_check_character(body: str) -> str:
    """The check character of seventeen characters of the alphabet.

    >>> calc_check_character("91350100M000100Y4")
    '3'
    """
    total = sum(weight * ALPHABET.index(character) for weight, character in zip(_WEIGHTS, body, strict=True))
    return ALPHABET[-total % 31]


def calc_organisation_check(body: str) -> str:
    """The check character of the eight characters of an organisation code (GB 11714-1997).

    >>> calc_organisation_check("71526726"), calc_organisation_check("M000100Y")
    ('X', '4')
    """
    pairs = zip(_ORGANISATION_WEIGHTS, body, strict=True)
    rest = 11 - sum(weight * _ORGANISATION_ALPHABET.index(character) for weight, character in pairs) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def validate(text: str) -> str:
    """The code in compact form. Raises NumberError: empty, length, format, checksum.

    The organisation code inside is not judged: see `organisation_code_valid`.
    """
    code = _formed(text)
    if calc_check_character(code[:17]) != code[17]:
        raise NumberError("checksum")
    return code


def is_valid(text: str) -> bool:
    """Whether `validate` accepts the text."""
    try:
        validate(text)
    except NumberError:
        return False
    return True


def organisation_code(text: str) -> str:
    """The organisation code inside. Raises NumberError: empty, length, format."""
    return _formed(text)[8:17]


def organisation_code_valid(text: str) -> bool:
    """Whether the check character of the organisation code inside fits; some sole traders (92…) have codes that do not.

    Raises NumberError: empty, length, format.
    """
    inner = organisation_code(text)
    return calc_organisation_check(inner[:8]) == inner[8]


def region(text: str) -> str:
    """The place of registration, "" when the list does not hold it (100000 is the national one).

    Raises NumberError: empty, length, format.

    >>> region("91350100M000100Y43")
    '福建省福州市'
    """
    place = _formed(text)[2:8]
    return "国家" if place == "100000" else regions.name(place)


def proposals(text: str, others: Sequence[str] = ()) -> tuple[str, ...]:
    """Readings that would be valid if look-alike characters were others; see `repair.repairs`. None for a valid code.

    Only one that stands alone says anything; readings whose inner check fits come alone when there are any.
    """
    code = compact(text)
    if is_valid(code):
        return ()
    found = repairs(code, _ALPHABETS, is_valid, others)
    return tuple(reading for reading in found if organisation_code_valid(reading)) or found


def _formed(text: str) -> str:
    code = compact(text)
    if not code:
        raise NumberError("empty")
    if len(code) != 18:
        raise NumberError("length")
    if not _FORM.fullmatch(code):
        raise NumberError("format")
    return code
