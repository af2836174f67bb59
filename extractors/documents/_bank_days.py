"""Rows made whole over all pages: days printed without year or only once, and rows that two pictures both show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rapidfuzz.distance import Levenshtein

from extractors.documents._bank_dates import Day
from extractors.documents._bank_rows import Entry

SAME_ON_BOTH_SIDES = 0.93
"""Confidence of a blank day between two rows of one day; …"""
CARRIED_DOWN = 0.85
"""… of one taken from the row above, where the statement prints a day once for all its rows, …"""
GUESSED = 0.5
"""… and where it usually does not: a day that was not read."""

Period = tuple[date, date]


def one_series(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with the sub-account and currency of each settled: "" where there is only one, the likest known one for a
    misread one, the one above for a blank."""
    counts = Counter(e.series for e in entries if e.series and e.kind == "entry")
    rare = max(2, sum(counts.values()) // 20)
    known = [series for series, count in counts.most_common() if count > rare] or [s for s, _ in counts.most_common(1)]
    if len(known) < 2:
        return [replace(e, series="") if e.series else e for e in entries]
    done: list[Entry] = []
    last = known[0]
    for entry in entries:
        if entry.series and entry.series not in known:
            near = min(known, key=lambda each: Levenshtein.distance(each, entry.series))
            last = near if Levenshtein.distance(near, entry.series) <= 3 else entry.series
        else:
            last = entry.series or last
        done.append(entry if entry.series == last else replace(entry, series=last))
    return done


def whole_days(entries: Sequence[Entry], period: Period | None) -> list[Entry]:
    """The entries with years and blank days filled in as far as the paper tells; what it does not tell stays open."""
    return _filled(_with_years(entries, period))


def _with_years(entries: Sequence[Entry], period: Period | None) -> list[Entry]:
    """Years from the period where only one fits, else by going on from the neighbour (December after January is last year)."""
    done: list[Entry] = []
    last: date | None = None
    for entry in entries:
        if entry.day.month_day and entry.day.day is None:
            day = _completed(entry.day.month_day, period, last)
            entry = replace(entry, day=Day(day, entry.day.month_day, entry.day.time, entry.day.confidence if day else 0.0))
        last = entry.day.day or last
        done.append(entry)
    return done


def _completed(month_day: tuple[int, int], period: Period | None, last: date | None) -> date | None:
    years: Sequence[int] = range(period[0].year, period[1].year + 1) if period else ()
    fits = [day for year in years if (day := _made(year, month_day)) and period and period[0] <= day <= period[1]]
    if len(fits) == 1:
        return fits[0]
    if last is None:
        return fits[0] if fits else None
    near = [day for year in (last.year - 1, last.year, last.year + 1) if (day := _made(year, month_day))]
    return min(near, key=lambda day: abs((day - last).days), default=None)


def _made(year: int, month_day: tuple[int, int]) -> date | None:
    try:
        return date(year, *month_day)
    except ValueError:
        return None


def _filled(entries: Sequence[Entry]) -> list[Entry]:
    rows = [e for e in entries if e.kind == "entry"]
    blank = sum(1 for e in rows if e.day.day is None)
    habit = blank > 0.25 * len(rows)
    following = _following(entries)
    done: list[Entry] = []
    last: date | None = None
    for n, entry in enumerate(entries):
        if entry.kind == "entry" and entry.day.day is None and entry.day.confidence == 0 and (last or following[n]):
            day = last or following[n]
            sure = SAME_ON_BOTH_SIDES if last and last == following[n] else CARRIED_DOWN if habit and last else GUESSED
            entry = replace(entry, day=Day(day, None, entry.day.time, sure))
        elif entry.day.day:
            last = entry.day.day
        done.append(entry)
    return done


def _following(entries: Sequence[Entry]) -> list[date | None]:
    """For each entry the next printed day below it."""
    found: list[date | None] = []
    last: date | None = None
    for entry in reversed(entries):
        found.append(last)
        last = entry.day.day or last
    return found[::-1]


# --- rows seen twice -------------------------------------------------------------------------------------------------


def once(pages: Sequence[Sequence[Entry]]) -> list[Entry]:
    """The entries of consecutive pictures without those that the next picture shows again at its top (screenshots overlap).

    Rows are the same when their sums and balances are; a row cut off at the edge counts as its whole fellow.
    """
    done: list[Entry] = []
    before: list[Entry] = []
    for rows in pages:
        again = _shared(before, rows)
        for own, other in zip(before[len(before) - again :], rows[:again], strict=True):
            if _fullness(other) > _fullness(own):
                done[next(n for n, e in enumerate(done) if e is own)] = other
        done += rows[again:]
        before = list(rows)
    return done


def _shared(before: Sequence[Entry], rows: Sequence[Entry]) -> int:
    """How many of the last entries of one picture are the first of the next."""
    for count in range(min(len(before), len(rows)), 0, -1):
        pairs = list(zip(before[len(before) - count :], rows[:count], strict=True))
        if all(_agree(a, b) for a, b in pairs) and any(a.balance and b.balance for a, b in pairs):
            return count
    return 0


def _agree(one: Entry, other: Entry) -> bool:
    """Whether two rows say nothing different, and the same sum."""
    if _sums(one) != _sums(other) or one.kind != other.kind:
        return False
    if one.balance and other.balance:
        return one.balance.fen == other.balance.fen
    return _fullness(one) != _fullness(other)


def _sums(entry: Entry) -> tuple[int | None, ...]:
    return tuple(f.fen if f else None for f in (entry.amount, entry.came, entry.left))


def _fullness(entry: Entry) -> int:
    return bool(entry.balance) + bool(entry.day.day or entry.day.month_day) + bool(entry.summary) + bool(entry.counterparty)
