"""A page's picture → upright sheets with lines. The one place where the engine meets geometry.

Text is detected small first and larger only where lines are tiny; regions written in different directions (cards lying about)
become sheets of their own; whether a region is upside down is asked of the recogniser itself, on a few lines, so upright pages pay
nothing. Crops are cut from the picture as uploaded: straightening is done on coordinates, never on pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Any

import cv2
import numpy as np

from extractors import straighten, unbend
from extractors.model import Box, Line, Sheet
from extractors.ocr import CROP_HEIGHT, Engine, Image, Quads, Reading
from extractors.pixels import shrunk

FIRST_SIDE = 960
LARGEST_SIDE = 2240
LONGEST = 3.2
"""Pictures longer than this many times their width are screenshots of a scrolled page, read in pieces."""
COMFORTABLE_PX = 17.0
"""Height of a text quad, in the detector's pixels, below which lines begin to merge or vanish."""
SURE_OF_DIRECTION = 0.95
WIDE_GAP = 1.7
"""A gap of this many line heights between two characters parts them: columns of a table, label and value."""


def read_image(image: Image, file: str, page: int, engine: Engine) -> tuple[Sheet, ...]:
    """All text of one picture (h, w, 3) uint8 BGR as sheets, largest region first; one empty sheet when there is none."""
    quads = detect(image, engine)
    found = [
        sheet
        for region in straighten.regions(quads)
        for sheet in _read_region(image, quads[list(region.members)], region.direction_deg, engine)
    ]
    height, width = image.shape[:2]
    if not found:
        return (Sheet(file, page, 0, width, height, (1 / width, 0, 0, 0, 1 / height, 0, 0, 0, 1), ()),)
    return tuple(replace(sheet, file=file, page=page, index=n) for n, sheet in enumerate(found))


