"""A second, closer look at a part of a sheet: a small card in a large picture, a row that the detector did not find whole.

The part is cut out of the picture upright and large enough for the detector (a row: as one line, without it) and read again; its
lines take the place of those that were read worse. Everything else of the sheet stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

import cv2
import numpy as np

from extractors import dashes
from extractors.doctype import CloseUp
from extractors.layout import line_height
from extractors.model import SURE, Box, Line, Sheet
from extractors.ocr import CROP_HEIGHT, Engine, Image, Reading
from extractors.pixels import shrunk
from extractors.reading import crop, cut_at_gaps, line_of
from extractors.straighten import Floats, apply

LINE_PX = 36.0
"""Height of a line of print in the part that is looked at again."""
MOST_SIDE = 1600
SLOPES = (0.0, 0.05, -0.05, 0.1, -0.1, 0.15, -0.15)
"""Of a line within its box, as rise over run, that are tried on a line whose place is only inferred."""
SLIGHTLY = 0.03
SAME_PLACE = 0.4
"""Share of the smaller line's area from which two lines stand at one place."""


def again(sheet: Sheet, parts: Sequence[CloseUp], image: Image, matrix: Floats, engine: Engine) -> Sheet:
    """The sheet with these parts of it read again alone and large; of a bent sheet, only its cells."""
    cells = [part.box for part in parts if part.cell]
    lines = (*sheet.lines, *dashes.found_in(cells, image, matrix, sheet.bend))
    for part in parts:
        if part.cell or sheet.bend:
            continue
        at = part.box
        clipped = Box(max(0, at.x0), max(0, at.y0), min(sheet.width, at.x1), min(sheet.height, at.y1))
        if clipped.width < 2 or clipped.height < 2:
            continue
        if part.one_line:
            lines = merged(lines, read_line(clipped, image, matrix, engine))
        else:
            seen = read_part(replace(sheet, lines=lines), clipped, image, matrix, engine)
            lines = merged(lines, [line for line in seen if _whole(line.box, clipped)])
    return replace(sheet, lines=tuple(sorted(lines, key=lambda each: (each.box.cy, each.box.x0))))


def read_line(box: Box, image: Image, matrix: Floats, engine: Engine) -> list[Line]:
    """A box of the sheet taken for one line of text, without detection; of several slopes, the one that reads best.

    The line begins in the middle of the box's left edge: where the view could not be levelled well, it leaves the box.
    """
    readings: list[Reading] = []
    for slopes in (SLOPES[:1], SLOPES[1:]):
        readings += engine.recognise([_strip(box, slope, image, matrix) for slope in slopes])
        if readings[0].text.strip() and readings[0].score >= SURE:
            break
    n = max(range(len(readings)), key=lambda k: sum(c - 0.5 for c in readings[k].confidences))
    if not readings[n].text.strip():
        return []
    reading, start, end = _tight(readings[n])
    x0, x1 = box.x0 + start * box.width, box.x0 + end * box.width
    y0, y1 = (y + SLOPES[n] * (x0 + x1 - 2 * box.x0) / 2 for y in (box.y0, box.y1))
    return cut_at_gaps(line_of(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]), reading))


def _strip(box: Box, slope: float, image: Image, matrix: Floats) -> Image:
    """The box sheared so that a line that begins in the middle of its left edge and rises by `slope` lies level."""
    scale = CROP_HEIGHT / box.height
    to_patch = np.array([[scale, 0, -scale * box.x0], [-scale * slope, scale, scale * (slope * box.x0 - box.y0)], [0, 0, 1]])
    return _cut(image, to_patch @ matrix, (max(CROP_HEIGHT, round(box.width * scale)), CROP_HEIGHT))


def _tight(reading: Reading) -> tuple[Reading, float, float]:
    """The reading without the empty ends of its strip, and where in the strip (0..1) it begins and ends."""
    centres = reading.centres
    half = 0.6 * median([b - a for a, b in pairwise(centres)] or [0.1])
    start, end = max(0.0, centres[0] - half), min(1.0, centres[-1] + half)
    within = tuple((c - start) / (end - start) for c in centres)
    return replace(reading, centres=within), start, end


