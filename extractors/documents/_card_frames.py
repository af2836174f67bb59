"""Where on a sheet identity cards lie, judged by what is printed at fixed places of every card (ID-1, 85.6 × 54 mm).

All constants are shares of the card's width. Each cue (the number, a label, the title) gives a guess of the whole card;
guesses of the same side that lie on each other are one card. Guesses are rough (± 15 %): they part cards from each other
and from their surroundings, nothing finer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from extractors.documents._lines import found, glued_rows, is_copy_mark
from extractors.layout import find
from extractors.model import Box, Line, Sheet

Side = Literal["front", "back"]
ASPECT = 54 / 85.6
PORTRAIT = 0.63
"""The portrait's left edge: nothing of name, sex, birth or address is printed beyond it."""

NUMBER = re.compile(r"[1-9](?:\s?[0-9OoIlZSB]){14,17}\s?[0-9Xx×*]?(?![0-9])")
_DAY = r"[12]\d{3}[^\d一-鿿]{0,2}[01]\d[^\d一-鿿]{0,2}[0-3]\d"
PERIOD = re.compile(rf"(?P<since>{_DAY})[^\d一-鿿]{{0,3}}(?P<until>{_DAY}|长\s*期?|期)")


@dataclass(frozen=True, slots=True)
class Card:
    """One side of a card: which, about where (sheet pixels), and how much speaks for it (2: enough)."""

    side: Side
    frame: Box
    weight: int


@dataclass(frozen=True, slots=True)
class _Cue:
    """Where a printed thing stands on the card: its left edge and middle, and its width (0: judge by its height)."""

    side: Side
    phrase: str
    x0: float
    cy: float
    width: float
    weight: int


_CUES = (
    _Cue("front", "公民身份号码", 0.072, 0.549, 0.19, 2),
    _Cue("front", "姓名", 0.072, 0.10, 0, 1),
    _Cue("front", "住址", 0.072, 0.35, 0, 1),
    _Cue("front", "性别", 0.072, 0.185, 0, 1),
    _Cue("front", "出生", 0.072, 0.27, 0, 1),
    _Cue("back", "居民身份证", 0.29, 0.225, 0.585, 2),
    _Cue("back", "签发机关", 0.235, 0.458, 0.125, 2),
    _Cue("back", "有效期限", 0.235, 0.54, 0.125, 2),
)
_MARK_BEGINS = re.compile(r"(?:[本此该]?(?:资料|复印件|证件|件))?仅[供限用]|[本此](?:资料|复印件|证件)")
_MARK_PIECE = re.compile(r"[贷货款业务抵押限供资料银行证办理复印无效申请]")
RUN_INTO = 0.88
"""Highest confidence of what a watermark runs on from."""
COLUMN_GAP = 4.0
"""Line heights between texts of one row that belong to different cards."""
_LABEL_HEIGHT = 0.039
_DIGIT_WIDTH = 0.0195


_LABELS = ("姓名", "性别", "性別", "民族", "出生", "住址", "公民身份号码", "签发机关", "有效期限")


def clear(lines: Iterable[Line]) -> list[Line]:
    """The lines without what is written across copies; what a watermark runs into stays where a label says what it is."""
    return [
        kept
        for line in lines
        if (kept := line if not is_copy_mark(line.text) or any(find(line, label) for label in _LABELS) else _before_mark(line)) is not None
    ]


def _before_mark(line: Line) -> Line | None:
    """What a line holds before the words of a watermark that runs on from it (付丽娟资料仅用于抵押), never sure; None where nothing."""
    at = _MARK_BEGINS.search(line.text)
    if at is None or at.start() < 2 or _MARK_PIECE.search(line.text[: at.start()]):
        return None
    part = line.part(0, at.start())
    return replace(part, confidence=min(part.confidence, RUN_INTO), confidences=tuple(min(c, RUN_INTO) for c in part.confidences))


