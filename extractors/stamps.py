"""Framed red stamps with a word or two in them (已注销, 作废, 已抵押, 业务专用章), set at any slant over print.

Their ink is told from black print by colour, so the word is read without the print under it, and the print without the word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import cv2
import numpy as np

from extractors.ink import LEAST, Mask, Red
from extractors.model import Box, Seal
from extractors.ocr import CROP_HEIGHT, Engine, Image
from extractors.straighten import Floats, apply

SHORTEST, LONGEST = 0.03, 0.35
"""Of a stamp's longer side, as shares of the picture's."""
SLIMMEST, SQUAREST = 7.0, 1.25
FRAMED = 0.7
"""Share of each side of a stamp's outline that must be inked."""
GAPS = (0.1, 0.13, 0.16, 0.19)
HOLLOW = 0.25
"""Where the gap between frame and words may lie, in shares of the stamp's height, and how much ink it may hold."""
READ = 0.6
_HAN = re.compile("[一-鿿]")


def places(red: Red, seals: Sequence[Box]) -> tuple[Floats, ...]:
    """The corners (4, 2), in pixels of the picture, of red frames that are none of the seals."""
    if cv2.countNonZero(red.mask) < LEAST:
        return ()
    mask, scale = red.mask.copy(), red.scale
    for seal in seals:
        x0, y0, x1, y1 = (int(v * scale) for v in (seal.x0, seal.y0, seal.x1, seal.y1))
        mask[max(0, y0 - 2) : y1 + 3, max(0, x0 - 2) : x1 + 3] = 0
    side = max(mask.shape)
    near = np.ones((max(3, side // 130),) * 2, np.uint8)
    outlines, _ = cv2.findContours(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, near), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines:
        rectangle = cv2.minAreaRect(outline)
        long, short = max(rectangle[1]), min(rectangle[1])
        if not SHORTEST * side <= long <= LONGEST * side or not SQUAREST <= long / max(1.0, short) <= SLIMMEST or short < 0.018 * side:
            continue
        corners = cv2.boxPoints(rectangle).astype(np.float64)
        if _framed(mask, corners):
            found.append(corners / scale)
    return tuple(found)


def _framed(mask: Mask, corners: Floats) -> bool:
    """Whether ink lies along all four sides, and hardly any between frame and words: red print itself has no such gap."""
    fat = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    short = min(float(np.linalg.norm(corners[1] - corners[0])), float(np.linalg.norm(corners[2] - corners[1])))
    sides = [(a, b) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    outline = [max(_inked(fat, a, b, corners, inset * short) for inset in (0.0, 0.03, 0.06)) for a, b in sides]
    long = sorted(sides, key=lambda side: -float(np.linalg.norm(side[1] - side[0])))[:2]
    gap = [min(_inked(mask, a, b, corners, inset * short) for inset in GAPS) for a, b in long]
    return min(outline) >= FRAMED and max(gap) <= HOLLOW


def _inked(mask: Mask, a: Floats, b: Floats, corners: Floats, inset: float) -> float:
    """Share of ink along a side, moved inwards by so many pixels, its ends left out."""
    inward = corners.mean(axis=0) - (a + b) / 2
    inward = inward / max(1.0, float(np.linalg.norm(inward))) * inset
    points = np.rint(a + (b - a) * np.linspace(0.08, 0.92, 60)[:, None] + inward).astype(int)
    x, y = points[:, 0].clip(0, mask.shape[1] - 1), points[:, 1].clip(0, mask.shape[0] - 1)
    return float(mask[y, x].mean())


def boxes(corners: Sequence[Floats]) -> tuple[Box, ...]:
    """The boxes, parallel to the picture's sides, around the stamps."""
    return tuple(Box(*(float(v) for v in (*each.min(axis=0), *each.max(axis=0)))) for each in corners)


def find(image: Image, to_sheet: Floats, engine: Engine, corners: Sequence[Floats]) -> tuple[Seal, ...]:
    """The stamps of which a word could be read, with boxes in sheet pixels. to_sheet: pixels of the picture → sheet pixels."""
    found = []
    for each in corners:
        on_sheet = apply(to_sheet, _upright(each, to_sheet))
        reading = engine.recognise([_ink(image, _upright(each, to_sheet))])[0]
        if reading.score >= READ and len(_HAN.findall(reading.text)) >= 2:
            (box,) = boxes([on_sheet])
            found.append(Seal(box, reading.text.strip(), round(min(reading.confidences), 3), "square"))
    return tuple(found)


def _upright(corners: Floats, to_sheet: Floats) -> Floats:
    """The corners clockwise from the one that is the upper left of the stamp as it lies on the sheet, long side across."""
    laid = apply(to_sheet, corners)
    ways = [np.roll(np.arange(4), -k) for k in range(4)]
    along = [laid[way][1] - laid[way][0] for way in ways]
    across = [np.linalg.norm(laid[way][2] - laid[way][1]) for way in ways]
    fits = [k for k in range(4) if np.linalg.norm(along[k]) >= across[k]]
    best = max(fits or range(4), key=lambda k: along[k][0])
    return np.asarray(corners[ways[best]])


def _ink(image: Image, corners: Floats) -> Image:
    """The stamp's inside as a strip, red ink dark on white, everything else white."""
    width = float(np.linalg.norm(corners[1] - corners[0]))
    height = max(1.0, float(np.linalg.norm(corners[3] - corners[0])))
    inner = 1.35 * CROP_HEIGHT
    size = (max(8, round(width * inner / height)), round(inner))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    patch = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    edge = round((inner - CROP_HEIGHT) / 2)
    patch = patch[edge:-edge, edge:-edge].astype(np.int16)
    redness = np.clip(patch[:, :, 2] - (patch[:, :, 0] + patch[:, :, 1]) // 2, 0, 255)
    top = max(40.0, float(np.percentile(redness, 97)))
    grey: Image = cv2.cvtColor(np.clip(255 - redness * (255.0 / top), 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    return grey
