"""Which way each sum goes, in which order the rows happened, and how sure each row is: all by the running balance.

Statements differ: 借方 is what left a customer's account but what came into a company's own ledger; one column may hold signed
sums, or bare ones beside a flag; the newest row may stand first. The reading under which most balances follow from the one
before is taken. That is interpretation: a row that does not follow stays as printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, product
from math import prod

from extractors.documents._bank_rows import Entry, Figure, fen_of
from extractors.model import Line

LINKED_SURE = 0.98
"""Confidence of figures that the running balance confirms on both sides; …"""
ONCE_LINKED_SURE = 0.95
"""… on one side; …"""
GUESSED = 0.5
"""… and the most that a sum can have whose direction nothing on the paper tells."""
REPAIRED = 0.45
"""Highest confidence of a row that follows once a doubtful character is read as the network's second choice."""
ODD = 0.6
"""… of a row without the flag, or on a picture the sign or the balance, that its fellows print, unless the balances confirm it."""
DOUBTFUL_CHARACTER = 0.97

Way = Callable[[Entry], int | None]
"""Signed fen of an entry under one reading of the columns; None when it cannot be said."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """One statement's entries, interpreted. All tuples run along the entries in the order of printing.

    `amounts`: signed fen. `order`: places of the entries, oldest first. `linked`: whether the balance follows from the one
    before it in time (None: nothing to compare). `swapped`: 借 means in. `guessed`: directions came from the balances alone.
    """

    entries: tuple[Entry, ...]
    amounts: tuple[int | None, ...]
    order: tuple[int, ...]
    linked: tuple[bool | None, ...]
    swapped: bool = False
    guessed: bool = False


def interpret(entries: Sequence[Entry], opening: int | None = None) -> Ledger:
    """The reading of the rows that the balances support best. `opening`: printed balance before the first row, if any."""
    ways = list(_ways(entries))
    orders = _orders(entries)
    best: tuple[int, int, int] | None = None
    for w, (way, _) in enumerate(ways):
        amounts = [way(entry) for entry in entries]
        for o, order in enumerate(orders):
            fits = sum(1 for link in _links(entries, amounts, order, opening) if link)
            if best is None or fits > best[0]:
                best = (fits, w, o)
    fits, w, o = best or (0, 0, 0)
    way, swapped = ways[w]
    order = orders[o]
    amounts = [way(entry) for entry in entries]
    guessed = False
    if _bare(entries):
        amounts, guessed = _by_balance(entries, orders, amounts, fits, opening)
        order = max(orders, key=lambda each: sum(1 for link in _links(entries, amounts, each, opening) if link))
    linked = tuple(_links(entries, amounts, order, opening))
    return Ledger(tuple(entries), tuple(amounts), tuple(order), linked, swapped, guessed)


# --- directions ------------------------------------------------------------------------------------------------------


def _ways(entries: Sequence[Entry]) -> Iterator[tuple[Way, bool]]:
    """The readings worth trying, the usual one first, and whether it turns debit and credit round."""
    flagged = sum(1 for e in entries if e.side and e.amount) > len(entries) / 2
    if any(e.came or e.left for e in entries):
        outs = [e.left.fen for e in entries if e.left and e.left.fen]
        if 2 * sum(fen < 0 for fen in outs) > len(outs):
            yield _signed_columns, False
        yield _two_columns, False
        yield (lambda e: None if (fen := _two_columns(e)) is None else -fen), True
    elif flagged:
        red = sum(1 for e in entries if e.side < 0 and e.amount and (e.amount.fen or 0) < 0)
        outs_count = sum(1 for e in entries if e.side < 0)
        ways = [(_flag_and_size, False), (_flag_and_sign, False)]
        yield from ways if 2 * red >= outs_count else ways[::-1]
        yield (lambda e: None if (fen := _flag_and_sign(e)) is None else -fen), True
    else:
        yield _as_printed, False


def _two_columns(entry: Entry) -> int | None:
    came, left = entry.came, entry.left
    if came is None and left is None:
        return _as_printed(entry)
    if (came and came.fen is None) or (left and left.fen is None):
        return None
    return ((came.fen if came else 0) or 0) - ((left.fen if left else 0) or 0)


def _signed_columns(entry: Entry) -> int | None:
    """Two columns of which the one for what left prints minus signs."""
    fen = _two_columns(entry)
    return fen if fen is None or not entry.left else fen + 2 * (entry.left.fen or 0)


def _flag_and_size(entry: Entry) -> int | None:
    fen = _as_printed(entry)
    return fen if fen is None or not entry.side else entry.side * abs(fen)


def _flag_and_sign(entry: Entry) -> int | None:
    fen = _as_printed(entry)
    return fen if fen is None or not entry.side else entry.side * fen


def _as_printed(entry: Entry) -> int | None:
    return entry.amount.fen if entry.amount else None


def _bare(entries: Sequence[Entry]) -> bool:
    """Whether nothing printed tells a direction: one column, no sign, no flag."""
    return bool(entries) and all(not e.came and not e.left and not e.side and not (e.amount and e.amount.signed) for e in entries)


def _by_balance(
    entries: Sequence[Entry], orders: Sequence[Sequence[int]], sizes: Sequence[int | None], fits: int, opening: int | None
) -> tuple[list[int | None], bool]:
    """Directions from the balances, in the order under which more of them follow; as printed when hardly any does."""
    best, best_fits = list(sizes), fits
    for order in orders:
        signed = list(sizes)
        before: dict[str, int | None] = {}
        for place in order:
            entry, size = entries[place], sizes[place]
            last = before.get(entry.series, opening)
            now = entry.balance.fen if entry.balance else None
            if last is not None and now is not None and size is not None and now == last - size:
                signed[place] = -size
            before[entry.series] = now
        found = sum(1 for link in _links(entries, signed, order, opening) if link)
        if found > best_fits:
            best, best_fits = signed, found
    return best, best_fits > fits


# --- order -----------------------------------------------------------------------------------------------------------


def _orders(entries: Sequence[Entry]) -> list[tuple[int, ...]]:
    """Orders worth trying, the one that the days suggest first: as printed, reversed, days or only rows within days reversed."""
    count = len(entries)
    days = [e.day.day for e in entries]
    known = [day for day in days if day]
    falling = sum(1 for a, b in pairwise(known) if b < a)
    rising = sum(1 for a, b in pairwise(known) if b > a)
    forward = tuple(range(count))
    blocks = [tuple(group) for _, group in groupby(range(count), key=lambda place: days[place])]
    by_day_back = tuple(place for block in reversed(blocks) for place in block)
    within_back = tuple(place for block in blocks for place in reversed(block))
    backward = forward[::-1]
    usual = [backward, by_day_back, forward, within_back] if falling > rising else [forward, within_back, backward, by_day_back]
    return list(dict.fromkeys(usual))


def _links(entries: Sequence[Entry], amounts: Sequence[int | None], order: Sequence[int], opening: int | None) -> list[bool | None]:
    """For each entry whether its balance is the one before it in time (of its series) plus what came since; None: unknown."""
    links: list[bool | None] = [None] * len(entries)
    last: dict[str, int | None] = {}
    single = len({e.series for e in entries}) == 1
    for place in order:
        entry, amount = entries[place], amounts[place]
        before = last.get(entry.series, opening if single else None)
        now = entry.balance.fen if entry.balance else None
        if before is not None and amount is not None:
            reached = before + amount
            if now is not None:
                links[place] = reached == now
            else:
                now = reached if entry.balance is None else None
        last[entry.series] = now
    return links


# --- how sure --------------------------------------------------------------------------------------------------------


def sureness(ledger: Ledger) -> tuple[list[float], dict[int, dict[str, int]]]:
    """Confidence of each row's day and sums, and proposals {place: {"amount"|"balance": fen}} for rows that would follow.

    A sum that the balances confirm is sure whatever the single characters were; one that does not follow is as sure as its
    weakest character, and less when the network's second reading of a doubtful character would make it follow.
    """
    after = _next_links(ledger)
    habits = _habits(ledger.entries)
    minus = any(e.amount and e.amount.signed and (e.amount.fen or 0) < 0 for e in ledger.entries)
    sure: list[float] = []
    proposals: dict[int, dict[str, int]] = {}
    for place, entry in enumerate(ledger.entries):
        weakest = min((f.confidence for f in _figures(entry)), default=0.0)
        own, following = ledger.linked[place], after[place]
        if ledger.amounts[place] is None or (entry.balance is not None and entry.balance.fen is None):
            weakest = 0.0
        elif own and following is not False:
            weakest = max(weakest, LINKED_SURE if following else ONCE_LINKED_SURE)
        elif own is False and (likely := _likelier(ledger, place)):
            proposals[place] = likely
            weakest = min(weakest, REPAIRED)
        elif ledger.guessed:
            weakest = min(weakest, GUESSED)
        if (_is_odd(entry, habits) or _may_have_lost_sign(entry, minus)) and not (own and entry.balance):
            weakest = min(weakest, ODD)
        sure.append(round(min(weakest, entry.day.confidence), 4))
    return sure, proposals


def _habits(entries: Sequence[Entry]) -> tuple[bool, bool, bool, bool]:
    """Whether nearly all rows print a sign, nearly all a balance, most a flag; and whether nothing tells which way any sum went."""
    signed = sum(1 for e in entries if e.amount and e.amount.signed)
    balanced = sum(1 for e in entries if e.balance)
    flagged = sum(1 for e in entries if e.amount and e.side)
    untold = not (signed or balanced or flagged or any(e.came or e.left for e in entries))
    return 10 * signed > 9 * len(entries), 10 * balanced >= 8 * len(entries), 2 * flagged > len(entries), untold


def _is_odd(entry: Entry, habits: tuple[bool, bool, bool, bool]) -> bool:
    if habits[3] or (habits[2] and entry.amount is not None and not entry.side and not entry.amount.signed):
        return True
    if all(part.source == "text" for f in _figures(entry) for part in f.text.parts):
        return False
    return (habits[0] and entry.amount is not None and not entry.amount.signed) or (habits[1] and entry.balance is None)


def _may_have_lost_sign(entry: Entry, minus: bool) -> bool:
    """Whether only a minus sign would tell that a picture's sum left the account, and none was read."""
    one = entry.amount
    bare = one is not None and not one.signed and not entry.side and not entry.came and not entry.left
    return minus and bare and one is not None and any(part.source != "text" for part in one.text.parts)


