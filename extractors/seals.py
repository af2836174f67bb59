"""Red seals on a picture: where, what shape, and the text along the rim as far as it can be read.

Red ink is told from black print by colour alone, so a seal over text is read without the text. The rim is unrolled from its
largest empty arc (the foot of the seal, however the seal was turned) into a strip that the recogniser reads like any line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from extractors.ink import LEAST, Mask, Red, red_mask
from extractors.model import Box, Seal
from extractors.ocr import Engine, Image, Reading
from extractors.pixels import shrunk
from extractors.straighten import Floats, apply

distance = Levenshtein.distance
WORDS_AT = (0.4, 0.54)
"""Between star and rim, as shares of the outer radius: ink stands there where words go across the seal, however it was turned."""
WORDS_ACROSS = 0.05
"""Share of ink there in the fullest twelfth: 0.0 on seals without such words, 0.07 and more on seals with them."""
BANDS = ((0.58, 0.93), (0.66, 0.97))
"""Where the rim's text lies, as shares of the outer radius; the first that reads well is taken, else the best."""
USUAL = (
    "人力资源部", "人力资源专用章", "人事专用章", "人事行政部", "财务专用章", "合同专用章", "业务专用章", "发票专用章", "行政专用章",
    "证明专用章", "不动产登记专用章", "登记专用章", "综合管理部", "综合办公室", "组织人事部", "人事部", "财务部", "行政部", "办公室",
)  # fmt: skip
NEARLY = 0.85
"""Highest confidence of a seal whose words across were only nearly read."""
WELL_READ = 0.97


def places(red: Red) -> tuple[Box, ...]:
    """Boxes of the red seals on a picture, in its pixels. Costs some milliseconds: nothing is read."""
    if cv2.countNonZero(red.mask) < LEAST:
        return ()
    return tuple(Box(*(v / red.scale for v in (box.x0, box.y0, box.x1, box.y1))) for box in _blobs(red.mask))


def without_ink(image: Image, boxes: Sequence[Box]) -> Image:
    """A copy in which the red ink inside the boxes is gone and black print under it stays: what a seal covers can be read.

    Elsewhere red stays: figures in red are figures.
    """
    clean = image.copy()
    for box in boxes:
        margin = 0.06 * box.width
        x0, y0 = max(0, int(box.x0 - margin)), max(0, int(box.y0 - margin))
        patch = clean[y0 : int(box.y1 + margin) + 1, x0 : int(box.x1 + margin) + 1]
        red, ink = patch[:, :, 2].astype(np.float32), red_mask(patch) > 0
        if not ink.any():
            continue
        paper, dark = float(np.percentile(red, 85)), float(np.percentile(red, 0.5))
        light = max(dark + 20, float(np.percentile(red[ink], 30)))  # as light as most of the ink is in the red channel
        grey = np.clip((red - dark) / (light - dark), 0, 1) * (paper - dark) + dark
        colour = np.percentile(patch.reshape(-1, 3), 85, axis=0) / max(1.0, paper)
        lifted = np.clip(grey[:, :, None] * colour, 0, 255)  # in the paper's colour, and only where ink is: an edge hides text
        share = _around(ink, max(2, round(box.width / 60)))[:, :, None]
        patch[:] = (share * lifted + (1 - share) * patch).astype(np.uint8)
    return clean


