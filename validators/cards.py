"""Joining the two sides of an ID card that were photographed apart into one document.

Nothing on a card's back names its holder. A front and a back are joined where the packet leaves no choice (one of
each) or where one pairing is clearly likelier than every other: the sides alternate through the packet, their files
share a name, the back was issued where the front's address lies, its period of validity suits the holder's age. Where
several pairings are as likely they stay apart, and `missing_side` counts them instead of guessing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from types import MappingProxyType

from extractors.model import Document, Field, FileRecord
from validators.model import known
from validators.papers import sides, type_label
from validators.people import age_on, birth_and_sex
from validators.say import place

_SIDE_WORDS = re.compile(r"(正反?面|反面|背面|人像面?|国徽面?|头像面?|front|back|正|反|[\s_\-()（）]|\.[a-z0-9]+$)", re.I)
_MARGIN = 1.0
_LIKELY = 2.0
_LONG_TERM = 100


def join_cards(documents: Sequence[Document], files: Sequence[FileRecord]) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """The documents with fronts and backs joined where that is clear, and a Chinese sentence for each joining."""
    fronts = [d for d in documents if d.type == "resident_id_card" and sides(d) == {"front"}]
    backs = [d for d in documents if d.type == "resident_id_card" and sides(d) == {"back"}]
    scores = _by_order(fronts, backs, files)
    for front in fronts:
        for back in backs:
            scores[front.id, back.id] += _stems(front, back) + _region(front, back) + _validity(front, back)
    back_of = _choose(scores, lonely=len(fronts) == len(backs) == 1)
    by_id = {d.id: d for d in documents}
    joined: list[Document] = []
    notes: list[str] = []
    for document in documents:
        if document.id in back_of.values():
            continue
        if document.id in back_of:
            back = by_id[back_of[document.id]]
            document = _join(document, back)
            notes.append(f"{type_label(document.type)}的人像面与国徽面分别拍摄，已按一份处理：{place(document.pages)}。")
        joined.append(document)
    return tuple(joined), tuple(notes)


def _by_order(fronts: Sequence[Document], backs: Sequence[Document], files: Sequence[FileRecord]) -> dict[tuple[str, str], float]:
    """How the order of the packet pairs fronts with backs: 4 for the only two of a page, 3 where the sides of
    several cards alternate all through the packet, else 0.5 for the n-th of each, too little to join by; 0 otherwise."""
    rank = {record.name: i for i, record in enumerate(files)}
    singles = sorted((*fronts, *backs), key=lambda d: (rank.get(d.pages[0].file, len(rank)), d.pages[0].page))
    is_front = [d in fronts for d in singles]
    alternate = all(x != y for x, y in pairwise(is_front)) and len(singles) % 2 == 0
    scores = {(f.id, b.id): 0.0 for f in fronts for b in backs}
    if len(fronts) == len(backs):
        in_order = [d for d in singles if d in fronts], [d for d in singles if d in backs]
        for front, back in zip(*in_order, strict=True):
            scores[front.id, back.id] = 3.0 if alternate and len(fronts) > 1 else 0.5
    for front in fronts:
        page = [d for d in singles if _page(d) == _page(front)]
        if len(page) == 2 and page[0] in fronts and page[1] in backs:
            scores[front.id, page[1].id] = 4.0
        elif len(page) == 2 and page[0] in backs and page[1] in fronts:
            scores[front.id, page[0].id] = 4.0
    return scores


def _page(card: Document) -> tuple[str, int]:
    return card.pages[0].file, card.pages[0].page


def _stems(front: Document, back: Document) -> float:
    """2 where the two files are called alike apart from words for the sides, else 0."""
    names = [d.pages[0].file.lower() for d in (front, back)]
    stems = [_SIDE_WORDS.sub("", name) for name in names]
    return 2.0 if names[0] != names[1] and stems[0] == stems[1] and stems[0] else 0.0


def _region(front: Document, back: Document) -> float:
    """Whether the issuing authority's places stand in the holder's address: 2 all, 0 unknown or some, -3 none."""
    address, authority = known(front, "address"), known(back, "issuing_authority")
    if address is None or authority is None:
        return 0.0
    shortened = re.sub(r"公安局|分局|县局|派出所|公安处", " ", authority.text)
    places = [p for p in re.split(r"[\s市区县旗州省]+", shortened) if len(p) >= 2]
    there = sum(place in address.text for place in places)
    if not places or 0 < there < len(places):
        return 0.0
    return 2.0 if there else -3.0


def _validity(front: Document, back: Document) -> float:
    """Whether the back's years of validity are those of the holder's age on its first day: 1 yes, -1 no, 0 unknown."""
    birth, _ = birth_and_sex(front)
    years = validity_years(back)
    if birth is None or years is None:
        return 0.0
    issued = date.fromisoformat(known_text(back, "valid_from"))
    return 1.0 if years in lawful_years(age_on(birth, issued)) else -1.0


def known_text(document: Document, name: str) -> str:
    """A field's value, "" when it was not read."""
    found = known(document, name)
    return "" if found is None else found.text


