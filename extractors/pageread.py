"""One page of a file → its sheets: native text where it is sound, OCR where it is not, and what else its type asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from extractors import closer, codes, overlay, quality, reading, ruling, seals, stamps
from extractors.classify import UNKNOWN, label
from extractors.doctype import DocumentType, all_types
from extractors.ink import Red, red_on
from extractors.model import Box, Line, PageRef, Quality, Rule, Sheet
from extractors.ocr import Engine, Image
from extractors.straighten import Floats
from extractors.unbend import flattened_box


@dataclass(frozen=True, slots=True)
class PageRead:
    """What came of one page: its reference with the quality, and its sheets (none when it could not be decoded)."""

    ref: PageRef
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class _Ink:
    """Where red ink lies on a picture, in its pixels: boxes of seals, corners of framed stamps."""

    seals: tuple[Box, ...]
    stamps: tuple[Floats, ...]


def _places(red: Red) -> _Ink:
    found = seals.places(red)
    return _Ink(found, stamps.places(red, found))


def _without(ink: _Ink, image: Image) -> Image:
    lying = (*ink.seals, *stamps.boxes(ink.stamps))
    return seals.without_ink(image, lying) if lying else image


def read_picture(image: Image, file: str, page: int, engine: Engine) -> PageRead:
    """A page that is a picture: (h, w, 3) uint8 BGR."""
    # Red ink is lifted before anything is read.
    red = red_on(image)
    ink = _places(red)
    clear = _without(ink, image)
    sheets = reading.read_image(clear, file, page, engine)
    clear, sheets = _beneath(clear, sheets, engine) if overlay.is_marked(sheets) else (clear, sheets)
    sheets = without_overlays(sheets)
    seen = quality.assess(image, sheets, red.reduced)
    types = all_types()
    enriched = tuple(
        _enriched(replace(sheet, quality=seen), image, engine, types, to_sheet(sheet, image), ink, clear) for sheet in sheets
    )
    return PageRead(PageRef(file, page, seen), enriched)


def _beneath(image: Image, sheets: tuple[Sheet, ...], engine: Engine) -> tuple[Image, tuple[Sheet, ...]]:
    """The picture and what is read on it: without the coloured words across it, where more is read so."""
    printed = [sheet for sheet in without_overlays(sheets) if sheet.lines]
    clear = overlay.lifted(image, [overlay.around(sheet, to_sheet(sheet, image)) for sheet in printed])
    if clear is None:
        return image, sheets
    again = reading.read_image(clear, sheets[0].file, sheets[0].page, engine)
    return (clear, again) if overlay.worth(again) > overlay.worth(sheets) else (image, sheets)


def without_overlays(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """Without the sheets that hold nothing but a watermark: the same words over and over, or in pieces, along a slant.

    The largest of several sheets always stays, so that nothing a page says is lost.
    """
    from rapidfuzz import fuzz

    def repeats(sheet: Sheet) -> bool:
        texts = [line.text.replace(" ", "") for line in sheet.lines if line.text.strip()]
        phrase = max(texts, key=len, default="")
        return len(texts) >= 2 and sum(fuzz.partial_ratio(text, phrase) >= 75 for text in texts) >= 0.7 * len(texts)

    kept = [sheet for sheet in sheets if not repeats(sheet)]
    return tuple(kept) if kept else sheets


def read_native(
    lines: tuple[Line, ...],
    rules: tuple[Rule, ...],
    size: tuple[float, float],
    to_page: tuple[float, ...],
    file: str,
    page: int,
    image: Image | None,
    engine: Engine,
) -> PageRead:
    """A page with a sound text layer. size: width, height in sheet pixels; to_page: as in Sheet; image: a rendering of the
    sheet where it holds pictures (a seal)."""
    sheet = Sheet(file, page, 0, *size, to_page, lines, rules, source="text")
    if image is not None:
        matrix = np.diag([size[0] / image.shape[1], size[1] / image.shape[0], 1.0])
        sheet = _enriched(sheet, image, engine, all_types(), matrix, _places(red_on(image)))
    return PageRead(PageRef(file, page, Quality()), (sheet,))


def to_sheet(sheet: Sheet, image: Image) -> Floats:
    """The homography from pixels of this rendering of the page to sheet pixels, before a bent sheet is flattened."""
    height, width = image.shape[:2]
    back = np.array(sheet.to_page, np.float64).reshape(3, 3)
    return np.asarray(np.linalg.inv(np.diag([width, height, 1.0]) @ back))


def _enriched(
    sheet: Sheet, image: Image, engine: Engine, types: Mapping[str, DocumentType], matrix: Floats, ink: _Ink,
    clear: Image | None = None,
) -> Sheet:  # fmt: skip
    """The sheet with the seals, codes and rules that its likeliest type asks for. matrix: image pixels → sheet pixels; `clear`: the image
    without seals and what else lies across its print, where that was made."""
    found = label(sheet, types)
    if found.type == UNKNOWN:
        return sheet
    wants = types[found.type].wants
    if "seals" in wants:
        found_seals = (*seals.find(image, matrix, engine, ink.seals), *stamps.find(image, matrix, engine, ink.stamps))
        sheet = replace(sheet, seals=tuple(replace(s, box=flattened_box(sheet.bend, s.box)) for s in found_seals))
    if "codes" in wants:
        found_codes = codes.find(image, matrix)
        sheet = replace(sheet, codes=tuple(replace(c, box=flattened_box(sheet.bend, c.box)) for c in found_codes))
    if "rules" in wants and not sheet.rules:
        sheet = replace(sheet, rules=ruling.find(image, matrix, sheet.width, sheet.height, sheet.bend))
    parts = types[found.type].close_ups(sheet) if sheet.source == "ocr" else ()
    if parts:
        sheet = closer.again(sheet, parts, _without(ink, image) if clear is None else clear, matrix, engine)
    return sheet
