"""Characters with boxes → lines of text as a table needs them. Pure; runs inside the locked child, tested outside.

Coordinates are sheet pixels, y down, text upright. A line ends where a reader would see the next column: at a wide gap, at a
vertical rule, at a change of size. Letter-spaced headings and labels (收 入 证 明, 姓  名) and dates with filled blanks stay one
line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from extractors.model import Box, Line

Floats = NDArray[np.float64]

GAP = 0.5
"""Of the text height: a wider gap ends a line, …"""
SPACE_GAP = 1.1
"""… unless it is that of one space character, and no wider than this."""
PADDING = 0.4
"""A gap of several spaces ends a line from here on: that is how text reports align their columns."""
WORD_GAP = 0.22
"""From here on a gap is shown as a space."""
SPREAD_GAP = 2.6
"""Between the characters of a letter-spaced label."""
BLANK_GAP = 1.6
"""Between a number and its 年, 月, 日 or 元 in a filled blank."""
UNITS = "年月日元万个至号"
_RADICALS = "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻤⻥⻦⻨⻩⻬⻮⻰⻳⺼⺴⺳⻣⻌⻊"
_CHARACTERS = "母民虎西见角贝车长门青页风飞食马鬼鱼鸟麦黄齐齿龙龟月囗网骨辶足"
RADICALS = dict(zip(_RADICALS, _CHARACTERS, strict=True))
"""Radicals that fonts put in place of the character itself and that Unicode does not decompose."""


@dataclass(frozen=True, slots=True)
class Chars:
    """n visible characters in the order of the file: code points, boxes (n, 4), and the width of
    a space character of the file right before each (0: none; several in a row are reported as one)."""

    codes: NDArray[np.int64]
    boxes: Floats
    spaces: Floats


@dataclass(slots=True)
class _Run:
    """Characters that belong together: their text, and left and right end of each."""

    text: list[str]
    starts: list[float]
    ends: list[float]
    y0: float
    y1: float

    @property
    def height(self) -> float:
        return self.y1 - self.y0


def clean(code: int) -> str:
    """A code point as the text it stands for: NFC, ligatures and presentation forms of radicals resolved; "" for what is not
    seen.

    >>> clean(0xFB01), clean(0x2F08), clean(0x2ED3), clean(0x200B), clean(0xFF21)
    ('fi', '人', '长', '', 'Ａ')
    """
    if code in (0x00A0, 0x3000) or 0x2000 <= code <= 0x200A or code == 0x202F:
        return " "
    if code < 32 or code in (0x7F, 0xAD, 0xFEFF) or 0x200B <= code <= 0x200F or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return ""
    character = chr(code)
    if 0x2E80 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF or 0xFB00 <= code <= 0xFB06:
        return RADICALS.get(character) or unicodedata.normalize("NFKC", character)
    return unicodedata.normalize("NFC", character)


def lines_of(chars: Chars, walls: Floats) -> tuple[Line, ...]:
    """All lines, top to bottom and left to right. `walls`: vertical rules as (m, 3): x, top, bottom."""
    if len(chars.codes) == 0:
        return ()
    runs = _joined(_without_doubles(_runs(chars, walls)), walls)
    return tuple(_line(run) for run in _spread_joined(runs, walls))


def _runs(chars: Chars, walls: Floats) -> list[_Run]:
    """Consecutive characters of the file that follow each other on one printed line."""
    ends = (np.flatnonzero(_breaks(chars.boxes, chars.spaces, walls)) + 1).tolist()
    codes, boxes, spaces = chars.codes.tolist(), chars.boxes.tolist(), chars.spaces.tolist()
    texts = {code: clean(code) for code in set(codes)}
    runs = []
    for start, end in zip([0, *ends], [*ends, len(boxes)], strict=True):
        tallest = max(boxes[start:end], key=lambda box: box[3] - box[1])
        run = _Run([], [], [], tallest[1], tallest[3])
        for i in range(start, end):
            _append(run, texts[codes[i]], boxes[i][0], boxes[i][2], spaces[i] > 0)
        if run.text:
            runs.append(run)
    return runs


def _append(run: _Run, text: str, x0: float, x1: float, spaced: bool) -> None:
    if not text:
        return
    if run.text:
        if run.text[-1] == text and abs(run.starts[-1] - x0) < 0.15 * run.height:
            return  # drawn twice to look bold
        gap = x0 - run.ends[-1]
        if gap > (0.08 if spaced else WORD_GAP) * run.height:
            run.text.append(" ")
            run.starts.append(run.ends[-1])
            run.ends.append(x0)
    if len(text) == 1:
        run.text.append(text)
        run.starts.append(x0)
        run.ends.append(x1)
        return
    step = (x1 - x0) / len(text)
    for i, character in enumerate(text):  # a ligature
        run.text.append(character)
        run.starts.append(x0 + i * step)
        run.ends.append(x0 + (i + 1) * step)


def _breaks(boxes: Floats, spaces: Floats, walls: Floats) -> NDArray[np.bool_]:
    """(n-1,): whether a line ends between a character and the next one of the file."""
    before, after = boxes[:-1], boxes[1:]
    heights = boxes[:, 3] - boxes[:, 1]
    small, large = np.minimum(heights[:-1], heights[1:]), np.maximum(heights[:-1], heights[1:])
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    gap = after[:, 0] - before[:, 2]
    result = np.abs(np.diff(middles)) > 0.5 * small
    result |= large > 1.7 * small
    one_space = np.clip(1.35 * spaces[1:], PADDING * large, SPACE_GAP * large)
    result |= gap > np.where(spaces[1:] > 0, one_space, GAP * large)
    result |= gap < -0.6 * large
    candidates = np.flatnonzero(~result & (gap > -0.3 * large))
    centres = (boxes[:, 0] + boxes[:, 2]) / 2
    result[candidates] = _walled(centres[candidates], centres[candidates + 1], middles[candidates], walls)
    return np.asarray(result, dtype=np.bool_)


def _walled(lefts: Floats, rights: Floats, ys: Floats, walls: Floats) -> NDArray[np.bool_]:
    """(k,): whether a vertical rule stands between each left and right at its height."""
    result = np.zeros(len(lefts), dtype=np.bool_)
    for x, top, bottom in walls:
        result |= (lefts < x) & (x < rights) & (top <= ys) & (ys <= bottom)
    return result


def _between_walls(left: _Run, right: _Run, walls: Floats) -> bool:
    if len(walls) == 0:
        return False
    y = (left.y0 + left.y1) / 2
    stand = (walls[:, 0] > left.ends[-1] - 0.3 * left.height) & (walls[:, 0] < right.starts[0] + 0.3 * left.height)
    return bool(np.any(stand & (walls[:, 1] <= y) & (y <= walls[:, 2])))


def _same_row(a: _Run, b: _Run) -> bool:
    small, large = sorted((a.height, b.height))
    return min(a.y1, b.y1) - max(a.y0, b.y0) > 0.6 * small and large <= 1.5 * small


def in_rows(runs: Sequence[_Run]) -> list[list[_Run]]:
    """Runs by printed row, top to bottom, each left to right."""
    rows: list[list[_Run]] = []
    for run in sorted(runs, key=lambda r: (r.y0 + r.y1)):
        middle = (run.y0 + run.y1) / 2
        if rows and any(r.y0 <= middle <= r.y1 and _same_row(r, run) for r in rows[-1][-4:]):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda r: r.starts[0]) for row in rows]


def _joined(runs: Sequence[_Run], walls: Floats) -> list[_Run]:
    """Neighbours on a row that touch, wherever they stood in the file, as one."""
    result = []
    for row in in_rows(runs):
        current = row[0]
        for run in row[1:]:
            gap = run.starts[0] - current.ends[-1]
            touching = -0.25 * run.height <= gap <= 0.7 * GAP * run.height
            if touching and _same_row(current, run) and not _between_walls(current, run, walls):
                _extend(current, run)
            else:
                result.append(current)
                current = run
        result.append(current)
    return result


def _extend(run: _Run, more: _Run) -> None:
    if more.starts[0] - run.ends[-1] > WORD_GAP * run.height:
        run.text.append(" ")
        run.starts.append(run.ends[-1])
        run.ends.append(more.starts[0])
    run.text += more.text
    run.starts += more.starts
    run.ends += more.ends
    run.y0, run.y1 = min(run.y0, more.y0), max(run.y1, more.y1)


def _without_doubles(runs: Sequence[_Run]) -> list[_Run]:
    """Runs, but those drawn a second time on the same spot."""
    seen: dict[tuple[str, int, int], _Run] = {}
    result = []
    for run in runs:
        step = max(1.0, 0.25 * run.height)
        at = round(run.starts[0] / step), round(run.y0 / step)
        text = "".join(run.text)
        if any((text, at[0] + dx, at[1] + dy) in seen for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            continue
        seen[(text, *at)] = run
        result.append(run)
    return result


def _spread_joined(runs: Sequence[_Run], walls: Floats) -> list[_Run]:
    """Letter-spaced labels and filled dates put together, row by row."""
    result = []
    for row in in_rows(runs):
        current = row[0]
        for run in row[1:]:
            if _belongs(current, run) and not _between_walls(current, run, walls):
                _extend(current, run)
            else:
                result.append(current)
                current = run
        result.append(current)
    return result


def _belongs(left: _Run, right: _Run) -> bool:
    gap = (right.starts[0] - left.ends[-1]) / max(left.height, right.height)
    if gap < 0 or not _same_row(left, right):
        return False
    before, after = left.text[-1], right.text[0]
    if gap <= BLANK_GAP and ((before.isdigit() and after in UNITS) or (before in UNITS and after.isdigit())):
        return True
    lone_right = len(right.text) == 1 or (len(right.text) > 1 and right.text[1] in ":：")
    return gap <= SPREAD_GAP and _is_spread(left) and lone_right and _is_han(after)


def _is_spread(run: _Run) -> bool:
    """One character, or characters each apart from the next."""
    return all(_is_han(c) if i % 2 == 0 else c == " " for i, c in enumerate(run.text))


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _line(run: _Run) -> Line:
    while run.text and run.text[-1] == " ":
        run.text.pop(), run.starts.pop(), run.ends.pop()
    edges = tuple(round(edge, 1) for edge in accumulate([*run.starts, max(run.ends)], max))
    return Line("".join(run.text), Box(edges[0], run.y0, edges[-1], run.y1), 1.0, edges, source="text")
