"""Numbers of marriage and divorce certificates 结婚证字号, 离婚证字号.

Since 2004 (民政部, 婚姻登记工作暂行规范) `J` for a marriage, `L` for a divorce, six digits of the registry's division, the
year and a sequence of six digits: J110101-2017-000123. A certificate in place of a lost one begins with BJ or BL.
Before, each registry had its own: 渝沙结字第010500123号, (1998)沙结字第123号. There is no check digit.

>>> validate("Ｊ110101－2017－000123"), parts("J110101-2017-000123").year, parts("BL500106-2019-001234").kind
('J110101-2017-000123', 2017, 'divorce')
>>> validate("渝沙结字 第010500123号"), parts("渝沙结字第010500123号").kind
('渝沙结字第010500123号', 'marriage')
>>> validate("J110101-2017-12")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: format
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from extractors.numbers import regions
from extractors.numbers.errors import NumberError

_LONGEST = 40
_UNIFIED = re.compile("(?P<again>B?)(?P<kind>[JL])-?(?P<region>[1-9][0-9]{5})-?(?P<year>(?:19|20)[0-9]{2})-?(?P<number>[0-9]{6})")
_FORMER = re.compile(
    r"(?:\(?(?P<year>(?:19|20)?[0-9]{2})年?\)?)?[\u4e00-\u9fff()]{0,12}?(?P<kind>[结離离婚])婚?证?(?P<inner>\(?(?:19|20)?[0-9]{0,4}\)?)字"
    r"[\u4e00-\u9fff()0-9]{0,8}?第?(?P<number>[0-9]{1,14}(?:-[0-9]{1,8})*)号?"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the number says; "" and None where it says nothing. `reissued`: a certificate in place of a lost one."""

    kind: Literal["marriage", "divorce"]
    region: str
    year: int | None
    number: str
    reissued: bool = False


def compact(text: str) -> str:
    """The number without layout spaces, narrow, in upper case, with one kind of hyphen and bracket.

    >>> compact("j110101 — 2017 — 000123")
    'J110101-2017-000123'
    """
    narrow = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    return re.sub("-+", "-", narrow.translate(str.maketrans("[〔【]〕】—–−_", "((()))----")))


def parts(text: str) -> Parts:
    """What the number says. Raises NumberError: empty, length, format."""
    number = compact(text)
    if not number:
        raise NumberError("empty")
    if len(number) > _LONGEST:
        raise NumberError("length")
    if match := _UNIFIED.fullmatch(number):
        kind: Literal["marriage", "divorce"] = "marriage" if match["kind"] == "J" else "divorce"
        return Parts(kind, match["region"], int(match["year"]), match["number"], match["again"] == "B")
    match = _FORMER.fullmatch(number)
    if match is None:
        raise NumberError("format")
    years = [digits for digits in re.findall("(?:19|20)[0-9]{2}", f"{match['year'] or ''} {match['inner'] or ''}")]
    former: Literal["marriage", "divorce"] = "divorce" if match["kind"] in "離离" else "marriage"
    return Parts(former, "", int(years[0]) if years else None, match["number"])


def validate(text: str) -> str:
    """The number in compact form, that of today with its hyphens. Raises NumberError: empty, length, format.

    >>> validate("J110101 2017 000123")
    'J110101-2017-000123'
    """
    found = parts(text)
    if not found.region:
        return compact(text)
    letter = "J" if found.kind == "marriage" else "L"
    return f"{'B' if found.reissued else ''}{letter}{found.region}-{found.year}-{found.number}"


def region_known(text: str) -> bool:
    """Whether the list of divisions holds the registry's; True for the former numbers, which name none.

    Raises NumberError: empty, length, format.
    """
    found = parts(text)
    return not found.region or regions.known(found.region)


def is_valid(text: str) -> bool:
    """Whether `validate` accepts the text."""
    try:
        validate(text)
    except NumberError:
        return False
    return True
