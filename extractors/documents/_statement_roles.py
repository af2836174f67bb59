"""What a statement's columns are: end or begin, current, prior or the month; and whose, where a group prints two owners. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extractors.documents._statement_names import Kind
from extractors.numbers import dates
from extractors.numbers.errors import NumberError

EXPLICIT, INFERRED, GUESSED = 1.0, 0.95, 0.6
"""How sure a role is: printed, following from the other column's or the other side's title, taken from the usual order."""

_NONE = re.compile(r"增减|变动|变化|比例|幅度|差异|预算|计划|同比|环比|比率|[%％]|行次$|附注$|上年同月|上年本月|上月")
_BEGIN = re.compile(r"年初|期初|上年年?末|上年度?年?末|上期期?末|上年期末|去年年?末|月初|季初")
_END = re.compile(r"期末|年末|月末|季末|本年末|本期末|当前余额")
_PRIOR = re.compile(r"上年|上期|去年|上一年|前期|同期|上季")
_TO_DATE = re.compile(r"累计|年初至|1[-—–至一]\d{1,2}月")
_MONTH = re.compile(r"本月|当月|本季")
_CURRENT = re.compile(r"本期|本年|当期|今年|本会计期间")
_PARENT = re.compile(r"(?<!合并及)(?<!合并和)(?<!子)公司|银行$")
_GROUP = re.compile(r"合并|本?集团")
_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{4}年\d{1,2}月(?!\d*日)|\d{4}年?度?(?!\d)")
_OF_A_YEAR = (re.compile(r"\d{4}年1[-—–至一]\d{1,2}月"), re.compile(r"\d{4}年年?末"))
"""Titles whose year tells which of several columns is meant: by flows, by balances."""


@dataclass(frozen=True, slots=True)
class Role:
    """`name`: the column's contract suffix, "" for a column that is none (a change, another owner); `sure` as above."""

    name: str
    sure: float


NO_ROLE = Role("", EXPLICIT)


def roles(titles: Sequence[str], kind: Kind, clear: Sequence[float] = ()) -> list[Role]:
    """The role of each column of one side, left to right. `clear`: how surely each title is its own column's."""
    found: list[Role | None] = [_role(title, kind) for title in titles]
    shared = [bool(_GROUP.search(t)) and not _PARENT.search(t) for t in titles]
    for n, title in enumerate(titles):
        if _PARENT.search(title) and any(shared) and not shared[n]:
            found[n] = NO_ROLE
    open_places = [n for n, role in enumerate(found) if role is None or role.name == "?"]
    _by_date(found, titles, open_places, kind)
    _by_exclusion(found, kind)
    given = _once([role or NO_ROLE for role in found])
    return [Role(role.name, min(role.sure, *clear)) for role in given] if clear else given


def _told_by_year(title: str, kind: Kind) -> bool:
    return bool(_OF_A_YEAR[kind == "balance_sheet"].search(title)) and "累计" not in title and _dated(title) is not None


def _role(title: str, kind: Kind) -> Role | None:
    """The role that a title says; None where it says nothing, `?` where only its date tells."""
    if _NONE.search(title):
        return NO_ROLE
    if _told_by_year(title, kind):
        return Role("?", EXPLICIT)
    if kind == "balance_sheet":
        if _BEGIN.search(title):
            return Role("begin", EXPLICIT)
        if _END.search(title):
            return Role("end", EXPLICIT)
        if _PRIOR.search(title) or _CURRENT.search(title):
            return Role("begin" if _PRIOR.search(title) else "end", INFERRED)
    else:
        flows = ((_PRIOR, "prior"), (_TO_DATE, "to_date"), (_MONTH, "current_month"), (_CURRENT, "current"))
        for pattern, name in flows:
            if pattern.search(title):
                return Role(name, EXPLICIT)
    return Role("?", EXPLICIT) if _dated(title) else None


