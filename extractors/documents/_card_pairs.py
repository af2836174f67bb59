"""Which front belongs to which back: by neighbourhood in the packet, borne out or refuted by what the two sides say.

A back names no holder. What it can say: the issuing authority's district stands in the holder's address, and the length of
validity fits the holder's age on the day of issue. Neither proves a pair; both can refute one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, permutations

from extractors.model import SURE, Field, Sheet
from extractors.numbers import resident_id

Sides = Callable[[Sheet], tuple[str, ...]]
Read = Callable[[tuple[Sheet, ...]], Mapping[str, Field]]
MOST_PERMUTED = 5

_POLICE = re.compile(r"(?:市|县|区|州|盟|旗|省|自治区)?(?:公安厅|公安局|公安处|分局|派出所).*|直属|铁路|民航|森林")
_KINDS = re.compile(r"[省市区县州盟旗]|自治|地区|特别行政|回族|壮族|维吾尔|蒙古族|藏族|彝族|苗族|土家族|侗族|满族")


@dataclass(frozen=True, slots=True)
class _Side:
    order: int
    sheet: Sheet
    side: str
    fields: Mapping[str, Field]


def pairs(sheets: Sequence[Sheet], sides_of: Sides, read: Read) -> list[tuple[Sheet, ...]]:
    """Sheets of cards in packet order as cards: pairs (front, back), and alone what has no clear other side."""
    alone = [(n, (sheet,)) for n, sheet in enumerate(sheets) if len(sides_of(sheet)) != 1]
    left = [_Side(n, sheet, sides_of(sheet)[0], read((sheet,))) for n, sheet in enumerate(sheets) if len(sides_of(sheet)) == 1]
    made: list[tuple[int, tuple[Sheet, ...]]] = list(alone)
    for key in (_page, _file, _packet):
        rest: list[_Side] = []
        for _, group in groupby(sorted(left, key=lambda s: (key(s), s.order)), key=key):
            mates, unpaired = _mated(list(group), final=key is _packet)
            made += [(min(f.order, b.order), (f.sheet, b.sheet)) for f, b in mates]
            rest += unpaired
        left = sorted(rest, key=lambda s: s.order)
    made += [(side.order, (side.sheet,)) for side in left]
    return [group for _, group in sorted(made, key=lambda each: each[0])]


def _page(side: _Side) -> tuple[str, int]:
    return side.sheet.file, side.sheet.page


def _file(side: _Side) -> tuple[str, int]:
    return side.sheet.file, 0


def _packet(side: _Side) -> tuple[str, int]:
    return "", 0


def _mated(sides: list[_Side], *, final: bool) -> tuple[list[tuple[_Side, _Side]], list[_Side]]:
    """The pairs within a group of sides (one page, one file, the packet), and what is left over."""
    fronts, backs = ([s for s in sides if s.side == side] for side in ("front", "back"))
    if not fronts or not backs:
        return [], sides
    if len(fronts) == len(backs):
        chosen = _by_order(sides, fronts, backs)
        if all(fit(f, b) >= 0 for f, b in chosen) or _as_good_as_any(chosen, fronts, backs):
            return chosen, []
        chosen = _by_content(fronts, backs)
    else:
        chosen = _neighbours(sides) if final or len(sides) > 2 else []
    used = {s.order for pair in chosen for s in pair}
    return chosen, [s for s in sides if s.order not in used]


def _by_order(sides: list[_Side], fronts: list[_Side], backs: list[_Side]) -> list[tuple[_Side, _Side]]:
    """Two by two where each two are a front and a back; else the first front with the first back, and so on."""
    twos = [(sides[n], sides[n + 1]) for n in range(0, len(sides) - 1, 2)]
    if all(a.side != b.side for a, b in twos):
        return [(a, b) if a.side == "front" else (b, a) for a, b in twos]
    return list(zip(fronts, backs, strict=True))


def _as_good_as_any(chosen: list[tuple[_Side, _Side]], fronts: list[_Side], backs: list[_Side]) -> bool:
    """Whether no other way to pair speaks better for itself than the order of the packet, and no age refutes it.

    Who moved after marriage, or wrote an address of another place, still has the two sides of the card next to each other.
    """
    together = len(fronts) > 1 or all(_page(f) == _page(b) for f, b in chosen)
    if not together or len(fronts) > MOST_PERMUTED or any(_ages(f, b) < 0 for f, b in chosen):
        return False
    best = max(sum(fit(f, b) for f, b in zip(fronts, order, strict=True)) for order in permutations(backs))
    return sum(fit(f, b) for f, b in chosen) >= best


def _by_content(fronts: list[_Side], backs: list[_Side]) -> list[tuple[_Side, _Side]]:
    """The one way to pair all that nothing refutes; where there is none or more than one, the pairs that are alone in fitting."""
    if len(fronts) <= MOST_PERMUTED:
        ways = [
            list(zip(fronts, order, strict=True))
            for order in permutations(backs)
            if all(fit(f, b) >= 0 for f, b in zip(fronts, order, strict=True))
        ]
        if len(ways) == 1:
            return ways[0]
    return _mutual(fronts, backs)


def _mutual(fronts: list[_Side], backs: list[_Side]) -> list[tuple[_Side, _Side]]:
    chosen = []
    for f in fronts:
        good = [b for b in backs if fit(f, b) > 0]
        if len(good) == 1 and sum(fit(other, good[0]) > 0 for other in fronts) == 1:
            chosen.append((f, good[0]))
    return chosen


def _neighbours(sides: list[_Side]) -> list[tuple[_Side, _Side]]:
    """Of unequal numbers: what clearly belongs together, then neighbours that nothing refutes."""
    chosen = _mutual([s for s in sides if s.side == "front"], [s for s in sides if s.side == "back"])
    used = {s.order for pair in chosen for s in pair}
    left = [s for s in sides if s.order not in used]
    n = 0
    while n + 1 < len(left):
        a, b = left[n], left[n + 1]
        f, k = (a, b) if a.side == "front" else (b, a)
        contested = n + 2 < len(left) and left[n + 2].side != b.side and fit(*_ordered(b, left[n + 2])) >= fit(f, k)
        if a.side != b.side and fit(f, k) >= 0 and not (contested and a.side == "back"):
            chosen.append((f, k))
            n += 2
        else:
            n += 1
    return chosen


def _ordered(a: _Side, b: _Side) -> tuple[_Side, _Side]:
    return (a, b) if a.side == "front" else (b, a)


def fit(front: _Side, back: _Side) -> int:
    """1 when authority and address name one place, -1 when something refutes the pair, 0 when nothing can be said."""
    place = _place_fits(_text(front, "address") + _born_in(front), _text(back, "issuing_authority"))
    return -1 if place < 0 or _ages(front, back) < 0 else place


def _born_in(front: _Side) -> str:
    """Where the number was given: who moved often still has the card from there."""
    number = _text(front, "id_number")
    return resident_id.region(number) if resident_id.is_valid(number) else ""


def _ages(front: _Side, back: _Side) -> int:
    return _age_fits(_text(front, "birth_date"), _text(back, "valid_from"), _text(back, "valid_until"))


def _text(side: _Side, name: str) -> str:
    """The field where it was surely read: a doubtful reading refutes nothing."""
    one = side.fields.get(name)
    return one.text if one is not None and one.confidence >= SURE else ""


def _place_fits(address: str, authority: str) -> int:
    """Whether the names of places in the authority (重庆市公安局渝北区分局) stand in the address."""
    city, _, local = authority.partition("公安局")
    places = [_KINDS.sub("", _POLICE.sub("", part)) for part in (city, local)]
    places = [place for place in places if len(place) >= 2]
    if not places or len(address) < 6:
        return 0
    head = _KINDS.sub("", address)
    hits = [any(place[n : n + 2] in head for n in range(len(place) - 1)) for place in places]
    return 1 if all(hits) else 0 if any(hits) else -1


def _age_fits(birth: str, since: str, until: str) -> int:
    """-1 when a card of this validity is not given at the holder's age (居民身份证法 5), else 0."""
    if not birth or not since or not until:
        return 0
    born, first = date.fromisoformat(birth), date.fromisoformat(since)
    age = first.year - born.year - ((first.month, first.day) < (born.month, born.day))
    if until == "long-term":
        return -1 if age < 40 else 0
    years = date.fromisoformat(until).year - first.year
    return -1 if age < 0 or (years == 20 and age < 20) or (years == 5 and age > 20) or (years == 10 and age > 32) else 0
