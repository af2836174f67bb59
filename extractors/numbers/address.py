"""Whether two addresses name one place.

Papers tell a place in more or less detail: with or without province, city and town, 3幢 or 3栋, 18楼5号 or 1805室. So an
address is taken apart into divisions (by the list of names, past and present), street and numbers, and each part is
compared. Districts are merged and renamed, and papers keep the name of their day: where one of two names no longer
stands, as those of 渝北区 and 江北区 since 两江新区 took their place in November 2025, the districts decide nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rapidfuzz import fuzz

from extractors.numbers import regions
from extractors.numbers.text import Likeness, normal, same

AddressLikeness = Literal["same", "confusable", "unclear", "different"]
_LEVELS = (2, 4, 6)
_SHORT_ENDS = re.compile("(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市|地区)$")
_ZONE = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:新区|开发区|高新区|经开区|产业园区|工业园区)")
_TOWN = re.compile(r"[\u4e00-\u9fff]{1,6}?(?:街道(?:办事处)?|镇|乡)(?![路街巷大])")
_DIGITS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {"〇": "0"}
_COUNTED = re.compile(r"[零〇一二三四五六七八九十]{1,3}(?=单元|[号栋幢座层楼室段期组社队排])")
_UNITS = re.compile(r"号楼|单元|[号栋幢座层楼室房#]|[^\w]|_")
_LONGEST_TITLE = 16


@dataclass(frozen=True, slots=True)
class Address:
    """An address in parts; "" for what it does not tell. `areas`: province, city, county; `zone`: a development zone."""

    areas: tuple[str, str, str]
    zone: str
    street: str
    numbers: tuple[str, ...]


def split(text: str) -> Address:
    """Takes an address apart; never fails, what is not understood stays in the street.

    >>> split("四川成都武侯区人民南路四段12号3幢5-2")
    Address(areas=('四川省', '成都市', '武侯区'), zone='', street='人民南路段', numbers=('4', '12', '3', '5', '2'))
    """
    rest = re.sub(r"\s", "", normal(text)).upper()
    areas = []
    for level in _LEVELS:
        title, rest = _title(rest, level)
        areas.append(title)
    zone = _ZONE.match(rest)
    rest = rest[zone.end() :] if zone else rest
    town = _TOWN.match(rest)
    rest = _COUNTED.sub(_count, rest[town.end() :] if town else rest)
    rest = re.sub(r"附(?=\d)", "-", rest)
    street = _UNITS.sub("", re.sub(r"[A-Z]+|\d+", "", rest))
    numbers = tuple(re.findall(r"[A-Z]+|\d+", rest))
    return Address((areas[0], areas[1], areas[2]), zone.group() if zone else "", street, numbers)


def address_same(a: str, b: str) -> AddressLikeness:
    """How two addresses compare; a missing province, city or town and other words for a house do not count.

    `unclear`: they can be one place told in more or less detail.

    >>> address_same("重庆市渝北区龙溪街道金山路18号3幢5-2", "重庆渝北区金山路18号3栋5-2")
    'same'
    >>> address_same("重庆市渝北区金山路18号3幢5-2", "重庆市渝北区金山路18号"), address_same("金山路18号", "金山路19号")
    ('unclear', 'different')
    """
    if (found := same(a, b)) != "different":
        return found
    left, right = split(a), split(b)
    areas = [same(x, y) for x, y in zip(left.areas, right.areas, strict=True) if x and y]
    zoned = left.zone != right.zone
    if _reformed(left.areas, right.areas):
        areas, zoned = areas[:-1], True
    numbers = _numbers_same(left.numbers, right.numbers)
    streets = same(left.street, right.street)
    contained = left.street in right.street or right.street in left.street
    if "different" in (*areas, numbers) or (streets == "different" and not contained and fuzz.ratio(left.street, right.street) < 60):
        return "different"
    told_alike = contained and min(len(left.numbers), len(right.numbers)) > 1
    if numbers == "unclear" or zoned or not areas or (streets == "different" and not told_alike):
        return "unclear"
    return "confusable" if "confusable" in (numbers, *areas, streets) else "same"


def _reformed(left: tuple[str, str, str], right: tuple[str, str, str]) -> bool:
    """Whether the districts differ and just one of them is of the past."""
    if not (left[2] and right[2]) or left[2] == right[2]:
        return False
    return regions.current(left[2], left[0] or right[0]) != regions.current(right[2], right[0] or left[0])


def _title(text: str, level: int) -> tuple[str, str]:
    """The division that an address begins with, in full, and what follows; short names only before another division."""
    titles = regions.titles(level)
    for length in range(min(_LONGEST_TITLE, len(text)), 1, -1):
        if text[:length] in titles:
            return text[:length], text[length:]
    if level == _LEVELS[-1]:
        return "", text
    for length in (3, 2):
        full = _short_titles(level).get(text[:length])
        if full and any(_title(text[length:], below)[0] for below in _LEVELS if below > level):
            return full, text[length:]
    return "", text


@cache
def _short_titles(level: int) -> dict[str, str]:
    return {_SHORT_ENDS.sub("", title): title for title in sorted(regions.titles(level), reverse=True)}


def _count(match: re.Match[str]) -> str:
    tens, ten, ones = match.group().rpartition("十")
    if not ten:
        return "".join(_DIGITS[c] for c in ones)
    return "".join(_DIGITS.get(c, "") for c in tens or "一") + "".join(_DIGITS[c] for c in ones or "零")


def _numbers_same(left: tuple[str, ...], right: tuple[str, ...]) -> Likeness | Literal["unclear"]:
    short, long = sorted((left, right), key=len)
    if len(short) == len(long):
        return same("/".join(short), "/".join(long))
    if long[: len(short)] == short:
        return "unclear"
    floor_and_door = (*long[:-2], long[-2] + long[-1].zfill(2)) if len(long) > 1 else long
    return "unclear" if floor_and_door == short else "different"
