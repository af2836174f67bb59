"""What scanners, phones and offices do to a picture of a paper. Small seeded functions that move nothing.

Each takes BGR pixels (uint8, height × width × 3), a generator, a strength in 0..1 and `text_px`, the height in pixels of body
text, so that one strength means the same at every resolution. Mild effects leave a page readable for a patient person; the
`ruin_*` ones do not, and are planted as such. The division into parts is `EFFECTS`.
"""

from __future__ import annotations

import math
from functools import cache
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from samples import desks, rooms
from samples.paper import Part
from samples.pixels import Effect, Pixels, Where, blur, clip, effects, field, grey, grid, in_channels, lit, source

# --- camera ----------------------------------------------------------------------------------------------------------


def soft_blur(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Slightly out of focus."""
    return blur(pixels, max(0.3, text_px * (0.02 + 0.055 * strength)))


def shadow_edge(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """The straight shadow of a shelf or a phone across the page."""
    xs, ys = grid(pixels)
    angle, offset = rng.uniform(0, 2 * math.pi), rng.uniform(-0.2, 0.2)
    side = (xs - 0.5) * math.cos(angle) + (ys - 0.5) * math.sin(angle) - offset
    shade = 1 / (1 + np.exp(-side * rng.uniform(15, 60)))
    return lit(pixels, 1 - shade * (0.15 + 0.35 * strength))


def glare_spot(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A round reflection that washes out contrast but leaves the print legible."""
    xs, ys = grid(pixels)
    x, y, wide = rng.uniform(0.15, 0.85), rng.uniform(0.15, 0.85), rng.uniform(0.06, 0.16)
    glow = np.exp(-(((xs - x) ** 2 + (ys - y) ** 2) / (2 * wide**2)))
    return clip(pixels + (255.0 - pixels) * (glow * (0.3 + 0.35 * strength))[..., None])


def dim(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Too little light, evenly."""
    gain = 0.75 - 0.35 * strength
    return clip(pixels.astype(np.float32) * gain + source(rng).normal(0, 3 + 3 * strength, pixels.shape))


def warm_cast(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Yellow room light."""
    return clip(pixels * np.array([1 - 0.12 - 0.2 * strength, 1 - 0.06 * strength, 1.0], np.float32))


def grain(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Sensor noise, alike in all channels."""
    noise = source(rng).normal(0, 3 + 8 * strength, pixels.shape[:2])
    return clip(pixels + noise[..., None])


def _fold(pixels: Pixels, rng: Random, strength: float, vertical: bool, at: float) -> Pixels:
    xs, ys = grid(pixels)
    side = (xs if vertical else ys) - at + rng.uniform(-0.02, 0.02) * (ys if vertical else xs)
    crease = np.exp(-((side / 0.004) ** 2)) * (0.12 + 0.2 * strength)
    slope = np.tanh(side / 0.03) * np.exp(-((side / 0.12) ** 2)) * (0.05 + 0.1 * strength)
    return lit(pixels, np.clip(1 - crease + slope, 0.3, 1.15))


def fold_once(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """One crease across the middle."""
    return _fold(pixels, rng, strength, rng.random() < 0.4, rng.uniform(0.4, 0.6))


@cache
def _mark_font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _watermark(
    pixels: Pixels, rng: Random, text: str, font: str, colour: tuple[int, int, int], opacity: float, step: float
) -> Pixels:
    height, width = pixels.shape[:2]
    size = max(14, round(width * 0.026))
    side = round(math.hypot(width, height))
    tile = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(tile)
    long = round(draw.textlength(text, _mark_font(font, size)))
    for row, y in enumerate(range(0, side, round(size * step))):
        for x in range(-(row % 2) * long // 2, side, round(long * 1.6)):
            draw.text((x, y), text, fill=255, font=_mark_font(font, size))
    turned = tile.rotate(rng.uniform(20, 40), resample=Image.Resampling.BILINEAR)
    left, top = (side - width) // 2, (side - height) // 2
    mask = np.asarray(turned.crop((left, top, left + width, top + height)), np.float32)[..., None] / 255 * opacity
    return clip(pixels * (1 - mask) + np.array(colour, np.float32) * mask)


def watermark_grey(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Grey slanted lines that say what the copy is for."""
    font = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
    text = rng.choice(("仅供办理贷款使用", "仅用于贷款审核 他用无效"))
    return _watermark(pixels, rng, text, font, (120, 120, 120), 0.25 + 0.25 * strength, 9.0)


# --- scanner and copier ----------------------------------------------------------------------------------------------


def photocopy(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Grey copy: steep contrast, toner specks, a darker side."""
    plane = grey(pixels).astype(np.float32)
    toned = 255 / (1 + np.exp(-(plane - 138) / (34 - 10 * strength)))
    toned += (field(rng, plane.shape, 4) - 0.5) * 18
    specks = source(rng).random(plane.shape) < 0.0002 + 0.0006 * strength
    toned[cv2.dilate(specks.astype(np.uint8), np.ones((2, 2), np.uint8)) > 0] = 40
    return in_channels(clip(toned))


def yellowed(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Old paper with pale stains."""
    stain = 1 - field(rng, pixels.shape[:2], 5)[..., None] * (0.04 + 0.08 * strength)
    return clip(pixels * np.array([0.86, 0.95, 0.99], np.float32) * stain)


# --- ruin: nobody can read it any more -------------------------------------------------------------------------------


def ruin_focus(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Far out of focus."""
    return blur(pixels, text_px * (0.34 + 0.16 * strength))


def ruin_dark(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Nearly black, drowned in noise."""
    gone = pixels.astype(np.float32) * (0.04 - 0.02 * strength)
    return clip(gone + source(rng).normal(5, 8, pixels.shape))


EFFECTS: dict[tuple[Part, Where], tuple[Effect, ...]] = {
    ("tuning", "camera"): effects(soft_blur, shadow_edge, glare_spot, dim, warm_cast, grain, fold_once, watermark_grey),
    ("retired", "camera"): effects(*rooms.CAMERA) + effects(rooms.screen_weave, capture=True),
    ("tuning", "scan"): effects(yellowed, grain) + effects(photocopy, grey=True),
    ("retired", "scan"): effects(*rooms.SCAN) + effects(rooms.fax_grain, grey=True),
    ("tuning", "ruin"): effects(ruin_focus, ruin_dark),
    ("retired", "ruin"): effects(*rooms.RUIN),
    ("test", "camera"): effects(*desks.CAMERA) + effects(desks.panel_lines, capture=True),
    ("test", "scan"): effects(*desks.SCAN) + effects(desks.line_screen, grey=True),
    ("test", "ruin"): effects(*desks.RUIN),
}
"""Which effects each part uses; no name is in two parts."""
GLASS: dict[Part, Effect] = {
    "tuning": effects(glare_spot)[0],
    "retired": effects(rooms.window_in_glass)[0],
    "test": effects(desks.lamp_in_glass)[0],
}
"""What the glass of a framed licence does."""
JPEG_QUALITY: dict[Part, tuple[int, int]] = {"tuning": (72, 90), "retired": (55, 88), "test": (50, 84)}
