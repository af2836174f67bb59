"""Printed table lines on a picture, as thin boxes on the upright sheet. Only for types that ask for them."""

from __future__ import annotations

import cv2
import numpy as np

from extractors.model import Bend, Box, Rule
from extractors.ocr import Image
from extractors.straighten import Floats, apply
from extractors.unbend import bent_points

WORK_SIDE = 1500
SOLID = 0.84
"""A rule is dark along this part of its length; a line of print is not."""
MESH = 16
"""Pixels between the points for which a bend is worked out; it is smooth in between."""


def find(image: Image, to_sheet: Floats, width: float, height: float, bend: Bend = ()) -> tuple[Rule, ...]:
    """Straight dark lines longer than a twentieth of the sheet, horizontal and vertical, in sheet pixels.

    image: (h, w, 3) uint8 BGR as uploaded; to_sheet: homography page pixels → sheet pixels of a `width` x `height` sheet; bend: as
    in `Sheet`.
    """
    scale = min(1.0, WORK_SIDE / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    warp = np.diag([scale, scale, 1.0]) @ to_sheet
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if bend:
        flat = _flattened(grey, to_sheet, bend, scale, size)
    else:
        flat = cv2.warpPerspective(grey, warp, size, flags=cv2.INTER_AREA, borderValue=(255,))
    dark = cv2.adaptiveThreshold(flat, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    return tuple(
        Rule(Box(x0 / scale, y0 / scale, x1 / scale, y1 / scale), vertical)
        for vertical in (False, True)
        for x0, y0, x1, y1 in _lying(dark if not vertical else np.ascontiguousarray(dark.T), vertical)
    )


def _lying(dark: Image, turned: bool) -> list[tuple[float, float, float, float]]:
    """x0, y0, x1, y1 of the horizontal rules of a picture of dark spots (0, 1); `turned`: of its mirror image along the diagonal.

    Runs are bridged, so that a broken rule is one; then lines of dense print are runs too. They are told by their gaps.
    """
    length = max(20, dark.shape[1] // 25)
    bridged = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((3, 7), np.uint8))
    runs = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    printed, thick = cv2.bitwise_and(dark, runs), cv2.dilate(dark, np.ones((3, 1), np.uint8))
    found = []
    for x, y, w, h, area in stats[1:count].tolist():
        if w < length or h > max(8, w // 12):
            continue
        if cv2.countNonZero(printed[y : y + h, x : x + w]) < SOLID * area:  # print, or a rule and print that touches it
            along = cv2.reduce(thick[y : y + h, x : x + w], 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
            best = int(along.argmax())
            if along[best, 0] < SOLID * w:
                continue
            y, h = y + max(0, best - 1), 3
        found.append((y, x, y + h, x + w) if turned else (x, y, x + w, y + h))
    return found


def _flattened(grey: Image, to_sheet: Floats, bend: Bend, scale: float, size: tuple[int, int]) -> Image:
    """The picture as the flattened sheet shows it, at this scale and size (width, height)."""
    across, down = (np.arange(0, side + MESH, MESH, dtype=np.float64) for side in size)
    mesh = np.stack(np.meshgrid(across, down), axis=-1) / scale
    at = apply(np.asarray(np.linalg.inv(to_sheet)), bent_points(bend, mesh)).astype(np.float32)
    to_mesh = np.array([[1 / MESH, 0, 0], [0, 1 / MESH, 0]], np.float32)
    whole = cv2.warpAffine(at, to_mesh, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
    flat: Image = cv2.remap(grey, whole, None, cv2.INTER_LINEAR, borderValue=(255,))
    return flat
