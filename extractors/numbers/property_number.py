"""Numbers on papers of real property: the certificate's number and the number of the unit.

Since March 2015 (不动产登记暂行条例) a certificate 不动产权证书 bears `省简称(年份)市县不动产权第NNNNNNN号`, and the proof of
a mortgage or an advance notice the same with 不动产证明. Before, each city had its own: 渝房地证2008字第…号,
106房地证2011字第…号, X京房权证朝字第…号, 沪房地浦字(2008)第…号, 粤房地权证穗字第…号, and for land 渝国用(2008)第…号.
There is no check digit.

The unit 不动产单元号 (GB/T 37346) has 28 places: six digits of the county, three and three of the cadastral zones, two
letters for the right to the land (G state, J collective, Z disputed; then its kind), five digits in sequence; then F
house, L wood, Q other or W nothing, and eight digits.

>>> validate("渝（2019）渝北区不动产权第000 123456 号"), parts("渝（2019）渝北区不动产权第000123456号").place
('渝(2019)渝北区不动产权第000123456号', '渝北区')
>>> parts("渝房地证2008字第123456号").kind, parts("渝(2020)江北区不动产证明第000012345号").kind
('former_certificate', 'proof')
>>> validate("渝房产")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: format
>>> validate_unit("500112 005003 GB00123 F00010023")
'500112005003GB00123F00010023'
>>> unit_proposals("500112O05003GB00123F0001OO23")
('500112005003GB00123F00010023',)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from extractors.numbers.errors import NumberError
from extractors.numbers.repair import repairs

Kind = Literal["certificate", "proof", "former_certificate", "land_certificate"]
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼滇黔陇秦蜀兵"
_LONGEST = 60
_UNIFIED = re.compile(
    rf"(?P<province>[{_PROVINCES}])\((?P<year>20[0-9]{{2}})\)(?P<place>[\u4e00-\u9fff]{{1,20}}?)(?P<word>不动产权|不动产证明)"
    r"第(?P<number>[0-9]{1,12}(?:-[0-9]{1,4})?)号"
)
_FORMER = re.compile(
    r"(?=.*[字第])(?P<place>[A-Z]?[0-9]{0,4}[\u4e00-\u9fff]{0,12}?)"
    "(?P<word>房地产权证|房地产证|房地权证|房权证|房地证|房产证|房屋所有权证|房证|房地|国用|集用|集建|林证)"
    r"(?P<rest>[\u4e00-\u9fff()A-Z0-9-]{0,24}?)第?(?P<number>[A-Z]{0,2}[0-9]{2,16}(?:-[0-9]{1,4})*)号?"
)
_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_UNIT_ALPHABETS = ((_DIGITS,) * 12, ("GJZ", _LETTERS), (_DIGITS,) * 5, ("FLQW",), (_DIGITS,) * 8)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a certificate's number says; "" and None where it says nothing."""

    kind: Kind
    province: str
    year: int | None
    place: str
    number: str


def compact(text: str) -> str:
    """The number without layout spaces, with narrow brackets; other brackets become round ones.

    >>> compact("渝〔2019〕渝北区 不动产权第 000123456 号")
    '渝(2019)渝北区不动产权第000123456号'
    """
    narrow = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    return narrow.translate(str.maketrans("[〔【{〈]〕】}〉—–−", "((((()))))---"))


def parts(text: str) -> Parts:
    """What the number of a certificate says. Raises NumberError: empty, length, format."""
    number = compact(text)
    if not number:
        raise NumberError("empty")
    if len(number) > _LONGEST:
        raise NumberError("length")
    if match := _UNIFIED.fullmatch(number):
        kind: Kind = "certificate" if match["word"] == "不动产权" else "proof"
        return Parts(kind, match["province"], int(match["year"]), match["place"], match["number"])
    match = _FORMER.fullmatch(number)
    if match is None:
        raise NumberError("format")
    year = re.search("(?:19|20)[0-9]{2}", match["rest"])
    former: Kind = "land_certificate" if re.search("用|集建", match["word"]) else "former_certificate"
    province = next((c for c in match["place"] if c in _PROVINCES), "")
    return Parts(former, province, int(year.group()) if year else None, match["place"], match["number"])


def validate(text: str) -> str:
    """The number of a certificate in compact form. Raises NumberError: empty, length, format."""
    parts(text)
    return compact(text)


def is_valid(text: str) -> bool:
    """Whether `validate` accepts the text."""
    try:
        validate(text)
    except NumberError:
        return False
    return True


def compact_unit(text: str) -> str:
    """The number of a unit as the contract's form *id*: narrow, upper case, without spaces and hyphens."""
    return re.sub(r"[\s\-—–_·.]", "", unicodedata.normalize("NFKC", text)).upper()


def _unit_alphabets() -> tuple[str, ...]:
    return tuple(alphabet for group in _UNIT_ALPHABETS for alphabet in group)


def validate_unit(text: str) -> str:
    """The number of a unit in compact form. Raises NumberError: empty, length, format."""
    unit = compact_unit(text)
    if not unit:
        raise NumberError("empty")
    if len(unit) != 28:
        raise NumberError("length")
    if any(character not in alphabet for character, alphabet in zip(unit, _unit_alphabets(), strict=True)):
        raise NumberError("format")
    if unit[19] == "W" and unit[20:] != "00000000":
        raise NumberError("format")
    return unit


def is_valid_unit(text: str) -> bool:
    """Whether `validate_unit` accepts the text."""
    try:
        validate_unit(text)
    except NumberError:
        return False
    return True


def unit_proposals(text: str, others: Sequence[str] = ()) -> tuple[str, ...]:
    """Readings of a wrong number of a unit whose characters can stand where they are; see `repair.repairs`."""
    unit = compact_unit(text)
    return () if is_valid_unit(unit) else repairs(unit, _unit_alphabets(), is_valid_unit, others)
