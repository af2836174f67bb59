"""Pictures made smaller: the one place that knows that a picture may be one pixel wide."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


def shrunk(image: Image, factor: float) -> Image:
    """The picture (h, w) or (h, w, 3) with its sides multiplied by `factor` (below 1); at least one pixel each way."""
    height, width = image.shape[:2]
    return resized(image, (max(1, round(width * factor)), max(1, round(height * factor))))


def resized(image: Image, size: tuple[int, int]) -> Image:
    """The picture (h, w) or (h, w, 3) as wide and high as `size`, which is smaller, averaged."""
    image = halved(image, size)
    return image if image.shape[1::-1] == size else cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def halved(image: Image, size: tuple[int, int]) -> Image:
    """The picture (h, w) or (h, w, 3), averaged to half its sides while it stays as large as `size` (width, height): a tenth of what
    averaging at an uneven scale costs."""
    while image.shape[1] >= 2 * size[0] and image.shape[0] >= 2 * size[1]:
        half = image.shape[1] // 2, image.shape[0] // 2
        image = cv2.resize(image[: 2 * half[1], : 2 * half[0]], half, interpolation=cv2.INTER_AREA)
    return image


def percentiles(values: NDArray[np.integer[Any]], *shares: float) -> tuple[float, ...]:
    """The values below which these percents of many small whole numbers (0 and above) lie, by counting them: sorting costs ten
    times as much."""
    reached = np.cumsum(np.bincount(values.ravel()))
    return tuple(float(np.searchsorted(reached, share / 100 * (reached[-1] - 1), side="right")) for share in shares)