def _figures(entry: Entry) -> list[Figure]:
    return [f for f in (entry.amount, entry.came, entry.left, entry.balance) if f is not None]


def _next_links(ledger: Ledger) -> list[bool | None]:
    """For each entry the link of the one after it in time, of the same series."""
    after: list[bool | None] = [None] * len(ledger.entries)
    last: dict[str, int] = {}
    for place in ledger.order:
        series = ledger.entries[place].series
        if series in last:
            after[last[series]] = ledger.linked[place]
        last[series] = place
    return after


def _likelier(ledger: Ledger, place: int) -> dict[str, int]:
    """Another reading of doubtful characters under which the entry follows the one before it and is followed by the next."""
    entries = ledger.entries
    at = ledger.order.index(place)
    chain = [p for p in ledger.order if entries[p].series == entries[place].series]
    at = chain.index(place)
    before = _balance(entries[chain[at - 1]]) if at else None
    amount, now = ledger.amounts[place], _balance(entries[place])
    if before is None or amount is None or now is None:
        return {}
    single = entries[place].amount
    if before - amount == now and single is not None and not single.signed:
        return {"amount": -amount}
    sums = [f for f in (entries[place].amount, entries[place].came, entries[place].left) if f is not None and f.fen]
    if len(sums) == 1 and sums[0].fen:
        direction = 1 if (amount > 0) == (sums[0].fen > 0) else -1
        for fen in _other_readings(sums[0]):
            if before + direction * fen == now:
                return {"amount": direction * fen}
    balance = entries[place].balance
    for fen in _other_readings(balance) if balance else ():
        if before + amount == fen:
            return {"balance": fen}
    return {}


def _balance(entry: Entry) -> int | None:
    return entry.balance.fen if entry.balance else None


def _other_readings(one: Figure, most: int = 64) -> Iterator[int]:
    """What the sum is when its doubtful characters are what the network would have taken them for otherwise."""
    choices: list[tuple[str, ...]] = []
    for part in one.text.parts:
        choices += _choices(part)
    if prod(len(each) for each in choices) > most:
        return
    for reading in product(*choices):
        fen, trust = fen_of("".join(reading))
        if fen is not None and fen != one.fen and trust >= 0.8:
            yield fen


def _choices(part: Line) -> Iterable[tuple[str, ...]]:
    for n, character in enumerate(part.text):
        sure = part.confidences[n] if part.confidences else part.confidence
        other = part.others[n] if part.others else ""
        yield (character, other, "") if sure < DOUBTFUL_CHARACTER and other else (character,)
