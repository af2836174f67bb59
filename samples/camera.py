"""Putting drawn pages on a scanner's bed or a table, and looking at them: geometry with the corners of every page kept.

A `Shot` is one picture with the quadrilateral of each page on it, in 0..1 of the picture, so that evidence can be judged too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import cv2
import numpy as np

from samples import desks
from samples.effects import EFFECTS, JPEG_QUALITY
from samples.paper import Part
from samples.pixels import Effect, Pixels

BODY_MM = 2.7
"""Height of body text on these papers, for effects that depend on it."""
SKEW: Mapping[Part, float] = {"tuning": 1.1, "retired": 1.7, "test": 1.4}
"""Degrees at most that a page lies askew on the scanner."""
BEHIND: Mapping[Part, tuple[int, ...]] = {"retired": (253, 244, 205, 12), "test": (248, 226, 150, 40)}
"""Grey levels of the scanner's lid."""
LEAN: Mapping[Part, float] = {"tuning": 4.0, "retired": 6.0, "test": 5.0}
"""Degrees at most that a page is turned on the table."""
REACH: Mapping[Part, float] = {"tuning": 0.05, "retired": 0.075, "test": 0.085}
"""How far a corner is moved by perspective at most, as a share of the picture."""
WOOD: Mapping[Part, tuple[int, int, int]] = {"tuning": (40, 66, 104), "retired": (96, 150, 186), "test": (52, 84, 128)}


@dataclass(frozen=True)
class Sheet:
    """A page to be laid down: its pixels and its true width."""

    pixels: Pixels
    width_mm: float

    @property
    def height_mm(self) -> float:
        return self.width_mm * float(self.pixels.shape[0]) / float(self.pixels.shape[1])


@dataclass(frozen=True)
class Shot:
    """A picture of one or more pages. `quads`: per page 4 × 2 corners (from its top left, clockwise) in 0..1 of the picture.

    `px_per_mm`: how large the pages came out. `quality`: of the JPEG it is kept as. `readable`: whether a patient person could
    still read them.
    """

    pixels: Pixels
    quads: tuple[Pixels, ...]
    px_per_mm: float
    quality: int = 80
    applied: tuple[str, ...] = ()
    readable: bool = True
    grey: bool = False
    capture: bool = False


def _corners(sheet: Sheet) -> Pixels:
    height, width = sheet.pixels.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


def _laid(sheets: Sequence[Sheet], quads: Sequence[Pixels], canvas: Pixels, soft: float = 0.0) -> Pixels:
    """The sheets warped onto the canvas, with a soft shadow of this many pixels around them."""
    height, width = canvas.shape[:2]
    for sheet, quad in zip(sheets, quads, strict=True):
        matrix = cv2.getPerspectiveTransform(_corners(sheet), quad.astype(np.float32))
        if soft:
            shade = np.zeros((height, width), np.float32)
            cv2.fillConvexPoly(shade, (quad + soft * 0.6).astype(np.int32), 0.45)
            canvas = (canvas * (1 - cv2.GaussianBlur(shade, (0, 0), soft))[..., None]).astype(np.uint8)
        turned = cv2.warpPerspective(sheet.pixels, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=(255, 255, 255))
        mask = np.zeros((height, width), np.uint8)
        cv2.fillConvexPoly(mask, quad.astype(np.int32), 255, cv2.LINE_AA)
        blend = mask[..., None].astype(np.float32) / 255
        canvas = (canvas * (1 - blend) + turned * blend).astype(np.uint8)
    return canvas


def _turned(corners: Pixels, degrees: float, middle: tuple[float, float]) -> Pixels:
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    moved: Pixels = (corners - middle) @ turn + np.array(middle)
    return moved


def _fractions(quads: Sequence[Pixels], width: int, height: int) -> tuple[Pixels, ...]:
    return tuple(quad / np.array([width, height]) for quad in quads)


