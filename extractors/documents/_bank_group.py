"""Which pages are one statement, and in which order: by account, holder and period, page numbers, and the balances."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from extractors.documents import _bank_titles as titles
from extractors.documents._bank_days import whole_days
from extractors.documents._bank_header import account_of, around, page_number, span_of
from extractors.documents._bank_ledger import interpret
from extractors.documents._bank_name import bank_in
from extractors.documents._bank_rows import entries_of, ledger_table
from extractors.documents._bank_screens import screen_entries
from extractors.layout import rows
from extractors.model import Line, Sheet
from extractors.table import Table

HEAD_LINES, FOOT_LINES = 40, 8
"""Lines of a page among which its account, holder, period and page number are looked for."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a page says about the statement it belongs to; "" and 0 where it says nothing."""

    sheet: Sheet
    place: int
    account: str
    holder: str
    period: str
    number: int
    of: int
    headed: bool
    bank: str = ""


@dataclass(slots=True)
class _Group:
    """Pages taken together so far, and the first of each thing that any of them says."""

    marks: list[Mark]
    account: str = ""
    holder: str = ""
    period: str = ""
    bank: str = ""
    of: int = 0
    numbers: set[int] = field(default_factory=set)

    def add(self, mark: Mark) -> None:
        self.marks.append(mark)
        self.account = self.account or mark.account
        self.holder = self.holder or mark.holder
        self.period = self.period or mark.period
        self.bank = self.bank or mark.bank
        self.of = self.of or mark.of
        if mark.number:
            self.numbers.add(mark.number)


def assemble(sheets: Sequence[Sheet]) -> list[tuple[Sheet, ...]]:
    """The pages of each statement, in its order; two accounts, two periods, or a second copy of a page stay apart."""
    groups: list[_Group] = []
    waiting: list[Mark] = []
    for place, sheet in enumerate(sheets):
        mark = mark_of(sheet, place)
        home = _home(mark, groups)
        if home is not None:
            home.add(mark)
        elif mark.account or mark.holder or not groups:
            groups.append(_Group([]))
            groups[-1].add(mark)
        else:
            waiting.append(mark)
    for mark in waiting:  # pages that came before the one that names their account
        home = _home(mark, groups) or _Group([])
        if not home.marks:
            groups.append(home)
        home.add(mark)
    return [_ordered(group) for group in _without_strays(groups)]


# --- what a page says ------------------------------------------------------------------------------------------------

TITLE_REACH = 0.25
"""The share of a page in which its title stands."""
_GAP = r"[\s:：/]*(?:Account ?No\.?|Name)?[\s:：/]*"
_ACCOUNT = re.compile(
    rf"(?<!对方)(?<!对手)(?<!款人)(?<!往来)(账号|帐号|卡号|账户|微信号|支付宝账户)(?:/卡号|/账号|号码)?{_GAP}"
    r"([\dA-Z*][\dA-Z*x \-]{5,40}[\d*])"
)
_HOLDER = re.compile(
    rf"(?<!对方)(?<!对手)(?<!款人)(?<!往来)(?:户\s*名|客户姓名|客户名称|账户名称|帐户名称|账户名|姓\s*名|单位名称|存款人){_GAP}"
    r"([㐀-鿿·.（）()]{2,40})"
)


def mark_of(sheet: Sheet, place: int) -> Mark:
    """The page's own account, holder, period and number, from the lines at its head and foot."""
    head = list(sheet.lines[:HEAD_LINES])
    printed = [line for row in rows(head) for line in row]  # a label and its value follow each other, however the page was read
    text = unicodedata.normalize("NFKC", "\n".join(line.text for line in printed))
    holder = _HOLDER.search(text)
    span = next((days for line in head if len(line.text) > 15 and (days := span_of(line.text, joined=True))), None)
    number = page_number(around(sheet, [*head, *sheet.lines[HEAD_LINES:][-FOOT_LINES:]])) or (0, 0)
    account = _account(text)
    return Mark(
        sheet,
        place,
        account,
        holder[1] if holder and holder[1] not in _TITLES else "",
        "/".join(day.isoformat() for day in span) if span else "",
        *number,
        bool(account or holder),
        _bank(head, sheet.height),
    )


