"""居民身份证: the portrait side (front), the emblem side (back), or both.

Both sides are often copied onto one page, and several cards onto one photo: `split` cuts them apart by the fixed places of what
is printed on every card, `assemble` joins a front and a back to one card. Temporary cards and residence permits are other papers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extractors.doctype import Anchor, CloseUp, DocumentType, FieldSpec
from extractors.documents._card_back import back
from extractors.documents._card_frames import PERIOD, Card, cards, clear, distance
from extractors.documents._card_front import front, strips
from extractors.documents._card_pairs import pairs
from extractors.documents._lines import cut_out, moved
from extractors.model import SURE, Box, Field, Line, Sheet, union

REACH = 1.4
"""A line further than this from every card's middle (1.0: its edge) belongs to none."""


FRONT = ("name", "sex", "ethnicity", "birth_date", "address", "id_number")
BACK = ("issuing_authority", "valid_from", "valid_until")
SMALL = 0.6
"""Share of a sheet's shorter side below which a card leaves room for its other side."""
MARGIN = 0.08
"""Share of a card's width that is added around its guessed place."""
MOSTLY = 0.7
_SIGNS = (
    re.compile(r"^(?:公?民?身?份?号?码?[:：]?)?[1-9]\d{5}(?:19|20)\d{9}[\dX]$"),
    re.compile(r"^(?:出?生?)?(?:19|20)\d\d\D{0,2}年(?:1?\d月\d{0,2}日?)?$"),
    re.compile(r"(?:公安局|公安厅|分局)$"),
    PERIOD,
)


def speaks(sheet: Sheet) -> float:
    """Half a point for each sign of a card that needs no label, on a sheet that holds little else than cards."""
    lines = clear(sheet.lines)
    texts = [line.text.replace(" ", "") for line in lines]
    points = 0.5 * sum(any(sign.search(text) for text in texts) for sign in _SIGNS)
    if not points:
        return 0.0  # asked of every sheet: a page full of figures is not searched for the places of cards
    lying = cards(sheet)
    on_cards = sum(any(distance(line, card.frame) <= 1.15 for card in lying) for line in lines)
    return points if on_cards >= MOSTLY * len(lines) else 0.0


def sides_of(sheet: Sheet) -> tuple[str, ...]:
    """Which sides a sheet shows: front, back, both or neither."""
    seen = {card.side for card in cards(sheet)}
    return tuple(side for side in ("front", "back") if side in seen)


def split(sheet: Sheet) -> tuple[Sheet, ...]:
    """A sheet for each side of a card on it; the sheet itself when there is one at most."""
    lying = _in_reading_order(cards(sheet))
    if len(lying) <= 1:
        return (sheet,)
    mine: list[list[Line]] = [[] for _ in lying]
    for line in sheet.lines:
        n = min(range(len(lying)), key=lambda each: distance(line, lying[each].frame))
        if distance(line, lying[n].frame) <= REACH:
            mine[n].append(line)
    return tuple(_cut(sheet, card, lines) for card, lines in zip(lying, mine, strict=True) if lines)


def _in_reading_order(lying: Sequence[Card]) -> list[Card]:
    rows: list[list[Card]] = []
    for card in sorted(lying, key=lambda each: each.frame.cy):
        if rows and card.frame.cy - rows[-1][0].frame.cy < card.frame.height / 2:
            rows[-1].append(card)
        else:
            rows.append([card])
    return [card for row in rows for card in sorted(row, key=lambda each: each.frame.cx)]


def _cut(sheet: Sheet, card: Card, lines: Sequence[Line]) -> Sheet:
    return cut_out(sheet, card.frame.union(union(line.box for line in lines)), lines)


