"""Running text over several lines as one string that remembers where each character stands.

Letters are written as sentences that wrap wherever the paper ends, so a name or an amount may begin on one line and end on the
next. Patterns are matched on the squeezed text (no spaces, widths unified); a match leads back to the parts of the lines it covers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from extractors.layout import Text, join, rows
from extractors.model import Line, Sheet


@dataclass(frozen=True, slots=True)
class Flow:
    """A sheet's text in reading order. `places[i]` is the line and the character of `text[i]`; "\\n" stands between rows
    that do not run on."""

    sheet: Sheet
    text: str
    places: tuple[tuple[Line, int] | None, ...]

    def part(self, start: int, end: int) -> Text | None:
        """The printed text of characters start..end; None when none of them was printed."""
        spots = [spot for spot in self.places[start:end] if spot is not None]
        parts = []
        for _, run in groupby(spots, key=lambda spot: id(spot[0])):
            taken = list(run)
            parts.append(taken[0][0].part(taken[0][1], taken[-1][1] + 1))
        return join(parts) if parts else None

    def find(self, pattern: re.Pattern[str], group: int | str = 1) -> Text | None:
        """What the group of the first match covers, None without a match or when the group is empty."""
        return next(self.all(pattern, group), None)

    def all(self, pattern: re.Pattern[str], group: int | str = 1) -> Iterator[Text]:
        """What the group covers, for every match in order."""
        for part, _ in self.found(pattern, group):
            yield part

    def found(self, pattern: re.Pattern[str], group: int | str = 1) -> Iterator[tuple[Text, re.Match[str]]]:
        """As `all`, with the match."""
        for match in pattern.finditer(self.text):
            if match.start(group) >= 0 and (part := self.part(match.start(group), match.end(group))):
                yield part, match


def flow(sheet: Sheet, lines: Iterable[Line] | None = None) -> Flow:
    """The sheet's lines (or the given ones) as running text.

    A row that reaches nearly as far right as the widest rows of its block runs on into the next, unless it stands at the right
    itself or the next is indented: that is another paragraph. Otherwise a line break stands.
    """
    printed = rows(sheet.lines if lines is None else lines)
    right = max((row[-1].box.x1 for row in printed), default=0.0)
    text: list[str] = []
    places: list[tuple[Line, int] | None] = []
    left = min((row[0].box.x0 for row in printed), default=0.0)
    for at, row in enumerate(printed):
        for n, line in enumerate(row):
            if n and line.box.x0 - row[n - 1].box.x1 > 2.5 * line.box.height:
                text.append("\n")
                places.append(None)
            _append(line, text, places)
        height = row[-1].box.height
        ends = row[-1].box.x1 < _edge(row, printed, left, right) - 3.5 * height or row[0].box.x0 > (left + right) / 2
        if ends or (at + 1 < len(printed) and printed[at + 1][0].box.x0 > row[0].box.x0 + 1.2 * height):
            text.append("\n")
            places.append(None)
    return Flow(sheet, "".join(text), tuple(places))


def _edge(row: Sequence[Line], printed: Sequence[Sequence[Line]], left: float, right: float) -> float:
    """Where the rows of a paragraph end: those that begin where this one does, if they are as long as text is (the foot of a letter
    is set further right than its body); else the page's right edge."""
    begin, reach = row[0].box.x0, 4 * row[0].box.height
    ends = [other[-1].box.x1 for other in printed if abs(other[0].box.x0 - begin) < reach]
    edge = max(ends)
    return edge if len(ends) > 2 and edge - begin > 0.6 * (right - left) else right


def _append(line: Line, text: list[str], places: list[tuple[Line, int] | None]) -> None:
    for n, character in enumerate(line.text):
        if character.isspace() or character in "_＿﹍":
            continue
        for unified in unicodedata.normalize("NFKC", character):
            text.append({"；": ";", "：": ":", "，": ",", "（": "(", "）": ")", "￥": "¥", "〔": "(", "〕": ")"}.get(unified, unified))
            places.append((line, n))
