"""Which lines of the three statements make up which total: `statement_lines.toml`, read once.

A sum that fits in any of the ways that the table allows is no mismatch; `ways[0]` is how the standard counts a line.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from validators.papers import LINES

Ways = tuple[int, ...]
"""The factors with which a line may count in a total, the standard's first."""

ANY: Ways = (0, 1, -1)
_WAYS: Mapping[str, Ways] = MappingProxyType(
    {
        "add": (1,),
        "take": (-1,),
        "may_add": (0, 1),
        "may_take": (0, -1),
        "any": ANY,
        "add_or_take": (1, -1),
        "take_or_add": (-1, 1),
        "add_or_not": (1, 0),
        "take_or_not": (-1, 0),
    }
)


@dataclass(frozen=True, slots=True)
class Identity:
    """On `sheet` the line `total` is the sum of `terms`. `core`, `full`, `form`: see the table's head."""

    sheet: str
    form: str
    total: str
    terms: Mapping[str, Ways]
    core: frozenset[str]
    full: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lines:
    """The table: identities in the order of the sheets, and all lines that it or the contract names."""

    identities: tuple[Identity, ...]
    named: frozenset[str]


@cache
def lines() -> Lines:
    """The table that ships with the rules."""
    data = tomllib.loads((Path(__file__).parent / "statement_lines.toml").read_text(encoding="utf-8"))
    identities = tuple(_identity(row) for row in data["identity"])
    named = {line for one in identities for line in (one.total, *one.terms)}
    return Lines(identities, frozenset(named | set(data["count_nowhere"].split()) | set(LINES)))


def _identity(row: Mapping[str, Any]) -> Identity:
    terms = {line: ways for key, ways in _WAYS.items() for line in row.get(key, "").split()}
    core, full = (frozenset(row.get(key, "").split()) for key in ("core", "full"))
    return Identity(row["sheet"], row.get("form", ""), row["total"], MappingProxyType(terms), core, full)


def identities(sheet: str, form: str = "") -> tuple[Identity, ...]:
    """The identities of a sheet; those of one form and those that all forms share."""
    return tuple(one for one in lines().identities if one.sheet == sheet and one.form in ("", form))


def plain(name: str) -> str:
    """A printed line name as the table has it: without numbering, 其中/加/减, marks, and notes in brackets.

    >>> plain("减：库存股"), plain("△拆出资金"), plain("（一）持续经营净利润（净亏损以“-”号填列）")
    ('库存股', '拆出资金', '持续经营净利润')
    """
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    text = re.sub(r"\([^()]*\)", "", text).lstrip("*#△▲☆★")
    text = re.sub(r"^([一二三四五六七八九十]+[、.]|\d+[.、])", "", text)
    return re.sub(r"^(其中|减|加):", "", text)


def stranger(line: str) -> bool:
    """Whether a line is nowhere in the table, so that nobody can say where it counts.

    >>> stranger("存货跌价准备"), stranger("inventories"), stranger("其他应收欺")
    (False, False, True)
    """
    return line not in lines().named


def label(line: str) -> str:
    """A line's name as people see it.

    >>> label("cash"), label("使用权资产")
    ('货币资金', '使用权资产')
    """
    return LINES.get(line, line)