def close_ups(sheet: Sheet) -> tuple[CloseUp, ...]:
    """The cards of which something was not read, or not surely, and the rows of what the detector is known to miss on them:
    single characters, and numbers that a watermark runs into. Of small cards of one side the whole sheet: the other side
    is likely to be there too."""
    wanted: list[CloseUp] = []
    lying = cards(sheet)
    for card in lying:
        by, at = MARGIN * card.frame.width, card.frame
        part = Box(at.x0 - by, at.y0 - by, at.x1 + by, at.y1 + by)
        alone = cut_out(sheet, part)
        seen = (front if card.side == "front" else back)(alone)
        unread = [
            name
            for name in (FRONT if card.side == "front" else BACK)
            if name not in seen or not seen[name].value or seen[name].confidence < SURE
        ]
        if unread:
            wanted.append(CloseUp(part))
        if card.side == "front":
            wanted += [CloseUp(moved(box, -part.x0, -part.y0), one_line=True) for box in strips(alone, unread)]
    if len({card.side for card in lying}) == 1 and all(card.frame.width < SMALL * min(sheet.width, sheet.height) for card in lying):
        wanted.insert(0, CloseUp(Box(0, 0, sheet.width, sheet.height)))
    return tuple(wanted)


def assemble(sheets: Sequence[Sheet]) -> list[tuple[Sheet, ...]]:
    """Sheets in packet order as cards: a front with its back, or a side alone."""
    return pairs(sheets, sides_of, extract)


def extract(sheets: tuple[Sheet, ...]) -> Mapping[str, Field]:
    """The fields of one card from the sheets of its sides, in any order."""
    best: dict[str, Field] = {}
    seen: set[str] = set()
    for sheet in sheets:
        for side in sides_of(sheet):
            seen.add(side)
            for name, one in (front if side == "front" else back)(sheet).items():
                if name not in best or _worth(one) > _worth(best[name]):
                    best[name] = one
    if not seen:
        return best
    shown = "+".join(side for side in ("front", "back") if side in seen)
    spot = next((s.evidence(union(line.box for line in s.lines)) for s in sheets if s.lines), None)
    return best | {"sides": Field(shown, "", 0.99, spot, sheets[0].source)}


def _worth(one: Field) -> tuple[bool, float]:
    return bool(one.value), one.confidence


TYPE = DocumentType(
    id="resident_id_card",
    label="居民身份证",
    anchors=(
        Anchor("公民身份号码", 0.6),
        Anchor("姓名", 0.15),
        Anchor("性别", 0.15),
        Anchor("民族", 0.3),
        Anchor("出生", 0.25),
        Anchor("住址", 0.3),
        Anchor("居民身份证", 0.35, title=True),
        Anchor("签发机关", 0.6),
        Anchor("有效期限", 0.5),
        Anchor("户主", -1.0),
        Anchor("籍贯", -0.8),
        Anchor("曾用名", -0.8),
        Anchor("婚姻状况", -0.6),
        Anchor("持证人", -1.0),
        Anchor("兹证明", -0.8),
        Anchor("甲方", -0.8),
        Anchor("准驾车型", -1.0),
        Anchor("不动产", -0.8),
        Anchor("居住证", -0.8),
        Anchor("护照", -0.5),
    ),
    fields=(
        FieldSpec("name", "姓名", "text", mandatory=True),
        FieldSpec("sex", "性别", "text", mandatory=True),
        FieldSpec("ethnicity", "民族", "text", mandatory=True),
        FieldSpec("birth_date", "出生", "date", mandatory=True),
        FieldSpec("address", "住址", "text", mandatory=True),
        FieldSpec("id_number", "公民身份号码", "id", mandatory=True),
        FieldSpec("issuing_authority", "签发机关", "text", mandatory=True),
        FieldSpec("valid_from", "有效期限起", "date", mandatory=True),
        FieldSpec("valid_until", "有效期限止", "date", mandatory=True),
        FieldSpec("sides", "正反面", "text"),
    ),
    extract=extract,
    split=split,
    assemble=assemble,
    speaks=speaks,
    close_ups=close_ups,
)