def detect(image: Image, engine: Engine) -> Quads:
    """Text quads in pixels of the picture; a long screenshot is looked at in overlapping pieces of readable size."""
    height, width = image.shape[:2]
    if max(height, width) <= LONGEST * min(height, width):
        return _detect(image, engine)
    piece = 2 * min(height, width)
    step = piece - min(height, width) // 4
    found: list[Quads] = []
    for start in range(0, max(height, width) - min(height, width) // 4, step):
        part = image[start : start + piece] if height > width else image[:, start : start + piece]
        quads = _detect(part, engine)
        quads[:, :, 1 if height > width else 0] += start
        found.append(_not_cut(quads, start, start + piece, max(height, width), 1 if height > width else 0))
    return _once(np.concatenate(found))


def _not_cut(quads: Quads, start: int, end: int, length: int, axis: int) -> Quads:
    """Without quads that a piece's edge cuts: the neighbouring piece holds them whole."""
    low, high = quads[:, :, axis].min(axis=1), quads[:, :, axis].max(axis=1)
    kept: Quads = quads[((low > start + 2) | (start == 0)) & ((high < end - 2) | (end >= length))]
    return kept


def _once(quads: Quads) -> Quads:
    """Quads found in two overlapping pieces, once: of two whose middles lie within one another, the wider."""
    widths = straighten.sides(quads)[0]
    centres, heights = quads.mean(axis=1), np.minimum(*straighten.sides(quads))
    kept: list[int] = []
    for i in np.argsort(-widths, kind="stable"):
        apart = np.abs(centres[kept] - centres[i]) if kept else np.zeros((0, 2))
        same_row = apart[:, 1] < 0.6 * heights[i]
        if not (same_row & (apart[:, 0] < np.maximum(0.6 * heights[i], widths[kept] / 2))).any():
            kept.append(int(i))
    return quads[sorted(kept)]


def _detect(image: Image, engine: Engine) -> Quads:
    """A quick look, and a closer one where the lines are tiny."""
    long_side = max(image.shape[:2])
    side = min(FIRST_SIDE, max(640, 2 * long_side))
    quads = engine.detect(image, side)
    if len(quads) == 0:
        return engine.detect(image, min(LARGEST_SIDE, max(side, round(1.5 * long_side))))
    heights = np.minimum(*straighten.sides(quads)) * side / long_side
    typical = float(np.percentile(heights, 30))
    if typical < COMFORTABLE_PX:
        wanted = int(min(LARGEST_SIDE, side * 1.25 * COMFORTABLE_PX / typical, 2 * long_side))
        if wanted > 1.15 * side:
            return engine.detect(image, wanted)
    return quads


def _read_region(image: Image, quads: Quads, direction_deg: float, engine: Engine) -> list[Sheet]:
    """Lines of one region as a sheet; a part of it that lies the other way round becomes a second sheet."""
    quads = straighten.reading_order(quads, direction_deg)
    direction_deg, quads, known = _right_way_up(image, quads, direction_deg, engine)
    left = [i for i in range(len(quads)) if i not in known]
    read = known | dict(zip(left, engine.recognise([crop(image, quads[i]) for i in left]), strict=True))
    readings = [read[i] for i in range(len(quads))]
    turned = _lying_the_other_way(quads, readings, image, engine)
    sheets = []
    kept = [i for i in range(len(quads)) if i not in turned]
    if kept:
        sheets.append(_sheet(image, quads[kept], [readings[i] for i in kept], direction_deg))
    if turned:
        flipped = np.roll(quads[sorted(turned)], 2, axis=1)
        sheets.append(_sheet(image, flipped, [turned[i] for i in sorted(turned)], direction_deg + 180))
    return sheets


def _right_way_up(image: Image, quads: Quads, direction_deg: float, engine: Engine) -> tuple[float, Quads, dict[int, Reading]]:
    """The region's direction, turned by 180 degrees when its longest lines read better that way; and those lines' readings."""
    lengths, _ = straighten.sides(quads)
    sample = [int(i) for i in np.argsort(-lengths)[:5]]
    forward = engine.recognise([crop(image, quads[i]) for i in sample])
    ahead = float(np.mean([r.score for r in forward]))
    if ahead >= SURE_OF_DIRECTION:
        return direction_deg, quads, dict(zip(sample, forward, strict=True))
    flipped = np.roll(quads, 2, axis=1)
    backward = engine.recognise([crop(image, flipped[i]) for i in sample])
    if float(np.mean([r.score for r in backward])) > ahead:
        return direction_deg + 180, flipped, dict(zip(sample, backward, strict=True))
    return direction_deg, quads, dict(zip(sample, forward, strict=True))


def _lying_the_other_way(quads: Quads, readings: Sequence[Reading], image: Image, engine: Engine) -> dict[int, Reading]:
    """Lines that read much better upside down, in clusters of three or more (a second card, head to foot), with that reading."""
    lengths, heights = straighten.sides(quads)
    poor = [i for i, r in enumerate(readings) if lengths[i] > 2.5 * heights[i] and _doubtful(r, lengths[i] / heights[i])]
    if len(poor) < 3:
        return {}
    flipped = np.roll(quads, 2, axis=1)
    again = engine.recognise([crop(image, flipped[i]) for i in poor])
    better = {i: r for i, r in zip(poor, again, strict=True) if r.score > 0.72 and _worth(r) > 1.5 * _worth(readings[i]) + 1}
    if len(better) < 3:
        return {}
    centres = quads.mean(axis=1)
    low, high = centres[list(better)].min(axis=0) - heights.mean(), centres[list(better)].max(axis=0) + heights.mean()
    inside = [i for i in range(len(quads)) if (centres[i] >= low).all() and (centres[i] <= high).all() and i not in better]
    if sum(readings[i].score > 0.9 for i in inside) > len(better):
        return {}
    rest = engine.recognise([crop(image, flipped[i]) for i in inside])
    return better | dict(zip(inside, rest, strict=True))


def _doubtful(reading: Reading, proportion: float) -> bool:
    """Whether a line may be on its head: read badly, or far fewer characters than fit into a strip of this length over height
    (中华人民共和国 upside down reads surely as 中国)."""
    return reading.score < 0.72 or len(reading.text.replace(" ", "")) < 0.6 * proportion


def _worth(reading: Reading) -> float:
    """How much was read: surely read characters count half a point, guessed ones nothing."""
    return max(0.0, sum(c - 0.5 for c in reading.confidences))


def _sheet(image: Image, quads: Quads, readings: Sequence[Reading], direction_deg: float) -> Sheet:
    height, width = image.shape[:2]
    turned = straighten.upright(width, height, direction_deg)
    _, frame_w, frame_h = straighten.framed(turned, width, height)
    level = _levelling(straighten.apply(turned, quads), (frame_w, frame_h))
    to_sheet, sheet_w, sheet_h = straighten.framed(level @ turned, width, height)
    bend, placed = unbend.flattened(straighten.apply(to_sheet, quads))
    lines = [
        line
        for quad, reading in zip(placed, readings, strict=True)
        if reading.text.strip()
        for line in cut_at_gaps(line_of(quad, reading))
    ]
    lines = sorted(_without_pictures(lines, sheet_h), key=lambda each: (each.box.cy, each.box.x0))
    to_page = straighten.to_page_fractions(to_sheet, width, height)
    return Sheet("", 1, 0, sheet_w, sheet_h, to_page, tuple(lines), bend=bend)


def _without_pictures(lines: Sequence[Line], height: float) -> list[Line]:
    """Without the one or two characters that the recogniser sees in a portrait, an emblem, a shadow: far higher than any text of
    the sheet (`height` pixels), and doubtful."""
    usual = min(median(line.box.height for line in lines) if lines else 0.0, height / 12)
    return [x for x in lines if not (x.box.height > 3 * usual and len(x.text) <= 2 and x.confidence < 0.9)]


def _levelling(quads: Any, size: tuple[float, float]) -> straighten.Floats:
    along = (quads[:, 1] + quads[:, 2] - quads[:, 0] - quads[:, 3]) / 2
    long = np.linalg.norm(along, axis=1) > 3 * np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    chosen = np.flatnonzero(long & (np.abs(along[:, 0]) > 1))
    slopes = along[chosen, 1] / along[chosen, 0]
    return straighten.levelled(quads[chosen].mean(axis=1), slopes, np.abs(along[chosen, 0]), size)


def crop(image: Image, quad: Quads) -> Image:
    """The quad's content as an upright strip, 48 pixels high (cut from a reduced picture when the text is much larger).

    A strip more than twice as high as wide is written downwards or lies on its side: it is turned once.
    """
    quad = quad.astype(np.float32)
    width = max(1.0, float(np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2)
    height = max(1.0, float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2)
    low = np.maximum(np.floor(quad.min(axis=0)).astype(int) - 2, 0)
    high = np.ceil(quad.max(axis=0)).astype(int) + 2
    patch = image[low[1] : high[1], low[0] : high[0]]
    if patch.size == 0:
        return np.full((CROP_HEIGHT, CROP_HEIGHT, 3), 255, np.uint8)
    quad = quad - low.astype(np.float32)
    shrink = height / CROP_HEIGHT
    if shrink > 2:
        patch = shrunk(patch, 2 / shrink)
        quad = quad * (2 / shrink)
    target_w = max(1, round(width * CROP_HEIGHT / height))
    target = np.array([[0, 0], [target_w, 0], [target_w, CROP_HEIGHT], [0, CROP_HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, target)
    strip = cv2.warpPerspective(patch, matrix, (target_w, CROP_HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(np.rot90(strip)) if height > 2 * width else strip


def line_of(quad: Any, reading: Reading) -> Line:
    """A reading as a line: the quad (4, 2) in sheet pixels, made axis-parallel, and the places of its characters."""
    x0, x1 = float(quad[[0, 3], 0].mean()), float(quad[[1, 2], 0].mean())
    y0, y1 = float(quad[[0, 1], 1].mean()), float(quad[[2, 3], 1].mean())
    box = Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    centres = [box.x0 + c * box.width for c in reading.centres]
    edges = [box.x0, *((a + b) / 2 for a, b in pairwise(centres)), box.x1]
    for n in range(1, len(edges)):
        edges[n] = max(edges[n], edges[n - 1])
    return Line(reading.text, box, min(reading.confidences, default=0.0), tuple(edges), reading.confidences, reading.others)


def cut_at_gaps(line: Line) -> list[Line]:
    """The line, parted where two characters stand far apart: what the detector ran together across columns.

    The edge between two characters is their middle, so a gap shows as two neighbouring cells, both wider than their fellows; beside
    a very wide one the sum alone would part the last character from its word.
    """
    text = line.text
    widths = [b - a for a, b in pairwise(line.edges)]
    if len(text) < 2 or len(widths) != len(text):
        return [line]
    usual = median(widths)
    pieces, start = [], 0
    for n in range(1, len(text)):
        gap = widths[n - 1] + widths[n] - 2 * usual
        if min(widths[n - 1], widths[n]) - usual < 0.35 * WIDE_GAP * line.box.height:
            continue
        if gap > WIDE_GAP * line.box.height and gap > 3 * usual and text[n - 1] != " ":
            pieces.append(_tight(line.part(start, n), usual, right=True, left=start > 0))
            start = n
    if start == 0:
        return [line]
    pieces.append(_tight(line.part(start, len(text)), usual, right=False, left=True))
    return [piece for piece in pieces if piece.text.strip()]


def _tight(line: Line, usual: float, *, right: bool, left: bool) -> Line:
    """The piece without the half gap that its first or last character was given."""
    x0, x1 = line.box.x0, line.box.x1
    if right:
        x1 = min(x1, line.edges[-2] + 1.6 * usual)
    if left:
        x0 = max(x0, line.edges[1] - 1.6 * usual)
    edges = tuple(min(max(e, x0), x1) for e in line.edges)
    return replace(line, box=Box(x0, line.box.y0, x1, line.box.y1), edges=edges)


def text_of(sheets: Iterable[Sheet]) -> str:
    """All lines as plain text, for logs of the developer's own samples and for tests."""
    return "\n".join(line.text for sheet in sheets for line in sheet.lines)