def _around(ink: NDArray[np.bool_], reach: int) -> NDArray[np.float32]:
    """(h, w) 1 on the ink and `reach` pixels around it, falling off to 0 beyond."""
    fat = cv2.dilate(ink.astype(np.float32), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    soft = cv2.GaussianBlur(fat, (0, 0), reach)
    return np.asarray(np.maximum(soft, fat), dtype=np.float32)


def find(image: Image, to_sheet: Floats, engine: Engine, boxes: Sequence[Box]) -> tuple[Seal, ...]:
    """The seals at these places of a picture, largest first, read, with boxes in sheet pixels."""
    found = []
    for at in boxes:
        shape = _shape(at)
        text, confidence = read(image, at, engine)
        corners = apply(to_sheet, np.array([[at.x0, at.y0], [at.x1, at.y0], [at.x1, at.y1], [at.x0, at.y1]]))
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        found.append(Seal(Box(float(x0), float(y0), float(x1), float(y1)), text, confidence, shape))
    return tuple(sorted(found, key=lambda seal: -seal.box.width * seal.box.height))


def _blobs(mask: Mask) -> list[Box]:
    """Boxes of red things of a seal's size and proportions with a rim: islands of ink once red table lines are taken out, and
    circles where a seal still hangs together with other red print."""
    side = max(mask.shape)
    reach = max(3, side // 70)
    loose = _without_lines(mask, side // 8)
    closed = cv2.morphologyEx(loose, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    boxes = []
    for x, y, w, h, area in stats[1:count]:
        if not (0.04 * side <= max(w, h) <= 0.5 * side) or not (0.55 <= w / h <= 1.8) or area < 0.12 * w * h:
            continue
        if _is_seal(mask[y : y + h, x : x + w]):
            boxes.append(Box(float(x), float(y), float(x + w), float(y + h)))
    return boxes or _circles(mask, loose)


def _without_lines(mask: Mask, length: int) -> Mask:
    fat = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    lines = np.zeros_like(fat)
    for axis, kernel in ((1, (1, length)), (0, (length, 1))):
        if int(fat.sum(axis=axis, dtype=np.int32).max()) >= length:  # only then can one be so long
            lines |= cv2.morphologyEx(fat, cv2.MORPH_OPEN, np.ones(kernel, np.uint8))
    loose: Mask = mask & (1 - cv2.dilate(lines, np.ones((3, 3), np.uint8)))
    return loose


def _circles(mask: Mask, loose: Mask) -> list[Box]:
    """Circles in the red print that still are seals when its straight lines (`loose` is without them) are not counted."""
    if not 0.002 <= float(mask.mean()) <= 0.2:
        return []
    scale = 480 / max(mask.shape)
    small = cv2.GaussianBlur(shrunk(mask * 255, scale), (3, 3), 0)
    found = cv2.HoughCircles(small, cv2.HOUGH_GRADIENT, 1.5, 60, param1=120, param2=40, minRadius=14, maxRadius=110)
    boxes = []
    for cx, cy, r in found[0][:4] / scale if found is not None else ():
        x0, y0 = max(0, int(cx - r)), max(0, int(cy - r))
        if _is_seal(loose[y0 : int(cy + r) + 1, x0 : int(cx + r) + 1]):
            boxes.append(Box(float(x0), float(y0), float(cx + r), float(cy + r)))
    return boxes


def _is_seal(ink: Mask) -> bool:
    return 0.06 <= float(ink.mean()) <= 0.75 and _has_rim(ink)


def _has_rim(ink: Mask) -> bool:
    """Whether ink lies along most of the ellipse (or rectangle) that the box holds."""
    h, w = ink.shape
    fat = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    hit = 0
    for angle in angles:
        for r in (0.99, 0.96, 0.93, 0.9, 0.87):
            x, y = int(w / 2 + r * w / 2 * np.cos(angle)), int(h / 2 + r * h / 2 * np.sin(angle))
            if fat[min(h - 1, max(0, y)), min(w - 1, max(0, x))]:
                hit += 1
                break
    edges = np.concatenate([fat[:4].max(axis=0), fat[-4:].max(axis=0), fat[:, :4].max(axis=1), fat[:, -4:].max(axis=1)])
    return hit / len(angles) >= 0.6 or float(edges.mean()) >= 0.7


def _shape(box: Box) -> Literal["round", "oval", "square"]:
    proportion = box.width / box.height
    return "round" if 0.85 <= proportion <= 1.18 else "oval"


def read(image: Image, box: Box, engine: Engine) -> tuple[str, float]:
    """The rim's text, clockwise, then the words across the middle (财务专用章), and the mean confidence of its characters;
    ("", 0.0) when nothing came out. Serial numbers along the rim are left out."""
    ink = _ink(image, box)
    if ink is None:
        return "", 0.0
    across = _across(ink)
    best, *others = engine.recognise([_unrolled(ink, BANDS[0]), *([across] if across is not None else [])])
    if _worth(best) < WELL_READ:
        best = max(best, *engine.recognise([_unrolled(ink, band) for band in BANDS[1:]]), key=_worth)
    text, score = re.sub(r"[0-9\s.*★☆-]+", "", best.text), best.score
    for middle in others:
        words = re.sub(r"[0-9\s.*★☆-]+", "", middle.text)
        usual = _usual(words)
        if usual or (middle.score > 0.85 and re.search("[章部处科室]$", words) and 3 <= len(words) <= 8):
            sure = middle.score if words == usual else min(middle.score, NEARLY)
            text, score = text + (usual or words), min(score, max(sure, NEARLY if usual else 0.0))
        else:
            score = min(score, 0.8)  # words stand there that could not be read: the seal says more than this
    return (text, round(score, 3)) if text else ("", 0.0)


def _across(ink: Image) -> Image | None:
    """The words across the seal beneath its star, level, as far as the seal was turned by less than 60 degrees; None where none stand."""
    down, right = np.mgrid[0:480, 0:480] - 239.5
    radius, angle = np.hypot(down, right) / 239.5, np.arctan2(down, right)
    ring = (radius > WORDS_AT[0]) & (radius < WORDS_AT[1])
    dark = ring & (ink[:, :, 0] < 150)
    twelfth = ((angle + np.pi) / (2 * np.pi) * 12).astype(int) % 12
    fullest = max(float(dark[ring & (twelfth == n)].mean()) for n in range(12))
    if fullest < WORDS_ACROSS:
        return None
    tilt = float(np.degrees(np.arctan2(np.sin(angle[dark]).sum(), np.cos(angle[dark]).sum()))) - 90
    if abs(tilt) > 4:
        turn = cv2.getRotationMatrix2D((239.5, 239.5), tilt, 1.0)
        ink = np.asarray(cv2.warpAffine(ink, turn, (480, 480), borderValue=(255, 255, 255)), np.uint8)
    return _row(ink[270:392, 75:405])


def _row(beneath: Image) -> Image:
    """The row of words in what lies beneath the star: from the fullest row of pixels up and down to where there is no ink."""
    dark = (beneath[:, 60:-60, 0] < 170).mean(axis=1)
    top = foot = int(np.argmax(dark))
    while top > 0 and dark[top - 1] > 0.02:
        top -= 1
    while foot < len(dark) - 1 and dark[foot + 1] > 0.02:
        foot += 1
    if not 14 <= foot - top <= 70:
        return np.ascontiguousarray(beneath)
    return np.ascontiguousarray(beneath[max(0, top - 5) : foot + 6])


def _usual(words: str) -> str:
    """The usual words across a seal that these are, or are like but for two characters; "" for none or several.

    >>> _usual("人力资漂部"), _usual("力资源"), _usual("示例")
    ('人力资源部', '人力资源部', '')
    """
    near = [usual for usual in USUAL if len(words) >= 3 and distance(words, usual) <= 2 * (len(usual) >= 5)]
    best = min((distance(words, usual) for usual in near), default=0)
    found = [usual for usual in near if distance(words, usual) == best]
    return found[0] if len(found) == 1 else ""


def _worth(reading: Reading) -> float:
    return reading.score * min(1.0, len(reading.text) / 6)


def _ink(image: Image, box: Box) -> Image | None:
    """The seal's crop, made round (480 x 480), red ink dark on white, everything else white."""
    margin = 0.01 * box.width
    x0, y0 = max(0, int(box.x0 - margin)), max(0, int(box.y0 - margin))
    patch = image[y0 : int(box.y1 + margin) + 1, x0 : int(box.x1 + margin) + 1]
    if min(patch.shape[:2]) < 24:
        return None
    patch = cv2.resize(patch, (480, 480), interpolation=cv2.INTER_CUBIC if patch.shape[0] < 480 else cv2.INTER_AREA)
    blue, green, red = (patch[:, :, i].astype(np.int16) for i in range(3))
    redness = np.clip(red - (blue + green) // 2, 0, 255)
    top = max(40.0, float(np.percentile(redness, 98)))
    grey = np.clip(255 - redness * (255.0 / top), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))


def _unrolled(ink: Image, band: tuple[float, float]) -> Image:
    """The ring between two radii as a strip read left to right, beginning at its largest empty arc."""
    centre, radius = 239.5, 239.5
    inner, outer = band[0] * radius, band[1] * radius
    height = 64
    width = int(2 * np.pi * (inner + outer) / 2 * height / (outer - inner))
    angles = np.linspace(0, 2 * np.pi, width, endpoint=False, dtype=np.float32)
    radii = np.linspace(outer, inner, height, dtype=np.float32)
    map_x = centre + radii[:, None] * np.cos(angles)[None]
    map_y = centre + radii[:, None] * np.sin(angles)[None]
    strip = cv2.remap(ink, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    darkness = 255 - strip[8:-8, :, 0].astype(np.float32).mean(axis=0)
    start = _foot(darkness)
    return np.ascontiguousarray(np.roll(strip, -start, axis=1))


def _foot(darkness: NDArray[np.float32]) -> int:
    """The column at which the rim's text begins: the middle of its lightest sixth, with a leaning towards the seal's foot
    (columns run clockwise from the right, so the foot is at a quarter; few stamp upside down)."""
    n = len(darkness)
    window = max(1, n // 6)
    ring = np.concatenate([darkness, darkness[:window]])
    sums = np.convolve(ring, np.ones(window, np.float32), mode="valid")[:n]
    middles = (np.arange(n) + window / 2) / n * 2 * np.pi
    usual = float(darkness.mean()) * window + 1e-6
    return int((int(np.argmin(sums / usual - 0.25 * np.sin(middles))) + window // 2) % n)
