"""Can this picture be read at all, and is it an original: from the pixels and from how well the recogniser did.

A page is called unreadable only when its text really did not come out; the cause is then looked for in the pixels, so that the
broker is told what to do differently. Thresholds were set on the tuning part of the specimens (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import Line, Quality, Sheet
from extractors.pixels import percentiles, shrunk

Image = NDArray[np.uint8]

READABLE_SCORE = 0.80
"""Mean character confidence of a page below which it counts as not readable."""
FEW_CHARACTERS = 8
DARK = 70.0
BLURRED = 60.0
SMALL_PX = 11.0
GLARE_SHARE = 0.012
CUT_OFF = 0.45
"""Share of lines running over the picture's edge from which so much is missing that the page is to be taken again."""
COLOURLESS = 14.0
INKED_SHARE = 0.0004
"""Of the picture in plainly coloured ink from which it is no photocopy, however little of it is coloured (a small seal)."""
PLAINLY = 60
PATCH = 256
_RADIUS = np.hypot(*np.meshgrid(*[np.arange(PATCH) - PATCH // 2] * 2)) / PATCH
_RING = (_RADIUS > 0.12) & (_RADIUS < 0.49)
_WINDOW = np.outer(np.hanning(PATCH), np.hanning(PATCH)).astype(np.float32)
REDUCED = 1000
"""Long side of the picture on which all but the moiré is measured."""
MOIRE = 25.0
"""Print in even rows reaches 18, photographed screens 30 to 60."""


def assess(image: Image, sheets: Sequence[Sheet], smaller: Image | None = None) -> Quality:
    """Quality of one picture (h, w, 3) uint8 BGR with the sheets that were read from it. `smaller`: the picture reduced to no less
    than REDUCED, where there is one already."""
    lines = [line for sheet in sheets for line in sheet.lines]
    characters = sum(len(line.text) for line in lines)
    reduced = _reduced(image if smaller is None else smaller, REDUCED)
    grey = cv2.cvtColor(reduced, cv2.COLOR_BGR2GRAY)
    measures = {
        "characters": float(characters),
        "score": round(_score(lines), 3),
        "text_px": round(_text_height(lines), 1),
        "brightness": round(percentiles(grey, 75)[0], 1),
        "sharpness": round(_sharpness(grey), 1),
        "glare": round(_glare(grey), 4),
        "colour": round(percentiles(cv2.cvtColor(reduced, cv2.COLOR_BGR2HSV)[:, :, 1], 97)[0], 1),
        "inked": round(_inked(reduced), 5),
        "moire": round(_moire(image), 1),
        "cut": round(_cut_lines(sheets), 3),
    }
    return Quality(_unreadable(measures, float(grey.std())), _warnings(measures), measures)


def _unreadable(m: dict[str, float], spread: float) -> tuple[str, ...]:
    if m["cut"] >= CUT_OFF and m["characters"]:
        return ("cropped",)
    if m["characters"] == 0 and spread < 12:
        return ("dark",) if m["brightness"] < DARK else ("blank",)
    if m["characters"] >= FEW_CHARACTERS and m["score"] >= READABLE_SCORE:
        return ()
    if m["characters"] and m["score"] >= 0.93:
        return ()  # a few words, well read: a cover, a picture with a caption
    causes = []
    if m["brightness"] < DARK:
        causes.append("dark")
    if m["glare"] > GLARE_SHARE:
        causes.append("glare")
    if m["sharpness"] < BLURRED:
        causes.append("blurred")
    if m["characters"] and m["text_px"] < SMALL_PX:
        causes.append("small")
    return tuple(causes) or (("blurred",) if m["characters"] else ("blank",))


def _warnings(m: dict[str, float]) -> tuple[str, ...]:
    found = []
    if m["colour"] < COLOURLESS and m["inked"] < INKED_SHARE:
        found.append("photocopy")
    if m["moire"] > MOIRE:
        found.append("screen_capture")
    if m["glare"] > GLARE_SHARE:
        found.append("glare")
    if m["cut"] > 0.15:
        found.append("cropped")
    if m["characters"] and m["text_px"] < SMALL_PX:
        found.append("small")
    return tuple(found)


def _reduced(image: Image, side: int) -> Image:
    scale = side / max(image.shape[:2])
    return shrunk(image, scale) if scale < 1 else image


def _score(lines: Sequence[Line]) -> float:
    values = [c for line in lines for c in (line.confidences or (line.confidence,) * len(line.text))]
    return float(np.mean(values)) if values else 0.0


def _text_height(lines: Sequence[Line]) -> float:
    return float(np.median([line.box.height for line in lines])) / 1.4 if lines else 0.0


def _inked(image: Image) -> float:
    """Share of the picture in strokes of plain colour: its channels are far apart, which no grey copy's are."""
    spread = image.max(axis=2) - image.min(axis=2)
    return float((spread > PLAINLY).mean())


def _sharpness(grey: NDArray[np.uint8]) -> float:
    """Strength of the sharpest twentieth of the edges, relative to the contrast of the picture (0..~400)."""
    dark, light = percentiles(grey, 2, 98)
    edges = np.abs(cv2.Laplacian(grey, cv2.CV_16S, ksize=3))
    return percentiles(edges, 97)[0] / max(20.0, light - dark) * 255


def _glare(grey: NDArray[np.uint8]) -> float:
    """Share of the picture in burnt-out blobs that are much brighter than the paper around them; 0 on evenly white scans."""
    burnt = (grey >= 252).astype(np.uint8)
    if burnt.mean() > 0.35 or percentiles(grey, 60)[0] > 240:
        return 0.0
    opened = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    return float(opened.mean())


def _moire(image: Image) -> float:
    """How far a grid stands out that is the same all over the picture: a screen's pixels beating with the sensor's.

    Spectra of seven patches are held against each other: print differs from patch to patch, a grid does not.
    """
    h, w = image.shape[:2]
    side = PATCH
    if min(h, w) < side:
        return 0.0
    spectra = []
    for cy, cx in ((2, 2), (1, 1), (1, 3), (3, 1), (3, 3), (2, 1), (2, 3)):
        y, x = (min(max(0, size * at // 4 - side // 2), size - side) for size, at in ((h, cy), (w, cx)))
        patch = cv2.cvtColor(image[y : y + side, x : x + side], cv2.COLOR_BGR2GRAY).astype(np.float32)
        patch -= cv2.GaussianBlur(patch, (0, 0), 3)
        if patch.std() >= 0.5:
            spectrum = cv2.magnitude(*cv2.split(cv2.dft(patch * _WINDOW, flags=cv2.DFT_COMPLEX_OUTPUT)))
            spectra.append(np.fft.fftshift(spectrum / np.float32(np.median(spectrum[: PATCH // 2]) + 1e-6)))
    if len(spectra) < 4:
        return 0.0
    common = _third_lowest_tenth(spectra)
    peaks = common / (cv2.blur(common, (21, 21)) + 0.05)
    return float(np.partition(peaks[_RING], -4)[-4])


def _third_lowest_tenth(stack: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The 0.3 quantile over four to seven pictures, place by place; np.quantile takes thirty times as long."""
    at = 0.3 * (len(stack) - 1)
    lowest = [np.full_like(stack[0], np.inf) for _ in range(int(at) + 2)]
    for each in stack:
        rising = each
        for n, low in enumerate(lowest):
            lowest[n], rising = np.minimum(low, rising), np.maximum(low, rising)
    low, next_low = lowest[-2:]
    return np.asarray(low + (at - int(at)) * (next_low - low), np.float32)


def _cut_lines(sheets: Sequence[Sheet]) -> float:
    """Share of lines that touch the left or right edge of the page: text that was cut off."""
    touching = total = 0
    for sheet in sheets:
        for line in sheet.lines:
            box = sheet.evidence(line.box).box
            total += 1
            touching += box.x0 <= 0.002 or box.x1 >= 0.998
    return touching / total if total else 0.0