def read_part(sheet: Sheet, part: Box, image: Image, matrix: Floats, engine: Engine) -> list[Line]:
    """What is read on a part of the sheet (sheet pixels) when it is looked at alone and large; lines in sheet pixels."""
    scale = min(LINE_PX / line_height(sheet.lines), MOST_SIDE / max(part.width, part.height))
    to_patch = np.array([[scale, 0, -scale * part.x0], [0, scale, -scale * part.y0], [0, 0, 1]]) @ matrix
    size = (max(32, round(part.width * scale)), max(32, round(part.height * scale)))
    patch = _cut(image, to_patch, size)
    quads = engine.detect(patch, max(size))
    readings = engine.recognise([crop(patch, quad) for quad in quads])
    lines = []
    for quad, reading in zip(quads, readings, strict=True):
        if reading.text.strip():
            lines += cut_at_gaps(line_of(quad / scale + np.array([part.x0, part.y0]), reading))
    return lines


def _cut(image: Image, to_patch: Floats, size: tuple[int, int]) -> Image:
    """The patch of this size (width, height), averaged from the picture where it shrinks it."""
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64)
    at = apply(np.asarray(np.linalg.inv(to_patch)), corners)
    low = np.clip(np.floor(at.min(axis=0)).astype(int) - 2, 0, None)
    high = np.ceil(at.max(axis=0)).astype(int) + 2
    piece = image[low[1] : high[1], low[0] : high[0]]
    if piece.size == 0:
        return np.full((size[1], size[0], 3), 255, np.uint8)
    shift = np.array([[1, 0, low[0]], [0, 1, low[1]], [0, 0, 1]], np.float64)
    shrink = float(np.linalg.norm(at[1] - at[0])) / size[0]
    if shrink > 1.5:
        piece = shrunk(piece, 1 / shrink)
        shift = shift @ np.diag([shrink, shrink, 1.0])
    mode = cv2.BORDER_REPLICATE
    cut: Image = cv2.warpPerspective(piece, to_patch @ shift, size, flags=cv2.INTER_CUBIC, borderMode=mode)
    return cut


def merged(lines: Sequence[Line], fresh: Sequence[Line]) -> tuple[Line, ...]:
    """Lines with what was read again: where old and new readings lie on each other, those that say more, or the surer."""
    left, rest, done = list(lines), list(fresh), []
    while rest:
        new, old = [rest.pop()], []
        while more := [x for x in left if any(_one_place(x, n) for n in new)]:
            old += more
            left = [x for x in left if not any(x is m for m in more)]
            new += [x for x in rest if any(_one_place(x, m) for m in more)]
            rest = [x for x in rest if not any(x is n for n in new)]
        done += new if _better(new, old) else old
    return (*left, *done)


def _better(new: Sequence[Line], old: Sequence[Line]) -> bool:
    """What was surely read is given up only for a reading that holds all of it and more; a doubtful one for a surer one."""
    if not old:
        return True
    sure_new, sure_old = (min(_sure(x) for x in lines) for lines in (new, old))
    text_new, text_old = (_text(lines) for lines in (new, old))
    rest = iter(text_new)
    more = len(text_new) > len(text_old) or (len(new) == len(old) == 1 and _marked(new[0]) and not _marked(old[0]))
    if all(character in rest for character in text_old) and more:
        return sure_new >= min(sure_old - SLIGHTLY, SURE)
    return sure_old < SURE and sure_new > sure_old + SLIGHTLY


def _marked(line: Line) -> bool:
    """Whether a row ends with a mark of punctuation."""
    return line.text.rstrip()[-1:] in "，；：、。）"


def _sure(line: Line) -> float:
    """Confidence of the weakest letter or figure: specks are read as doubtful points."""
    each = [c for char, c in zip(line.text, line.confidences, strict=False) if char.isalnum()]
    return min(each, default=line.confidence)


def _text(lines: Sequence[Line]) -> str:
    """The letters and figures of lines, left to right."""
    return "".join(char for line in sorted(lines, key=lambda each: each.box.x0) for char in line.text if char.isalnum())


def _one_place(a: Line, b: Line) -> bool:
    smaller = min(a.box.width * a.box.height, b.box.width * b.box.height)
    return _shared(a.box, b.box) > SAME_PLACE * smaller


def _shared(a: Box, b: Box) -> float:
    return a.overlap_x(b) * a.overlap_y(b)


def _whole(box: Box, part: Box) -> bool:
    """Whether a line was seen whole: it does not touch the edge of the part."""
    return box.x0 > part.x0 + 1 and box.x1 < part.x1 - 1 and box.y0 > part.y0 + 1 and box.y1 < part.y1 - 1
