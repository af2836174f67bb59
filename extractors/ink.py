"""The red ink of a picture, looked for once for all that is printed in it: seals, stamps, and the words in them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.pixels import Image, halved

WORK_SIDE = 1200
LEAST = 80
"""Pixels of the smallest seal's or stamp's rim at that size; with fewer red ones, there is none."""
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Red:
    """Where red ink is: (h, w) uint8 0/1 of the picture reduced to WORK_SIDE, `scale` times as large as the picture; and that
    reduced picture (h, w, 3) itself."""

    mask: Mask
    scale: float
    reduced: Image


def red_on(image: Image) -> Red:
    """The red ink of a picture (h, w, 3) uint8 BGR."""
    height, width = image.shape[:2]
    scale = min(1.0, WORK_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Not averaged at uneven scales: for areas of colour it need not be exact, and would cost as much as all that is done with it.
    reduced = cv2.resize(halved(image, size), size, interpolation=cv2.INTER_LINEAR) if scale < 1 else image
    return Red(red_mask(reduced), scale, reduced)


def red_mask(image: Image) -> Mask:
    """(h, w) uint8 0/1: pixels of red ink, also pale or pinkish."""
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    orange, purple = cv2.inRange(hsv, (0, 55, 60), (9, 255, 255)), cv2.inRange(hsv, (162, 55, 60), (255, 255, 255))
    red: Mask = (orange | purple) & 1
    return red
