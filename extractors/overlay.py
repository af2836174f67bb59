"""Coloured words laid across a picture (此复印件仅限申请贷款使用): lifted by their colour, so that the print under them can be read.

Such words are mixed into what lies under them. A mixture takes from the brightest of the three channels in proportion to the colour it
adds, on paper and on print alike: giving that share back leaves grey paper and grey print.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.marks import is_copy_mark
from extractors.model import Sheet
from extractors.pixels import Image, shrunk
from extractors.straighten import Floats, apply

LEAST_COLOUR = 22
"""Of a pixel, as the difference between its brightest and darkest channel, that is more than the light's own tint."""
LEAST_SHARE = 0.004
"""Of the text's area that the words cover; less than this hides nothing."""
PALE = 0.6
"""Share of the paper's brightness below which a coloured pixel is ink (a pen's blue), not a veil over paper."""


def is_marked(sheets: Sequence[Sheet]) -> bool:
    """Whether a copy's mark lies across what was read: two or more pieces of it, and lines that were read badly."""
    lines = [line for sheet in sheets for line in sheet.lines]
    marks = [line for line in lines if is_copy_mark(line.text) and "SPECIMEN" not in line.text]
    return len(marks) >= 2 and any(line.confidence < 0.9 for line in lines)


def worth(sheets: Sequence[Sheet]) -> float:
    """How much was read besides marks: surely read characters count half a point, guessed ones nothing."""
    read = [line for sheet in sheets for line in sheet.lines if not is_copy_mark(line.text)]
    return sum(max(0.0, c - 0.5) for line in read for c in line.confidences)


def lifted(image: Image, within: Sequence[Floats]) -> Image | None:
    """The picture (h, w, 3) uint8 BGR in grey without pale colours; `within`: polygons (n, 2) in its pixels around its text. None where
    there are none worth lifting."""
    inside = _filled(image, within)
    if not inside.any():
        return None
    light = image.max(axis=2)
    brightest = light.astype(np.float32)
    colour = brightest - image.min(axis=2)
    paper = _paper(light)
    colour = np.clip(colour - float(np.median(colour[inside])), 0, None)
    veil = inside & (colour > LEAST_COLOUR) & (brightest > PALE * paper)
    if float(veil.sum()) < LEAST_SHARE * float(inside.sum()):
        return None
    share = float(np.median((paper[veil] - brightest[veil]) / colour[veil]))
    grey = np.clip(np.minimum(brightest + max(0.0, share) * colour, paper), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))


def _filled(image: Image, within: Sequence[Floats]) -> NDArray[np.bool_]:
    filled = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(filled, [np.round(polygon).astype(np.int32) for polygon in within], 1)
    return filled > 0


def _paper(brightest: Image) -> NDArray[np.float32]:
    """How bright the paper is at each pixel: the brightest nearby, smooth."""
    height, width = brightest.shape
    reach = max(15, max(height, width) // 60) // 4 + 1
    small = shrunk(brightest, 0.25)
    smooth = cv2.GaussianBlur(cv2.dilate(small, np.ones((reach, reach), np.uint8)), (0, 0), reach)
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def around(sheet: Sheet, to_sheet: Floats) -> Floats:
    """The corners (4, 2), in pixels of the picture, of the box around a sheet's lines. to_sheet: picture pixels → sheet pixels."""
    lines = sheet.lines
    x0, y0 = min(x.box.x0 for x in lines), min(x.box.y0 for x in lines)
    x1, y1 = max(x.box.x1 for x in lines), max(x.box.y1 for x in lines)
    return apply(np.asarray(np.linalg.inv(to_sheet)), np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]))
