"""Sheets as OCR would give them, built by hand: where a text stands, how wide its characters are, which ones are doubtful."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.model import Box, Code, Line, Seal, Sheet, Source

NARROW = 0.55
"""Width of a figure or Latin letter, in heights."""


def line(
    text: str,
    x: float,
    y: float,
    *,
    height: float = 30,
    sure: float = 0.99,
    doubtful: Mapping[str, float] | None = None,
    source: Source = "ocr",
) -> Line:
    """A line whose upper left corner is x, y. `doubtful`: confidence of single characters, by character."""
    edges = [float(x)]
    for char in text:
        edges.append(edges[-1] + height * (NARROW if ord(char) < 0x2E80 else 1.0))
    each = tuple((doubtful or {}).get(char, sure) for char in text)
    box = Box(edges[0], y, edges[-1], y + height)
    return Line(text, box, min(each), tuple(edges), each, ("",) * len(text), source)


def sheet(
    lines: Sequence[Line],
    *,
    size: tuple[float, float] = (2000, 1400),
    file: str = "a.jpg",
    page: int = 1,
    seals: Sequence[Seal] = (),
    codes: Sequence[Code] = (),
) -> Sheet:
    """A sheet that fills its page."""
    width, height = size
    to_page = (1 / width, 0.0, 0.0, 0.0, 1 / height, 0.0, 0.0, 0.0, 1.0)
    return Sheet(file, page, 0, width, height, to_page, tuple(lines), seals=tuple(seals), codes=tuple(codes))