def lawful_years(age: int) -> tuple[int, ...]:
    """The years of validity of a card issued at an age; 居民身份证法 article 5. `100` stands for long-term.

    >>> lawful_years(15), lawful_years(16), lawful_years(26), lawful_years(46)
    ((5,), (10,), (20,), (100,))
    """
    return (5,) if age < 16 else (10,) if age <= 25 else (20,) if age <= 45 else (_LONG_TERM,)


def validity_years(card: Document) -> int | None:
    """The years between a card's first and last day (100 for long-term), 0 for no whole years; None when not read.

    A card may end on the day of its first or the day before; one that begins on 29 February on either neighbour.
    """
    begin, end = known_text(card, "valid_from"), known_text(card, "valid_until")
    try:
        first = date.fromisoformat(begin)
        if end == "long-term":
            return _LONG_TERM
        last = date.fromisoformat(end)
    except ValueError:
        return None
    years = round((last - first).days / 365.2425)
    return years if abs((last - first).days - years * 365.2425) <= 3 else 0


def _choose(scores: Mapping[tuple[str, str], float], lonely: bool) -> dict[str, str]:
    """Back by front, for those pairs that are clearly the best of both; `lonely`: there is one of each in the packet."""
    chosen: dict[str, str] = {}
    left = dict(scores)
    while True:
        clear = [pair for pair in left if _is_clear(pair, left, lonely)]
        if not clear:
            return chosen
        front, back = max(clear, key=lambda pair: left[pair])
        chosen[front] = back
        # What is joined is no rival any more: another pair may have become clear.
        left = {pair: score for pair, score in left.items() if pair[0] != front and pair[1] != back}


def _is_clear(pair: tuple[str, str], scores: Mapping[tuple[str, str], float], lonely: bool) -> bool:
    """Whether a pair is likely, and likelier by a margin than every other that one of the two could be in."""
    score = scores[pair]
    if lonely:
        return score >= 0
    rivals = [s for other, s in scores.items() if other != pair and (other[0] == pair[0] or other[1] == pair[1])]
    return score >= _LIKELY and all(score - rival >= _MARGIN for rival in rivals)


def _join(front: Document, back: Document) -> Document:
    """One card of two sides; its id is the front's."""
    fields: dict[str, Field] = {**back.fields, **front.fields}
    told = front.fields.get("sides")
    if told is not None:
        fields["sides"] = Field("front+back", "", told.confidence, None, told.source)
    pages = {(ref.file, ref.page): ref for ref in (*back.pages, *front.pages)}
    in_order = sorted(pages.values(), key=lambda ref: ref not in front.pages)
    confidence = min(front.confidence, back.confidence)
    return Document(front.id, front.type, tuple(in_order), confidence, MappingProxyType(fields))