def _box(x: float, y: float, sheet: Sheet, scale: float) -> Pixels:
    wide, high = sheet.width_mm * scale, sheet.height_mm * scale
    return np.array([[x, y], [x + wide, y], [x + wide, y + high], [x, y + high]])


def flatbed(sheets: Sequence[Sheet], rng: Random, part: Part, dpi: int = 200) -> Shot:
    """One A4 scan: a full page slightly askew, or cards one below the other; landscape pages are laid sideways by the caller."""
    scale = dpi / 25.4
    single = len(sheets) == 1 and sheets[0].width_mm * sheets[0].height_mm > 25_000
    bed_mm = (sheets[0].width_mm, sheets[0].height_mm) if single else (210.0, 297.0)
    width, height = round(bed_mm[0] * scale), round(bed_mm[1] * scale)
    level = rng.randrange(236, 256) if part == "tuning" or not single else rng.choice(BEHIND[part])
    canvas = np.full((height, width, 3), level, np.uint8)
    skew = rng.uniform(-1, 1) * SKEW[part]
    quads = []
    free = bed_mm[1] - sum(sheet.height_mm for sheet in sheets)
    gap = min(rng.uniform(8, 30), free / (len(sheets) + 1))
    y = 0.0 if single else min(rng.uniform(18, 50), gap * 1.5 + 6)
    for sheet in sheets:
        x = 0.0 if single else rng.uniform(25, max(26.0, bed_mm[0] - sheet.width_mm - 20))
        box = _box(x * scale, y * scale, sheet, scale)
        own = skew if single else skew + rng.uniform(-1.5, 1.5)
        quads.append(_turned(box, own, tuple(box.mean(axis=0))))
        y += sheet.height_mm + gap
    return Shot(_laid(sheets, quads, canvas), _fractions(quads, width, height), scale, applied=("flatbed",))


