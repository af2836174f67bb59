"""The day of a statement's row as its cells print it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from extractors.layout import Text

Order = Literal["", "day", "month"]
"""Which of the two comes first where the year stands last; "" where nothing tells."""
CELLS = ("date", "posted", "time")
SPECKS = " .·•:;,'`*。、"
"""What dirt beside a figure or a word is read as."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day as printed: without its year where the row prints none. `confidence` 0 where nothing was read."""

    day: date | None
    month_day: tuple[int, int] | None
    time: str
    confidence: float


NO_DAY = Day(None, None, "", 0.0)


_DAY = re.compile(r"((?:19|20)\d\d)([-./年:·,]{0,2})(\d{1,2})[-./月:·,]{0,2}(\d{2}|\d(?!\d))日?")
_SHORT_YEAR = re.compile(r"(?<![\dA-Za-z])(\d\d)([-./])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-./])(\d{1,2})\2((?:19|20)\d\d)(?!\d{3})")
_MONTH_DAY = re.compile(r"(?<![\d:.])(\d{1,2})[-./月](\d{1,2})日?(?![\d:])")
_TIME = re.compile(r"([01]\d|2[0-3])[:：]?([0-5]\d)(?:[:：]?([0-5]\d))?")
_TWINS = str.maketrans("OoQDIl|ZzSsB。·", "000011122558..")


@lru_cache(maxsize=8192)
def day_of(text: str, order: Order = "") -> tuple[date | None, tuple[int, int] | None, str, float]:
    """Day, or month and day without a year, time of day, and trust in the form, from a date cell. A day whose year stands last
    is read by `order` only: 02/05/2025 is the second of May to one bank and the fifth of February to another.

    >>> day_of("2024-03-0510:22:33"), day_of("20240305"), day_of("03月05日")[1], day_of("2O24-03-05")[3]
    ((datetime.date(2024, 3, 5), None, '10:22:33', 1.0), (datetime.date(2024, 3, 5), None, '', 1.0), (3, 5), 0.6)
    """
    narrow = _narrow(text)
    for trust, form in ((1.0, narrow), (0.6, narrow.translate(_TWINS))):
        last = _YEAR_LAST.search(form)
        if last:
            first, second = (int(last[1]), int(last[3])) if order == "month" else (int(last[3]), int(last[1]))
            day = _made(int(last[4]), first, second) if order else None
            return day, None, _time(form[last.end() :]), trust if day else 0.0
        full = _DAY.search(form)
        day = _made(int(full[1]), int(full[3]), int(full[4])) if full else None
        if full and day:
            return day, None, _time(form[full.end() :]), min(trust, 0.8 if re.search("[:·,]", full.group()) else 1.0)
        short = _SHORT_YEAR.search(form)
        day = _made(2000 + int(short[1]), int(short[3]), int(short[4])) if short else None
        if short and day:
            return day, None, _time(form[short.end() :]), 0.9 * trust
        part = _MONTH_DAY.search(form)
        if part and _made(2024, int(part[1]), int(part[2])):
            return None, (int(part[1]), int(part[2])), _time(form[part.end() :]), trust
    return None, None, _time(narrow) if ":" in narrow else "", 0.0


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(text: str) -> str:
    found = _TIME.search(text)
    return ":".join(part for part in found.groups() if part) if found else ""


def day_in(cells: Mapping[str, Text], order: Order) -> Day:
    """The day of a row by the first of its cells that holds one."""
    best = NO_DAY
    for name in CELLS:
        cell = cells.get(name)
        if cell is None:
            continue
        day, month_day, time, trust = day_of(cell.text, order)
        if best.day is None and best.month_day is None and (day or month_day):
            best = Day(day, month_day, time or best.time, min(cell.confidence, trust))
        elif time and not best.time:
            best = replace(best, time=time)
    return best


def order_of(rows: Iterable[Mapping[str, Text]]) -> Order:
    """Which comes first in the days of a table whose years stand last: told by a number above twelve, by all that there are alike."""
    found = [last for cells in rows for name in CELLS if name in cells for last in _YEAR_LAST.finditer(_narrow(cells[name].text))]
    told = {"day" if int(last[1]) > 12 else "month" for last in found if (int(last[1]) > 12) != (int(last[3]) > 12)}
    return "day" if told == {"day"} else "month" if told == {"month"} else ""


@lru_cache(maxsize=4096)
def is_day(text: str) -> bool:
    """Whether a cell begins with a day that prints its year."""
    plain = text.strip(SPECKS)
    return _DAY.match(plain) is not None or _YEAR_LAST.match(plain) is not None


def _narrow(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
