"""Dashes in the empty cells of a table on a picture: a stroke too short for the text detector, told by its form alone."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from extractors.model import Bend, Box, Line
from extractors.ocr import Image
from extractors.reading import crop
from extractors.straighten import Floats, apply
from extractors.unbend import bent_points

LEAST_CONTRAST, CLEAR_CONTRAST = 30, 60
"""Levels (of 255) that a stroke is darker than the paper; from the second on it is no shadow or show-through."""
CLEAR, FAINT = 0.95, 0.8
"""Confidence of a dash that stands out and of one that hardly does."""
SHORTEST, LONGEST, THICKEST = 0.14, 1.6, 0.2
"""Of a dash, in heights of the cell's strip."""
FLAT = 2.2
"""A dash is so many times as long as thick."""
SPECK = 0.12
"""Dark spots of less width and height (in heights of the strip) are dirt."""


def found_in(cells: Sequence[Box], image: Image, matrix: Floats, bend: Bend) -> list[Line]:
    """A line `-` for each of the cells (sheet pixels) in which there is one stroke and nothing else. matrix: as in `closer.again`."""
    back = np.asarray(np.linalg.inv(matrix))
    lines = []
    for box in cells:
        corners = np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]])
        strip = crop(image, apply(back, bent_points(bend, corners) if bend else corners).astype(np.float32))
        seen = stroke(cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY))
        if seen is not None:
            (x0, x1), sure = seen
            x0, x1 = box.x0 + x0 * box.width, box.x0 + x1 * box.width
            lines.append(Line("-", Box(x0, box.y0, x1, box.y1), sure, (x0, x1), (sure,), ("",)))
    return lines


def stroke(strip: Image) -> tuple[tuple[float, float], float] | None:
    """Where the one short level stroke of a strip (h, w) uint8 lies along it (0..1), and how sure it is one; None for anything else."""
    height, width = strip.shape
    # The paper's own level, column by column: a shadow may lie across the cell.
    paper = np.median(strip, axis=0)
    darker = np.clip(paper[None, :] - strip.astype(np.float64), 0, 255)
    inner = darker[round(0.15 * height) : round(0.85 * height)]
    contrast = float(inner.max(initial=0.0))
    if contrast < LEAST_CONTRAST:
        return None
    count, _, boxes, _ = cv2.connectedComponentsWithStats((darker > contrast / 2).astype(np.uint8), connectivity=8)
    spots = [spot for spot in boxes[1:count].tolist() if max(spot[2], spot[3]) >= SPECK * height and not _at_edge(spot, height)]
    if len(spots) != 1:
        return None
    x, y, w, h, _ = spots[0]
    level = 0.25 * height < y + h / 2 < 0.75 * height
    if not (level and SHORTEST * height <= w <= LONGEST * height and h <= THICKEST * height and w >= FLAT * h):
        return None
    return (x / width, (x + w) / width), CLEAR if contrast >= CLEAR_CONTRAST else FAINT


def _at_edge(spot: Sequence[int], height: int) -> bool:
    """Whether a spot is a rule along the strip's upper or lower edge, or the foot or head of what stands in the next row."""
    y, h = spot[1], spot[3]
    return h < 0.3 * height and (y <= 1 or y + h >= height - 1)