def _dated(title: str) -> date | None:
    """The last day of the latest date or year in a title."""
    days = []
    for match in _DATE.finditer(title):
        text = match.group()
        try:
            day = dates.parse_period(text + ("年" if re.fullmatch(r"\d{4}", text) else "").replace("度", "")).until
        except NumberError:
            try:
                day = dates.parse(text)
            except NumberError:
                continue
        if isinstance(day, date):
            days.append(day)
    return max(days, default=None)


def _by_date(found: list[Role | None], titles: Sequence[str], places: Sequence[int], kind: Kind) -> None:
    """Columns titled by dates or years: the latest is this one's, the one before it the one compared with."""
    dated = {n: day for n in places if (day := _dated(titles[n]))}
    names = ("end", "begin") if kind == "balance_sheet" else ("current", "prior")
    given = {role.name for role in found if role}
    if len(set(dated.values())) == 1 and dated and not given & set(names):
        for n in dated:
            found[n] = Role(names[0], INFERRED)
        return
    order = sorted(set(dated.values()), reverse=True)
    for n, day in dated.items():
        place = order.index(day)
        if len(order) == 1:
            place = 1 if names[0] in given else 0
        found[n] = Role(names[place], EXPLICIT) if place < 2 else NO_ROLE


def _by_exclusion(found: list[Role | None], kind: Kind) -> None:
    """Settles 本年累计 beside 本期, and columns without a readable title."""
    if any(role and role.name == "to_date" for role in found):
        for n, role in enumerate(found):
            if role and role.name == "current":
                found[n] = Role("current_month", EXPLICIT)
            elif role and role.name == "to_date":
                found[n] = Role("current", EXPLICIT)
    names = ("end", "begin") if kind == "balance_sheet" else ("current", "prior")
    untitled = [n for n, role in enumerate(found) if role is None]
    taken = {role.name for role in found if role and role.name}
    left = [name for name in names if name not in taken]
    if len(untitled) == 1 and len(left) == 1:
        found[untitled[0]] = Role(left[0], INFERRED if kind == "balance_sheet" else 0.85)
    elif len(untitled) == 1 and len(found) == 1:
        found[untitled[0]] = Role(names[0], 0.85)
    elif untitled and not taken:
        for n, name in zip(untitled, names, strict=False):
            found[n] = Role(name, GUESSED)


def _once(found: Sequence[Role]) -> list[Role]:
    """Each role once: a second column of the same is another owner's or period's, and makes the first less sure unless
    the owners are printed."""
    seen: dict[str, int] = {}
    done = list(found)
    for n, role in enumerate(found):
        if role.name and role.name in seen:
            done[n] = NO_ROLE
            done[seen[role.name]] = Role(role.name, min(found[seen[role.name]].sure, 0.85))
        elif role.name:
            seen[role.name] = n
    return done


def settled(sides: Sequence[Sequence[Role]]) -> list[list[Role]]:
    """Roles of all sides of a sheet; a side with poor titles takes them from the other one."""
    best = max(sides, key=sure_of, default=())
    return [list(_taken_over(each, best)) for each in sides]


def alike(pages: Sequence[Sequence[Sequence[Role]]]) -> list[list[list[Role]]]:
    """Roles of all pages of a statement: a page with poor titles takes those of the page with the best, where it is parted alike."""
    best = max(pages, key=lambda sides: min((sure_of(each) for each in sides), default=0.0), default=())
    done = []
    for sides in pages:
        if len(sides) == len(best):
            done.append([list(_taken_over(each, other)) for each, other in zip(sides, best, strict=True)])
        else:
            done.append([list(_taken_over(each, best[0])) if best else list(each) for each in sides])
    return done


def sure_of(side: Sequence[Role]) -> float:
    """How sure the roles of a side are together; 0 where no column has one."""
    return min((role.sure for role in side), default=0.0) if any(role.name for role in side) else 0.0


def _taken_over(side: Sequence[Role], other: Sequence[Role]) -> Sequence[Role]:
    if len(side) != len(other) or sure_of(side) >= sure_of(other) or sure_of(side) >= INFERRED:
        return side
    return [Role(role.name, min(role.sure, INFERRED)) for role in other]
