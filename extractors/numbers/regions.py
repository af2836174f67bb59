"""Administrative divisions by their six-digit code (GB/T 2260), those of the past included.

A number keeps the code of the day on which it was given, so a code that was withdrawn long ago is a good code. The
list (regions.json: its head names source and licence) ages, new districts are formed each year: a code that it
does not hold is a doubt and never an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

_Entry = Sequence[str | int | None]
"""Name, first year, last year; None where open."""


@cache
def _provinces() -> Mapping[str, Mapping[str, Sequence[_Entry]]]:
    text = resources.files("extractors.numbers").joinpath("regions.json").read_text("utf-8")
    provinces: Mapping[str, Mapping[str, Sequence[_Entry]]] = json.loads(text)["provinces"]
    return provinces


def known(code: str) -> bool:
    """Whether a code stood in the list at any time.

    >>> known("500112"), known("110103"), known("810000"), known("999999")
    (True, True, True, False)
    """
    return code[2:] in _provinces().get(code[:2], {})


def _name(code: str, year: int | None) -> str:
    entries = _provinces().get(code[:2], {}).get(code[2:], ())
    names = [str(name) for name, since, until in entries if year is None or _within(year, since, until)]
    names = names or [str(entry[0]) for entry in entries[:1]]
    return names[-1] if names else ""


def _within(year: int, since: str | int | None, until: str | int | None) -> bool:
    return (since is None or int(since) <= year) and (until is None or year <= int(until))


def name(code: str, year: int | None = None) -> str:
    """Province, city and county of a code, as they were called in a year (by default at last); "" for an unknown code.

    >>> name("500112"), name("440301"), name("510202", 1980), name("510202", 1995), name("330113"), name("999999")
    ('重庆市渝北区', '广东省深圳市', '四川省重庆市市中区', '四川省重庆市渝中区', '浙江省杭州市临平区', '')
    """
    if not known(code):
        return ""
    parts = (_name(code[:2] + "0000", year), _name(code[:4] + "00", year), _name(code, year))
    return "".join(dict.fromkeys(part for part in parts if part not in ("市辖区", "县") and "直辖县级" not in part))


@cache
def titles(level: int) -> frozenset[str]:
    """All names of provinces (2), prefectures and cities (4) or counties and districts (6), past and present.

    >>> "重庆市" in titles(2), "成都市" in titles(4), "渝北区" in titles(6), "江北县" in titles(6)
    (True, True, True, True)
    """
    found: set[str] = set()
    for province, codes in _provinces().items():
        for code, entries in codes.items():
            if len((province + code).rstrip("0").ljust(2, "0")) in (level - 1, level):
                found.update(str(entry[0]) for entry in entries)
    return frozenset(title for title in found if title not in ("市辖区", "县") and "直辖县级" not in title)


@cache
def current(county: str, province: str = "") -> bool:
    """Whether a county or district of this name stands today, in the province when it is told.

    >>> current("江北区", "重庆市"), current("两江新区", "重庆市"), current("江北区")
    (False, True, True)
    """
    return any(
        entry[0] == county and entry[2] is None
        for code, entries in _counties()
        for entry in entries
        if not province or _name(code[:2] + "0000", None) == province
    )


@cache
def _counties() -> tuple[tuple[str, Sequence[_Entry]], ...]:
    return tuple((province + code, entries) for province, codes in _provinces().items() for code, entries in codes.items())
