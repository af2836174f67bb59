"""Telephone numbers of the mainland.

A mobile number has eleven digits and begins with 13 to 19. A fixed line has an area code of 0 and two or three digits, then
seven or eight digits, and may have an extension. Service numbers begin with 400 or 800 and have ten digits. A fixed line
printed without its area code keeps its seven or eight digits.

>>> validate("+86 138-0013-8000"), validate("（023）6789 1234"), validate("0571-87654321转801"), validate("400-800-8820")
('13800138000', '023-67891234', '0571-87654321-801', '4008008820')
>>> kind("67891234"), kind("13800138000")
('local', 'mobile')
>>> validate("1380013800")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: format
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from extractors.numbers.errors import NumberError

Kind = Literal["mobile", "fixed", "service", "local"]
_FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("mobile", re.compile("(1[3-9][0-9]{9})")),
    ("service", re.compile("([48]00[0-9]{7})")),
    ("fixed", re.compile("(0(?:10|2[0-9]|[3-9][0-9]{2}))([2-9][0-9]{6,7})(?:E([0-9]{1,6}))?")),
    ("local", re.compile("([2-9][0-9]{6,7})(?:E([0-9]{1,6}))?")),
)
_LONGEST = 40


def validate(text: str) -> str:
    """The number in its usual form, the parts of a fixed line joined by hyphens. Raises NumberError: empty, format."""
    return _read(text)[1]


def kind(text: str) -> Kind:
    """What kind of number it is. Raises NumberError: empty, format."""
    return _read(text)[0]


def is_valid(text: str) -> bool:
    """Whether `validate` accepts the text."""
    try:
        validate(text)
    except NumberError:
        return False
    return True


def _read(text: str) -> tuple[Kind, str]:
    narrow = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not narrow:
        raise NumberError("empty")
    if len(narrow) > _LONGEST:
        raise NumberError("format")
    narrow = re.sub("[转轉]|分机|(?<=[0-9]{7})[-—–](?=[0-9]{1,6}$)|#|ext[.]?", "E", narrow)
    digits = re.sub(r"[-—–()·.]", "", narrow)
    if abroad := re.fullmatch(r"(?:\+|00)86(.*)|86(1[3-9][0-9]{9})", digits):
        digits = abroad[1] or abroad[2] or ""
        digits = digits if re.match("0|1[3-9]|[48]00", digits) else "0" + digits
    for found, form in _FORMS:
        if match := form.fullmatch(digits):
            return found, "-".join(part for part in match.groups() if part)
    raise NumberError("format")
