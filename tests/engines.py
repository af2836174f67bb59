"""Engines for tests: one that reads pages painted with coloured bars, and engines that crash, hang, return garbage or nothing.

A painted page stands for a photographed one: each line of text is a bar whose green value is the line's number and whose blue value
falls from its beginning to its end. `Painted` finds the bars by their pixels, as a detector would, and reads them by their colour, and
only when they are handed to it the right way up. So all that lies between (regions, turning, straightening, cutting crops, evidence)
is the real thing, in milliseconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr import EMPTY, Image, Quads, Reading, _clockwise

BEGINNING, END = 255, 120
"""Blue of a bar's first and of its second half."""
UPSIDE_DOWN = Reading("口口口", (0.2, 0.5, 0.8), (0.31, 0.3, 0.32), ("", "", ""))
"""What the recogniser makes of a line on its head: little, and doubtful."""
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of text on a page yet flat: where it begins (upper left), its size, in paper units, and what it says."""

    text: str
    x: float
    y: float
    width: float
    height: float = 30.0

    def corners(self) -> Matrix:
        """(4, 2), clockwise from the beginning."""
        x1, y1 = self.x + self.width, self.y + self.height
        return np.array([[self.x, self.y], [x1, self.y], [x1, y1], [self.x, y1]], np.float64)


def through(matrix: Matrix, points: Matrix) -> Matrix:
    """(n, 2) points through a 3x3 homography."""
    mapped = np.c_[points, np.ones(len(points))] @ matrix.T
    return mapped[:, :2] / mapped[:, 2:]


def paint(bars: Sequence[Bar], size: tuple[int, int], matrix: Matrix | None = None, onto: Image | None = None, first: int = 0) -> Image:
    """A white picture (width, height) with the bars laid through the homography paper → picture; `first`: the number of the first."""
    picture = np.full((size[1], size[0], 3), 255, np.uint8) if onto is None else onto
    matrix = np.eye(3) if matrix is None else matrix
    for n, bar in enumerate(bars, first):
        corners = bar.corners()
        middle = (corners[[0, 3]] + corners[[1, 2]]) / 2
        halves = np.stack([corners[0], middle[0], middle[1], corners[3]]), np.stack([middle[0], corners[1], corners[2], middle[1]])
        for half, blue in zip(halves, (BEGINNING, END), strict=True):
            cv2.fillPoly(picture, [through(matrix, half).round().astype(np.int32)], (blue, n, 0))
    return picture


@dataclass
class Painted:
    """Reads painted pages. `texts`: what the bar of each number says. `asked`: the sizes at which detection was wanted."""

    texts: Sequence[str]
    doubtful: Mapping[str, float] = field(default_factory=dict)
    asked: list[tuple[int, int, int]] = field(default_factory=list)
    recognised: int = 0

    def detect(self, image: Image, long_side: int) -> Quads:
        """The smallest rectangle around the pixels of each bar, in the order of their numbers."""
        self.asked.append((image.shape[1], image.shape[0], long_side))
        ink = image[:, :, 2] == 0
        found = []
        for number in np.unique(image[:, :, 1][ink]):
            at = np.argwhere(ink & (image[:, :, 1] == number))[:, ::-1].astype(np.float32)
            if len(at) >= 12:
                found.append(_clockwise(cv2.boxPoints(cv2.minAreaRect(at))))
        return np.array(found, np.float32).reshape(-1, 4, 2)

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        """The text of each bar, by its colour; `UPSIDE_DOWN` for one on its head, nothing for white."""
        self.recognised += len(crops)
        return [self._read(crop) for crop in crops]

    def _read(self, crop: Image) -> Reading:
        height, width = crop.shape[:2]
        level = slice(height // 3, max(height // 3 + 1, 2 * height // 3))
        blue, green, red = (np.median(crop[level, :, channel], axis=0) for channel in range(3))
        if red[width // 2] > 60 or width < 4:
            return EMPTY
        if blue[width // 5] < blue[-1 - width // 5]:
            return UPSIDE_DOWN
        number = round(float(np.median(green[width // 4 : max(width // 4 + 1, 3 * width // 4)])))
        return reading(self.texts[number], self.doubtful)


def reading(text: str, doubtful: Mapping[str, float] | None = None) -> Reading:
    """A sure reading of a text whose characters are equally wide; `doubtful`: confidences of single characters."""
    n = len(text)
    return Reading(text, tuple((i + 0.5) / n for i in range(n)), tuple((doubtful or {}).get(c, 0.99) for c in text), ("",) * n)


def texts_of(bars: Sequence[Bar]) -> list[str]:
    """What the bars say."""
    return [bar.text for bar in bars]


class Blind:
    """Finds no text on any picture."""

    def detect(self, image: Image, long_side: int) -> Quads:
        """No quads."""
        return np.zeros((0, 4, 2), np.float32)

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        """Nothing in any crop."""
        return [EMPTY] * len(crops)


class Mute:
    """Finds text and can read none of it."""

    def detect(self, image: Image, long_side: int) -> Quads:
        """A few quads in the middle of the picture."""
        height, width = image.shape[:2]
        rows = [height * share for share in (0.2, 0.4, 0.6)]
        return np.array([[[width * 0.1, y], [width * 0.9, y], [width * 0.9, y + 20], [width * 0.1, y + 20]] for y in rows], np.float32)

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        """Nothing in any crop."""
        return [EMPTY] * len(crops)


class Garbling:
    """Finds quads that reach over the page's edges, or have no area, and reads noise in them."""

    def detect(self, image: Image, long_side: int) -> Quads:
        """Quads without area, outside of the picture, larger than it, and crossing themselves."""
        height, width = image.shape[:2]
        return np.array(
            [
                [[0, 0], [0, 0], [0, 0], [0, 0]],
                [[-500, -500], [-400, -500], [-400, -480], [-500, -480]],
                [[-width, -height], [2 * width, -height], [2 * width, 2 * height], [-width, 2 * height]],
                [[10, 10], [200, 40], [10, 40], [200, 10]],
                [[5, 5], [width - 5, 5], [width - 5, 40], [5, 40]],
            ],
            np.float32,
        )

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        """Noise: control characters, an endless number, one half of a surrogate pair's neighbours, a label without its value."""
        noise = ("\u0000\u200b\ufeff", "9" * 400, "：：：///..--", "公民身份号码", "￥－∞²½㍿", " ")
        return [reading(noise[n % len(noise)], {"9": 0.2}) for n in range(len(crops))]


@dataclass
class Crashing:
    """Works like `inner` until the call of this number (counted from 1) for detection, then fails as a native library would."""

    inner: Painted | Blind
    at: int = 1
    error: Callable[[], Exception] = lambda: RuntimeError("onnxruntime: bad allocation")
    calls: int = 0

    def detect(self, image: Image, long_side: int) -> Quads:
        """The inner engine's quads, or the error."""
        self.calls += 1
        if self.calls == self.at:
            raise self.error()
        return self.inner.detect(image, long_side)

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        """As the inner engine."""
        return self.inner.recognise(crops)


class Hanging:
    """Never comes back from detection by itself; an interrupt ends it."""

    def detect(self, image: Image, long_side: int) -> Quads:
        """Sleeps for ever."""
        while True:
            time.sleep(0.05)

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        """Never asked."""
        raise AssertionError("nothing was detected")
