"""The printed pieces of a statement's sheet: names, figures, dashes, small numbers. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from extractors.model import Line, Sheet
from extractors.table_columns import stripped
from extractors.table_header import gaps, levels

_FIGURE = re.compile(r"^[-+−–—－(（△▲￥¥*负 ]*[\dOoIlQ|][\d,，.．。'` OoIlSBQZ|]*[)）]?[-−－]?$")
STRONG = re.compile(r"\d[,，.．。]\s?\d{2}|\d{4}")
_DASH = re.compile(r"^[-−–—―－‑_一~]{1,4}$")
_SMALL = re.compile(r"^\d{1,3}$")
_TWO_SUMS = re.compile(
    r"(?<=[.．]\d\d)[\s|]*(?=[-−(（]?\d)|(?<=[.．]\d\d[)）])[\s|]*(?=[-−(（]?\d)"
    r"|(?<=[,，]\d{3})[\s|]*(?=[-−(（]?\d{1,3}[,，]\d{3})|(?<=[,，]\d{3}[)）])[\s|]*(?=[-−(（]?\d)"
)
_DOTTED = re.compile(r"[-−(（]?\d{1,3}(?:[,，.．]\d{3})+[.．]\d{2}[)）]?")
"""One figure whose commas were read as points (107.082.178.00), no two of them."""
_TWO_DAYS = re.compile(r"(?:日|年度)(?=\d{4}年)")
"""Titles of neighbouring columns that were read as one text (2025年12月31日2024年12月31日)."""
_NAME_THEN_SUM = re.compile(r"(?<=[\u3400-\u9fff)）”\"：:])\s*(?=[-−(（]?\d[\d,，.]*$)")


@dataclass(frozen=True, slots=True)
class Token:
    """A text, figure, dash or small number; `y` is levelled, `height` that of its line."""

    line: Line
    y: float
    height: float
    form: str

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def cx(self) -> float:
        return self.line.box.cx


def tokens_of(sheet: Sheet) -> list[Token]:
    """The sheet's lines, cut where columns ran together, top to bottom."""
    found = []
    for y, height, line in levels(sheet):
        for part in _cut(line):
            found.append(Token(part, y, height, form_of(part.text)))
    return found


def form_of(text: str) -> str:
    """`figure`, `dash`, `small` (a number of up to three digits) or `text`."""
    squeezed = text.strip()
    if _SMALL.match(squeezed):
        return "small"
    if _DASH.match(squeezed):
        return "dash"
    return "figure" if _FIGURE.match(squeezed) else "text"


def _cut(line: Line) -> list[Line]:
    if len(line.text) < 2:
        return [line] if line.text.strip() else []
    cuts = {0, len(line.text)}
    if not _DOTTED.fullmatch(line.text.strip()):
        cuts |= {m.end() for m in _TWO_SUMS.finditer(line.text)}
    cuts |= {m.end() for m in _TWO_DAYS.finditer(line.text)}
    if STRONG.search(line.text):
        cuts |= {m.end() for m in _NAME_THEN_SUM.finditer(line.text)}
    if re.search(r"\d", line.text) or len(line.text) > 12:
        space = gaps(line)
        cuts |= {n for n in range(1, len(line.text)) if space[n] > 1.2 * line.box.height}
    places = sorted(cuts)
    parts = [stripped(line, start, end) for start, end in pairwise(places)]
    return [part for part in parts if part is not None]


def squeezed(text: str) -> str:
    """The text without spaces, widths unified (NFKC)."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