def _account(text: str) -> str:
    """The account that a head names, not the card beside it (pages name them in any order)."""
    named = [(label == "卡号", account_of(number.split("\n")[0])) for label, number in _ACCOUNT.findall(text)]
    return next((number for _, number in sorted(named, key=lambda each: each[0]) if number and not _is_day(number)), "")


def _bank(head: Sequence[Line], height: float) -> str:
    """The bank or payment house of the page's title."""
    upper = [line for line in head if line.box.cy < TITLE_REACH * height]
    titled = [line for line in upper if _TITLE.search(line.text) and not re.search("[:：]", line.text)]
    largest = max(titled, key=lambda line: line.box.height, default=None)
    return bank_in(largest.text) if largest is not None else ""


_TITLE = re.compile(r"明细|流水|对账单|对帐单|清单|账单|证明")
_TITLES = {title for each in (*titles.COLUMNS.values(), *titles.LABELS.values()) for title in each}


def _is_day(text: str) -> bool:
    return re.fullmatch(r"(19|20)\d\d[01]\d[0-3]\d(\d{6})?", text) is not None


# --- which statement -------------------------------------------------------------------------------------------------


def _home(mark: Mark, groups: Sequence[_Group]) -> _Group | None:
    """The group a page belongs to: the last one where it simply goes on, else the one it fits best; None when none fits."""
    fitting = [group for group in groups if _fits(mark, group)]
    if not fitting:
        return None
    return max(fitting, key=lambda group: (_points(mark, group), groups.index(group)))


