"""The amounts of a statement: read in the sheet's own style, and as sure as their characters and that style make them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from extractors.documents._lines import weighed
from extractors.layout import Text
from extractors.numbers import money
from extractors.numbers.errors import NumberError

_DASHES = re.compile(r"^[-−–—―－‑_一~]{1,4}$")
_PLACES = re.compile(r"[.．](\d{1,4})\D*$")


@dataclass(frozen=True, slots=True)
class Style:
    """How a sheet prints its amounts: places after the point (None when it is not settled), and whether thousands are parted."""

    places: int | None
    parted: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in fen (None: something stands there that is no amount), its text, how sure, and a likelier reading."""

    fen: int | None
    text: Text
    confidence: float
    proposal: int | None = None


def style_of(texts: Iterable[str]) -> Style:
    """What most figures of a sheet do."""
    figures = [t for t in map(_narrow, texts) if len(re.sub(r"\D", "", t)) >= 4]
    places = Counter(len(m[1]) if (m := _PLACES.search(t)) else 0 for t in figures)
    common = places.most_common(1)
    settled = bool(common) and common[0][1] >= 0.6 * len(figures) and len(figures) >= 3
    large = [t for t in figures if len(re.sub(r"\D", "", re.sub(r"\.\d\d?\D*$", "", t))) > 3]
    return Style(common[0][0] if settled else None, sum("," in t for t in large) * 2 > len(large))


def read(text: Text, unit_fen: int, style: Style) -> Figure | None:
    """The amount that stands in a cell; None for a cell that holds nothing to be read (a stray mark)."""
    printed = _narrow(text.text)
    if _DASHES.match(text.text.strip()):
        return Figure(0, text, min(text.confidence, 0.95 if "一" in text.text else 0.85 if "_" in text.text else 1.0))
    if not re.search(r"[\dOoIl]", printed):
        return None
    sure = weighed(text, lambda c: c.isdigit() or c in "-−–—－.(（,，").confidence
    mended, cap = _in_style(printed, style)
    try:
        return Figure(money.parse(mended, unit_fen), text, min(sure, cap))
    except NumberError:
        proposal = money.proposal(mended, unit_fen)
        return Figure(None, text, min(sure, 0.3), proposal)


def _narrow(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().replace("。", ".").replace("`", "'")
    return re.sub(r"[*#]+$", "", plain)


def _in_style(printed: str, style: Style) -> tuple[str, float]:
    """The figure with its separators as the sheet's style has them, and the highest confidence this allows.

    A comma read as a point, or a point as a comma or lost, is mended only where the style leaves one reading.
    """
    sign = re.match(r"^[-+−–—－(△▲￥¥负\s]*", printed)
    lead = sign.group() if sign else ""
    tail_match = re.search(r"[)\-−－\s]*$", printed[len(lead) :])
    tail = tail_match.group() if tail_match else ""
    body = printed[len(lead) : len(printed) - len(tail)]
    if lead.strip() == "(" and ")" not in tail:
        return f"({body})", 0.7
    if ")" in tail and "(" not in lead:
        return f"({body})", 0.7
    if style.places == 2 and re.fullmatch(r"\d{1,3}(?:[.,]\s?\d{3})*[,\s]\s?\d{2}", body):
        return f"{lead}{re.sub(r'[^0-9]', '', body[:-3])}.{body[-2:]}{tail}", 0.8
    if style.places == 2 and style.parted and re.fullmatch(r"\d{1,3}(?:[.,]\s?\d{3})+", body):
        return f"{lead}{re.sub(r'[^0-9]', '', body)}{tail}", 0.7
    if style.places == 2 and re.fullmatch(r"\d{6,}", body):
        return printed, 0.7
    if style.places == 0 and re.fullmatch(r"\d{1,3}(?:[.,]\s?\d{3})+", body) and "." in body:
        return f"{lead}{re.sub(r'[^0-9]', '', body)}{tail}", 0.8
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})*\.\d{3}(?:[.,]\d{3})*\.\d{2}", body):  # perhaps two figures that touch
        return printed, 0.85
    if style.places == 2 and style.parted and re.fullmatch(r"\d{4,}\.\d{2}", body):
        return printed, 0.93
    if style.places == 2 and re.fullmatch(r"[\d,]+\.\d", body):
        return printed, 0.7
    return printed, 1.0
