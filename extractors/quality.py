"""Can this picture be read at all, and is it an original: from the pixels and from how well the recogniser did.

A page is called unreadable only when its text really did not come out; the cause is then looked for in the pixels, so that the
broker is told what to do differently. Thresholds were set on the tuning part of the specimens (docs/decisions/0005).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.model import Line, Quality, Sheet

Image = NDArray[np.uint8]

READABLE_SCORE = 0.80
"""Mean character confidence of a page below which it counts as not readable."""
FEW_CHARACTERS = 8
DARK = 70.0
BLURRED = 60.0
SMALL_PX = 11.0
GLARE_SHARE = 0.012
COLOURLESS = 14.0
MOIRE = 9.0


def assess(image: Image, sheets: Sequence[Sheet]) -> Quality:
    """Quality of one picture (h, w, 3) uint8 BGR with the sheets that were read from it."""
    lines = [line for sheet in sheets for line in sheet.lines]
    characters = sum(len(line.text) for line in lines)
    reduced = _reduced(image, 1000)
    grey = cv2.cvtColor(reduced, cv2.COLOR_BGR2GRAY)
    measures = {
        "characters": float(characters),
        "score": round(_score(lines), 3),
        "text_px": round(_text_height(lines), 1),
        "brightness": round(float(np.percentile(grey, 75)), 1),
        "sharpness": round(_sharpness(grey), 1),
        "glare": round(_glare(grey), 4),
        "colour": round(float(np.percentile(cv2.cvtColor(reduced, cv2.COLOR_BGR2HSV)[:, :, 1], 97)), 1),
        "moire": round(_moire(image), 1),
        "cut": round(_cut_lines(sheets), 3),
    }
    return Quality(_unreadable(measures, float(grey.std())), _warnings(measures), measures)


def _unreadable(m: dict[str, float], spread: float) -> tuple[str, ...]:
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
    if m["colour"] < COLOURLESS:
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
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image


def _score(lines: Sequence[Line]) -> float:
    values = [c for line in lines for c in (line.confidences or (line.confidence,) * len(line.text))]
    return float(np.mean(values)) if values else 0.0


def _text_height(lines: Sequence[Line]) -> float:
    return float(np.median([line.box.height for line in lines])) / 1.4 if lines else 0.0


def _sharpness(grey: NDArray[np.uint8]) -> float:
    """Strength of the sharpest twentieth of the edges, relative to the contrast of the picture (0..~400)."""
    contrast = max(20.0, float(np.percentile(grey, 98)) - float(np.percentile(grey, 2)))
    edges = np.abs(cv2.Laplacian(grey, cv2.CV_32F, ksize=3))
    return float(np.percentile(edges, 97)) / contrast * 255


def _glare(grey: NDArray[np.uint8]) -> float:
    """Share of the picture in burnt-out blobs that are much brighter than the paper around them; 0 on evenly white scans."""
    burnt = (grey >= 252).astype(np.uint8)
    if burnt.mean() > 0.35 or float(np.percentile(grey, 60)) > 240:
        return 0.0
    opened = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    return float(opened.mean())


def _moire(image: Image) -> float:
    """Strongest lone peak in the middle frequencies over their median level: the grid of a screen beats with the sensor's."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    h, w = grey.shape
    side = min(512, h, w)
    if side < 256:
        return 0.0
    patch = grey[(h - side) // 2 : (h + side) // 2, (w - side) // 2 : (w + side) // 2].astype(np.float32)
    patch = patch - cv2.GaussianBlur(patch, (0, 0), 3)
    window = np.outer(np.hanning(patch.shape[0]), np.hanning(patch.shape[1])).astype(np.float32)
    spectrum = np.abs(np.fft.fftshift(np.fft.fft2(patch * window)))
    centre = np.array(spectrum.shape) // 2
    yy, xx = np.ogrid[: spectrum.shape[0], : spectrum.shape[1]]
    dy, dx = np.abs(yy - centre[0]), np.abs(xx - centre[1])
    radius = np.hypot(dy, dx) / side
    ring = (radius > 0.12) & (radius < 0.48) & (dx > 6) & (dy > 6)
    values = spectrum[ring]
    return float(np.partition(values, -8)[-8] / (np.median(values) * 4 + 1e-6))


def _cut_lines(sheets: Sequence[Sheet]) -> float:
    """Share of lines that touch the left or right edge of the page: text that was cut off."""
    touching = total = 0
    for sheet in sheets:
        for line in sheet.lines:
            box = sheet.evidence(line.box).box
            total += 1
            touching += box.x0 <= 0.002 or box.x1 >= 0.998
    return touching / total if total else 0.0