def cards(sheet: Sheet) -> list[Card]:
    """The sides of cards on a sheet, each once."""
    lines = glued_rows(clear(sheet.lines), COLUMN_GAP)
    kept: list[Card] = []
    for guess in _guesses(lines):
        same = next((n for n, k in enumerate(kept) if k.side == guess.side and _one_card(guess.frame, k.frame)), None)
        if same is None:
            kept.append(guess)
        else:
            kept[same] = replace(kept[same], weight=kept[same].weight + guess.weight)
    return [_measured(card, lines) for card in kept if card.weight >= 2]


def _measured(card: Card, lines: Sequence[Line]) -> Card:
    """The card with the width that the distance between its highest and its lowest label tells: surer than any one width."""
    seen = []
    for cue in (each for each in _CUES if each.side == card.side):
        for line in lines:
            at = find(line, cue.phrase)
            if at is not None and distance(line, card.frame) < 1.2:
                box = line.part(*at).box
                if abs(box.x0 - card.frame.x0 - cue.x0 * card.frame.width) < 0.1 * card.frame.width:
                    seen.append((cue.cy, box.cy, cue.x0, box.x0))
    if not seen:
        return card
    high, low = min(seen), max(seen)
    if low[0] - high[0] < 0.16:
        return card
    whole = (low[1] - high[1]) / (low[0] - high[0])
    if not 0.7 < whole / card.frame.width < 1.5:
        return card
    left, top = high[3] - high[2] * whole, high[1] - high[0] * whole
    return replace(card, frame=Box(left, top, left + whole, top + ASPECT * whole))


def _guesses(lines: Sequence[Line]) -> Iterator[Card]:
    """Whole numbers first, then labels and titles, then what may be a number with something run into it."""
    numbers = [part for line in lines if (part := found(line, NUMBER)) is not None and _digits(part) >= 15]
    whole = [part for part in numbers if _digits(part) in (17, 18)]
    for part in whole:
        yield Card("front", _frame(part.box, 0.333, 0.549, 0.57), 2)
    yield from _by_phrase(lines, _CUES[0])
    for line in lines:
        period = found(line, PERIOD)
        if period is not None:
            yield Card("back", _frame(period.box, 0.40, 0.54, len(period.text) * _DIGIT_WIDTH), 2)
    for cue in _CUES[1:]:
        yield from _by_phrase(lines, cue)
    for part in numbers:
        if part not in whole:
            yield Card("front", _frame(part.box, 0.333, 0.549, 0.57), 2)


def _digits(part: Line) -> int:
    return sum(c.isdigit() for c in part.text)


def _by_phrase(lines: Sequence[Line], cue: _Cue) -> Iterator[Card]:
    for line in lines:
        at = find(line, cue.phrase)
        if at is None or (cue.phrase == "居民身份证" and len(line.text.replace(" ", "")) > 7):
            continue
        box = line.part(*at).box
        width = cue.width or _LABEL_HEIGHT * box.width / max(1.0, box.height)
        yield Card(cue.side, _frame(box, cue.x0, cue.cy, width), cue.weight)


def _frame(box: Box, x0: float, cy: float, width: float) -> Box:
    """The card on which `box` is printed at these shares."""
    whole = box.width / width
    left, top = box.x0 - x0 * whole, box.cy - cy * whole
    return Box(left, top, left + whole, top + ASPECT * whole)


def _one_card(a: Box, b: Box) -> bool:
    reach = max(a.width, b.width)
    return abs(a.cx - b.cx) < 0.55 * reach and abs(a.cy - b.cy) < 0.36 * reach


def distance(line: Line, frame: Box) -> float:
    """How far a line's middle is from a card's middle: 1.0 at the card's edge."""
    across = abs(line.box.cx - frame.cx) / (frame.width / 2)
    return max(across, abs(line.box.cy - frame.cy) / (frame.height / 2))