def _table(rng: Random, part: Part, size: tuple[int, int]) -> Pixels:
    """A table top, width × height: wood in tuning, cloth or marble in retired, a cutting mat, kraft paper or stone in test."""
    width, height = size
    source = np.random.default_rng(rng.getrandbits(32))
    rough = cv2.resize(source.random((height // 8, width // 8, 1), dtype=np.float32), size)[..., None]
    if part == "tuning":
        grain = cv2.resize(source.random((max(2, height // 6), 5), dtype=np.float32), size, interpolation=cv2.INTER_CUBIC)
        base = np.array(rng.choice(((96, 138, 178), (70, 104, 146), (150, 176, 196))), np.float32)
        made = base * (0.82 + 0.3 * grain[..., None]) + rough * 10
    elif part == "retired":
        made = _cloth(rng, size) + rough * 12
    else:
        made = desks.top(rng, size) * (0.92 + 0.12 * rough)
    wood: Pixels = np.clip(made, 0, 255).astype(np.uint8)
    return wood


def _cloth(rng: Random, size: tuple[int, int]) -> Pixels:
    """A table-cloth, striped or gingham, with a weave; or a marbled top."""
    ys, xs = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    light = np.array(rng.choice(((214, 222, 230), (196, 206, 196), (226, 218, 210))), np.float32)
    dark = np.array(rng.choice(((90, 96, 178), (150, 110, 80), (96, 140, 100), (70, 80, 96))), np.float32)
    step, how = size[0] / rng.uniform(12, 26), rng.choice(("gingham", "stripes", "marble"))
    if how == "marble":
        veins = np.abs(np.sin((xs + ys * 0.6 + 60 * np.sin(ys / step / 2) + 40 * np.sin(xs / step)) / step / 3))
        top: Pixels = light * (0.9 + 0.1 * veins[..., None])
        return top
    across, along = np.sin(xs / step * math.pi) > 0, np.sin(ys / step * math.pi) > 0
    share = (across * 0.5 + along * 0.5) if how == "gingham" else across.astype(np.float32)
    weave = 0.96 + 0.04 * np.sin(xs * 1.6) * np.sin(ys * 1.6)
    made: Pixels = (light * (1 - share[..., None]) + dark * share[..., None]) * weave[..., None]
    return made


def _place(sheets: Sequence[Sheet]) -> tuple[list[Pixels], float, float]:
    """Boxes in mm of the sheets below each other with gaps, and the size of the whole."""
    wide = max(sheet.width_mm for sheet in sheets)
    gap = wide * 0.08
    boxes, y = [], 0.0
    for sheet in sheets:
        boxes.append(_box((wide - sheet.width_mm) / 2, y, sheet, 1.0))
        y += sheet.height_mm + gap
    return boxes, wide, y - gap


def table(sheets: Sequence[Sheet], rng: Random, part: Part, px_per_mm: float = 8.0, tilt: float = 0.5, cut: bool = False) -> Shot:
    """A phone picture of the sheets on a table. `tilt` in 0..1 strengthens the perspective; `cut` leaves half of it outside."""
    boxes, wide, high = _place(sheets)
    margin = rng.uniform(0.06, 0.16) * max(wide, high)
    frame = (wide + 2 * margin, high + 2 * margin)
    scale = px_per_mm
    size = (round(frame[0] * scale), round(frame[1] * scale))
    lean = rng.uniform(-1, 1) * LEAN[part]
    reach = tilt * REACH[part] * min(size)
    source = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    target = source + np.array([[rng.uniform(-reach, reach) * 0.7 for _ in "xy"] for _ in range(4)], np.float32)
    view = cv2.getPerspectiveTransform(source, target)
    quads = []
    for box in boxes:
        flat = (_turned(box, lean + (rng.uniform(-3, 3) if len(boxes) > 1 else 0), (wide / 2, high / 2)) + margin) * scale
        quads.append(cv2.perspectiveTransform(flat[None].astype(np.float32), view)[0])
    quads = _fitted(quads, size)
    pixels = _exposed(_laid(sheets, quads, _table(rng, part, size), soft=scale * 1.5), rng)
    shot = Shot(pixels, _fractions(quads, *size), scale, applied=("table",))
    return _cut_off(shot, rng) if cut else shot


def _exposed(pixels: Pixels, rng: Random) -> Pixels:
    """What every phone does: white is no full white, light falls unevenly, the sensor is a little noisy."""
    height, width = pixels.shape[:2]
    corners = np.array([[rng.uniform(0.8, 1.0) for _ in "ab"] for _ in "ab"], np.float32)
    light = cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    noise = np.random.default_rng(rng.getrandbits(32)).integers(-4, 5, (height, width, 1))
    seen: Pixels = np.clip(pixels * light + noise, 0, 255).astype(np.uint8)
    return seen


def _fitted(quads: list[Pixels], size: tuple[int, int]) -> list[Pixels]:
    """The quads shrunk and moved as one so that all corners stay on the picture."""
    points = np.concatenate(quads)
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array(size) * 0.97
    factor = min(1.0, float((room / (high - low)).min()))
    middle, target = (low + high) / 2, np.array(size) / 2
    shifted = [(quad - middle) * factor + target for quad in quads]
    if factor == 1.0:
        slack = (room - (high - low)) / 2
        move = np.clip(middle - target, -slack, slack)
        shifted = [quad + move for quad in shifted]
    return shifted


def _cut_off(shot: Shot, rng: Random) -> Shot:
    """The picture with nearly half of the first page outside: unreadable because it is not there."""
    width = shot.pixels.shape[1]
    if rng.random() < 0.5:
        left = round(width * rng.uniform(0.42, 0.52))
        pixels, moved = shot.pixels[:, left:], [(quad * [width, 1] - [left, 0]) / [width - left, 1] for quad in shot.quads]
    else:
        kept = round(width * rng.uniform(0.5, 0.58))
        pixels, moved = shot.pixels[:, :kept], [quad * [width / kept, 1] for quad in shot.quads]
    return replace(shot, pixels=pixels, quads=tuple(moved), applied=(*shot.applied, "cut_off"), readable=False)


def framed(sheet: Sheet, rng: Random, part: Part) -> Sheet:
    """A licence in a wooden frame with a mat; the caller adds the reflection."""
    edge = round(sheet.pixels.shape[1] * 0.05)
    wood = WOOD[part]
    mat = cv2.copyMakeBorder(sheet.pixels, edge // 2, edge // 2, edge // 2, edge // 2, cv2.BORDER_CONSTANT, value=(214, 222, 228))
    whole = cv2.copyMakeBorder(mat, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=wood)
    cv2.rectangle(whole, (edge, edge), (whole.shape[1] - edge, whole.shape[0] - edge), tuple(part // 2 for part in wood), 3)
    return Sheet(whole, sheet.width_mm * whole.shape[1] / sheet.pixels.shape[1])


def treat(shot: Shot, rng: Random, effect: Effect, strength: float) -> Shot:
    """The shot after one effect, its name and strength noted."""
    pixels = effect.apply(shot.pixels, rng, strength, BODY_MM * shot.px_per_mm)
    factor = pixels.shape[1] / shot.pixels.shape[1]
    return replace(
        shot,
        pixels=pixels,
        px_per_mm=shot.px_per_mm * factor,
        applied=(*shot.applied, f"{effect.name}:{strength:.2f}"),
        readable=shot.readable and not effect.name.startswith("ruin_"),
        grey=shot.grey or effect.grey,
        capture=shot.capture or effect.capture,
    )


Look = tuple[tuple[Effect, float], ...]
"""The effects, with their strengths, that all pages of one paper come under."""


def look(rng: Random, part: Part, camera: bool, count: int, keep_colour: bool = False, capture: bool = True) -> Look:
    """`count` mild effects of a part and kind. `keep_colour` bars those that lose the red of seals, `capture` False moiré."""
    pool = [
        effect
        for effect in EFFECTS[(part, "camera" if camera else "scan")]
        if not (keep_colour and effect.grey) and (capture or not effect.capture)
    ]
    chosen = rng.sample(pool, min(count, len(pool)))
    # Copying comes last: it is the copy that is sent.
    return tuple((effect, rng.uniform(0.05, 0.95)) for effect in sorted(chosen, key=lambda one: one.grey))


def wear(shot: Shot, rng: Random, under: Look) -> Shot:
    """The shot under these effects, whose strengths vary a little from page to page."""
    for effect, strength in under:
        shot = treat(shot, rng, effect, min(1.0, max(0.0, strength + rng.uniform(-0.08, 0.08))))
    return shot


def ruin(shot: Shot, rng: Random, part: Part) -> Shot:
    """The shot made unreadable."""
    return treat(shot, rng, rng.choice(EFFECTS[(part, "ruin")]), rng.random())


def quarter_turns(shot: Shot, turns: int) -> Shot:
    """The picture turned clockwise by that many quarters, corners along."""
    pixels, quads = shot.pixels, shot.quads
    for _ in range(turns % 4):
        pixels = np.ascontiguousarray(np.rot90(pixels, -1))
        quads = tuple(np.stack([1 - quad[:, 1], quad[:, 0]], axis=1) for quad in quads)
    applied = (*shot.applied, f"turned:{turns % 4 * 90}") if turns % 4 else shot.applied
    return replace(shot, pixels=pixels, quads=quads, applied=applied)


def developed(shot: Shot, rng: Random, part: Part) -> Shot:
    """The shot with the JPEG quality of its part chosen."""
    quality = rng.randrange(*JPEG_QUALITY[part])
    return replace(shot, quality=quality, applied=(*shot.applied, f"jpeg:{quality}"))