def _fits(mark: Mark, group: _Group) -> bool:
    if mark.account and group.account and not _same_account(mark.account, group.account):
        return False
    same = bool(mark.account and group.account)
    if not same and mark.bank and group.bank and Levenshtein.distance(mark.bank, group.bank) > 1:
        return False
    if mark.holder and group.holder and Levenshtein.distance(mark.holder, group.holder) > max(1, len(mark.holder) // 5):
        return False
    if mark.period and group.period and Levenshtein.distance(mark.period, group.period) > 1:
        return False
    if mark.number and (mark.number in group.numbers or (group.of and mark.number > group.of)):
        return False
    if mark.of and group.of and mark.of != group.of:
        return False
    last = group.marks[-1]
    follows = mark.sheet.file == last.sheet.file and mark.sheet.page <= last.sheet.page + 1
    if follows and mark.number and last.number and mark.number == last.number + 1:
        return True
    named = same or bool(mark.holder and group.holder)
    return named or follows or ((bool(mark.of and group.of) or not mark.headed) and _one_form(mark.sheet, last.sheet))


def _one_form(one: Sheet, other: Sheet) -> bool:
    """Whether two pages can be of one print: both apps' lists or neither, and no other column titles."""
    ours, theirs = _headed_table(one), _headed_table(other)
    if ours is not None and theirs is not None:
        mine, yours = ({column.title for column in each.columns} for each in (ours, theirs))
        return 2 * len(mine & yours) >= min(len(mine), len(yours))
    return (ours is None and _is_screen(one)) == (theirs is None and _is_screen(other))


def _points(mark: Mark, group: _Group) -> float:
    last = group.marks[-1]
    return (
        4 * bool(mark.account and group.account)
        + 2 * bool(mark.period and group.period)
        + 2 * bool(mark.of and mark.of == group.of)
        + 1 * bool(mark.holder and group.holder)
        + 2 * (mark.sheet.file == last.sheet.file)
        + 1 * bool(mark.number and last.number and mark.number == last.number + 1)
    )


def _same_account(one: str, other: str) -> bool:
    """One account, a masked digit or a single misread one aside."""
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return len(short) >= 8 and (long.endswith(short) or Levenshtein.distance(one, other) <= 1)
    return sum(a != b and "*" not in (a, b) for a, b in zip(one, other, strict=True)) <= 1


def _without_strays(groups: Sequence[_Group]) -> list[_Group]:
    """Groups that say nothing of themselves join the only other group that they fit."""
    done: list[_Group] = []
    for group in groups:
        nameless = not group.account and not group.holder and not any(mark.number for mark in group.marks)
        homes = [other for other in groups if other is not group and other.account]
        if nameless and len(homes) == 1 and all(_fits(mark, homes[0]) for mark in group.marks):
            for mark in group.marks:
                homes[0].add(mark)
            continue
        done.append(group)
    return done


# --- in which order --------------------------------------------------------------------------------------------------


def _ordered(group: _Group) -> tuple[Sheet, ...]:
    marks = sorted(group.marks, key=lambda mark: mark.place)
    if len(marks) > 1 and all(mark.number for mark in marks) and len(group.numbers) == len(marks):
        return tuple(mark.sheet for mark in sorted(marks, key=lambda mark: mark.number))
    if len({mark.sheet.file for mark in marks}) > 1 and len(marks) <= 60:
        return tuple(_by_balance([mark.sheet for mark in marks]))
    return tuple(mark.sheet for mark in marks)


@dataclass(frozen=True, slots=True)
class _Ends:
    """A page's first day, its balance before the first and after the last row (in time), and whether time runs upwards."""

    sheet: Sheet
    first_day: str
    opening: int | None
    closing: int | None
    newest_first: bool


def _by_balance(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Pages from several files in the order of time (turned round where the newest rows stand first), each after the page
    whose closing balance it opens with. Pages without rows keep their place at the end."""
    like: Table | None = next((t for sheet in sheets if (t := ledger_table(sheet)) is not None), None)
    ends = [_ends(sheet, like) for sheet in sheets]
    known = [each for each in ends if each is not None]
    if len(known) < 2:
        return list(sheets)
    known.sort(key=lambda each: each.first_day)
    chain = [known.pop(0)]
    while known:
        fitting = [each for each in known if each.opening is not None and each.opening == chain[-1].closing]
        chain.append(fitting[0] if fitting else known[0])
        known.remove(chain[-1])
    if sum(each.newest_first for each in chain) * 2 > len(chain):
        chain.reverse()
    placed = {id(each.sheet) for each in chain}
    return [each.sheet for each in chain] + [sheet for sheet in sheets if id(sheet) not in placed]


def _ends(sheet: Sheet, like: Table | None) -> _Ends | None:
    found = ledger_table(sheet, like)
    rows = [e for e in whole_days(entries_of(0, found), None) if e.kind == "entry" and e.day.day] if found else []
    if not rows:
        return None
    ledger = interpret(rows)
    first, last = ledger.order[0], ledger.order[-1]
    amount, start, end = ledger.amounts[first], rows[first].balance, rows[last].balance
    opening = start.fen - amount if start and start.fen is not None and amount is not None else None
    day = min(e.day.day for e in rows if e.day.day)
    return _Ends(sheet, day.isoformat(), opening, end.fen if end else None, first > last)


# --- pages that no type recognised -----------------------------------------------------------------------------------


def continues(so_far: tuple[Sheet, ...], sheet: Sheet) -> bool:
    """Whether a page without title or column titles goes on with the last statement: rows in its columns, its next number, or
    more of an app's list."""
    if not so_far:
        return False
    last = so_far[-1]
    if _is_screen(last) and _is_screen(sheet):
        return True
    run = next((n for n in range(len(so_far) - 1, -1, -1) if so_far[n].file != last.file), -1) + 1
    for candidate in dict.fromkeys((run, len(so_far) - 1, 0)):
        like = _headed_table(so_far[candidate])
        found = ledger_table(sheet, like) if like else None
        rows = entries_of(0, found) if found else []
        whole = [e for e in rows if (e.day.day or e.day.month_day) and (e.amount or e.came or e.left)]
        if whole and len(whole) >= len(rows) / 2:
            return True
    return _next_number(last, sheet)


@lru_cache(maxsize=32)
def _headed_table(sheet: Sheet) -> Table | None:
    return ledger_table(sheet)


def _is_screen(sheet: Sheet) -> bool:
    entries, _ = screen_entries(0, sheet)
    return 2 * sum(1 for e in entries if e.balance or e.day.day or e.day.month_day) > len(entries) > 0


def _next_number(last: Sheet, sheet: Sheet) -> bool:
    lines: tuple[Line, ...] = sheet.lines
    before, here = page_number(around(last, last.lines[:HEAD_LINES] + last.lines[-FOOT_LINES:])), page_number(around(sheet, lines))
    return before is not None and here is not None and here[1] == before[1] > 0 and here[0] == before[0] + 1
