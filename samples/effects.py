"""What scanners, phones and offices do to a picture of a paper. Small seeded functions that move nothing.

Each takes BGR pixels (uint8, height × width × 3), a generator, a strength in 0..1 and `text_px`, the height in pixels of body
text, so that one strength means the same at every resolution. Mild effects leave a page readable for a patient person; the
`ruin_*` ones do not, and are planted as such. The division into tuning and test is `EFFECTS`.
"""

from __future__ import annotations

import math
from functools import cache
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from samples import rooms
from samples.paper import Part
from samples.pixels import Effect, Pixels, Where, blur, clip, effects, field, grey, grid, in_channels, lit, scaled, source

# --- camera ----------------------------------------------------------------------------------------------------------


def soft_blur(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Slightly out of focus."""
    return blur(pixels, max(0.3, text_px * (0.02 + 0.055 * strength)))


def motion_blur(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """The hand moved along one direction."""
    return _moved(pixels, rng, max(2.0, text_px * (0.06 + 0.14 * strength)))


def _moved(pixels: Pixels, rng: Random, length: float) -> Pixels:
    size = math.ceil(length) | 1
    kernel = np.zeros((size, size), np.float32)
    angle = rng.uniform(0, math.pi)
    middle, reach = size // 2, length / 2
    start = (round(middle - reach * math.cos(angle)), round(middle - reach * math.sin(angle)))
    end = (round(middle + reach * math.cos(angle)), round(middle + reach * math.sin(angle)))
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA)
    moved: Pixels = cv2.filter2D(pixels, -1, kernel / kernel.sum())
    return moved


def shadow_edge(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """The straight shadow of a shelf or a phone across the page."""
    xs, ys = grid(pixels)
    angle, offset = rng.uniform(0, 2 * math.pi), rng.uniform(-0.2, 0.2)
    side = (xs - 0.5) * math.cos(angle) + (ys - 0.5) * math.sin(angle) - offset
    shade = 1 / (1 + np.exp(-side * rng.uniform(15, 60)))
    return lit(pixels, 1 - shade * (0.15 + 0.35 * strength))


def hand_shadow(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """The round shadow of a head or hand coming in from a side."""
    xs, ys = grid(pixels)
    angle = rng.uniform(0, 2 * math.pi)
    x, y = 0.5 + 0.5 * math.cos(angle), 0.5 + 0.5 * math.sin(angle)
    far = np.sqrt(((xs - x) / rng.uniform(0.3, 0.6)) ** 2 + ((ys - y) / rng.uniform(0.3, 0.6)) ** 2)
    shade = 1 / (1 + np.exp((far - 1) * rng.uniform(6, 14)))
    return lit(pixels, 1 - shade * (0.2 + 0.4 * strength))


def glare_spot(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A round reflection that washes out contrast but leaves the print legible."""
    xs, ys = grid(pixels)
    x, y, wide = rng.uniform(0.15, 0.85), rng.uniform(0.15, 0.85), rng.uniform(0.06, 0.16)
    glow = np.exp(-(((xs - x) ** 2 + (ys - y) ** 2) / (2 * wide**2)))
    return clip(pixels + (255.0 - pixels) * (glow * (0.3 + 0.35 * strength))[..., None])


def glare_band(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A slanted bright band as plastic film and glass give."""
    xs, ys = grid(pixels)
    angle, offset = rng.uniform(0.2, 1.3), rng.uniform(-0.3, 0.3)
    side = (xs - 0.5) * math.cos(angle) + (ys - 0.5) * math.sin(angle) - offset
    glow = np.exp(-((side / rng.uniform(0.03, 0.1)) ** 2))
    return clip(pixels + (255.0 - pixels) * (glow * (0.3 + 0.3 * strength))[..., None])


def dim(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Too little light, evenly."""
    gain = 0.75 - 0.35 * strength
    return clip(pixels.astype(np.float32) * gain + source(rng).normal(0, 3 + 3 * strength, pixels.shape))


def vignette(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Darker towards the corners, under a lamp off the middle."""
    xs, ys = grid(pixels)
    x, y = rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7)
    far = (xs - x) ** 2 + (ys - y) ** 2
    return lit(pixels, np.clip(1 - far * (0.5 + 0.7 * strength), 0.25, 1) * (0.95 - 0.15 * strength))


def warm_cast(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Yellow room light."""
    return clip(pixels * np.array([1 - 0.12 - 0.2 * strength, 1 - 0.06 * strength, 1.0], np.float32))


def cold_cast(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Blue-green light of office tubes."""
    return clip(pixels * np.array([1.0, 0.98, 0.9 - 0.16 * strength], np.float32))


def grain(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Sensor noise, alike in all channels."""
    noise = source(rng).normal(0, 3 + 8 * strength, pixels.shape[:2])
    return clip(pixels + noise[..., None])


def colour_noise(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Sensor noise of its own in every channel, in blotches."""
    height, width = pixels.shape[:2]
    small = source(rng).normal(0, 6 + 12 * strength, (height // 2 + 1, width // 2 + 1, 3)).astype(np.float32)
    return clip(pixels + cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def _fold(pixels: Pixels, rng: Random, strength: float, vertical: bool, at: float) -> Pixels:
    xs, ys = grid(pixels)
    side = (xs if vertical else ys) - at + rng.uniform(-0.02, 0.02) * (ys if vertical else xs)
    crease = np.exp(-((side / 0.004) ** 2)) * (0.12 + 0.2 * strength)
    slope = np.tanh(side / 0.03) * np.exp(-((side / 0.12) ** 2)) * (0.05 + 0.1 * strength)
    return lit(pixels, np.clip(1 - crease + slope, 0.3, 1.15))


def fold_once(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """One crease across the middle."""
    return _fold(pixels, rng, strength, rng.random() < 0.4, rng.uniform(0.4, 0.6))


def fold_twice(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Folded in four, or in three like a letter."""
    if rng.random() < 0.5:
        return _fold(_fold(pixels, rng, strength, True, rng.uniform(0.45, 0.55)), rng, strength, False, rng.uniform(0.45, 0.55))
    return _fold(_fold(pixels, rng, strength, False, rng.uniform(0.3, 0.36)), rng, strength, False, rng.uniform(0.63, 0.7))


def moire(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A screen photographed: colour bands and a fine pixel grid."""
    height, width = pixels.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, period = rng.uniform(0.1, 1.2), rng.uniform(22, 60)
    phase = (xs * math.cos(angle) + ys * math.sin(angle)) / period * 2 * math.pi
    bend = np.sin(ys / rng.uniform(160, 400)) * 2
    bands = np.stack([np.sin(phase + bend + shift) for shift in (0.0, 2.1, 4.2)], axis=-1)
    fine = np.sin(xs * math.pi / 1.5) * np.sin(ys * math.pi / 1.5)
    return clip(pixels * (1 + (0.05 + 0.07 * strength) * bands + (0.03 + 0.04 * strength) * fine[..., None]))


def shrink(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Sent through a messenger that shrinks pictures, seen at its old size again; body text keeps 15 pixels or more."""
    factor = max(0.45, min(1.0, max(15.0 + 8 * (1 - strength), text_px * 0.5) / text_px))
    grown: Pixels = cv2.resize(scaled(pixels, factor), (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_CUBIC)
    return grown


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


def watermark_blue(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Blue or white slanted lines, closer together, of another app."""
    font = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"
    text = rng.choice(("此复印件仅限申请银行贷款 再次复印无效", "本资料仅用于抵押贷款业务"))
    colour = rng.choice(((190, 110, 50), (250, 250, 250), (90, 90, 170)))
    return _watermark(pixels, rng, text, font, colour, 0.3 + 0.3 * strength, 7.0)


# --- scanner and copier ----------------------------------------------------------------------------------------------


def photocopy(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Grey copy: steep contrast, toner specks, a darker side."""
    plane = grey(pixels).astype(np.float32)
    toned = 255 / (1 + np.exp(-(plane - 138) / (34 - 10 * strength)))
    toned += (field(rng, plane.shape, 4) - 0.5) * 18
    specks = source(rng).random(plane.shape) < 0.0002 + 0.0006 * strength
    toned[cv2.dilate(specks.astype(np.uint8), np.ones((2, 2), np.uint8)) > 0] = 40
    return in_channels(clip(toned))


def black_white(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """One bit per pixel, as office machines scan by default."""
    plane = blur(grey(pixels), 0.6)
    block = max(31, round(text_px * 3)) | 1
    cut = cv2.adaptiveThreshold(plane, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, block, 24 - 6 * strength)
    return in_channels(cut)


def yellowed(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Old paper with pale stains."""
    stain = 1 - field(rng, pixels.shape[:2], 5)[..., None] * (0.04 + 0.08 * strength)
    return clip(pixels * np.array([0.86, 0.95, 0.99], np.float32) * stain)


def faded(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A tired cartridge: grey print on white."""
    return clip(255 - (255.0 - pixels) * (0.72 - 0.3 * strength))


def streaks(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Dust under the feeder: thin lines along the page."""
    drawn = pixels.copy()
    for _ in range(2 + round(3 * strength)):
        x, value = rng.randrange(pixels.shape[1]), rng.randrange(120, 215)
        drawn[:, x : x + rng.randrange(1, 3)] = (drawn[:, x : x + 2].astype(np.float32) * 0.5 + value * 0.5)[:, :1].astype(
            np.uint8
        )
    return drawn


def show_through(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """The back of the sheet shines through."""
    back = blur(pixels[:, ::-1], max(1.0, text_px * 0.12)).astype(np.float32)
    return clip(pixels - (255 - np.roll(back, rng.randrange(10, 60), axis=0)) * (0.06 + 0.08 * strength))


# --- ruin: nobody can read it any more -------------------------------------------------------------------------------


def ruin_focus(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Far out of focus."""
    return blur(pixels, text_px * (0.34 + 0.16 * strength))


def ruin_shake(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Moved by more than the height of a character."""
    moved = _moved(pixels, rng, text_px * (1.5 + 0.7 * strength))
    return blur(_moved(moved, rng, text_px * 0.7), text_px * 0.08)


def ruin_dark(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Nearly black, drowned in noise."""
    gone = pixels.astype(np.float32) * (0.04 - 0.02 * strength)
    return clip(gone + source(rng).normal(5, 8, pixels.shape))


def ruin_glare(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A flash that burns out the middle of the page."""
    xs, ys = grid(pixels)
    x, y = rng.uniform(0.42, 0.58), rng.uniform(0.42, 0.58)
    far = ((xs - x) / 0.36) ** 2 + ((ys - y) / 0.33) ** 2
    glow = np.clip(1.6 - far * 0.8, 0, 1)
    return clip(pixels + (262.0 - pixels) * glow[..., None])


def ruin_size(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A thumbnail: body text of four to five pixels."""
    factor = (5.2 - 1.2 * strength) / text_px
    return scaled(pixels, factor)


EFFECTS: dict[tuple[Part, Where], tuple[Effect, ...]] = {
    ("tuning", "camera"): effects(soft_blur, shadow_edge, glare_spot, dim, warm_cast, grain, fold_once, watermark_grey),
    ("retired", "camera"): effects(
        motion_blur, hand_shadow, glare_band, vignette, cold_cast, colour_noise, fold_twice, shrink, watermark_blue
    )
    + effects(moire, capture=True),
    ("test", "camera"): effects(*rooms.CAMERA) + effects(rooms.screen_weave, capture=True),
    ("tuning", "scan"): effects(yellowed, grain) + effects(photocopy, grey=True),
    ("retired", "scan"): effects(faded, streaks, show_through) + effects(black_white, grey=True),
    ("test", "scan"): effects(*rooms.SCAN) + effects(rooms.fax_grain, grey=True),
    ("tuning", "ruin"): effects(ruin_focus, ruin_dark),
    ("retired", "ruin"): effects(ruin_shake, ruin_glare, ruin_size),
    ("test", "ruin"): effects(*rooms.RUIN),
}
"""Which effects each part uses; no name is in both parts."""
GLASS: dict[Part, Effect] = {"tuning": effects(glare_spot)[0], "retired": effects(glare_band)[0], "test": effects(rooms.window_in_glass)[0]}
"""What the glass of a framed licence does."""
JPEG_QUALITY: dict[Part, tuple[int, int]] = {"tuning": (72, 90), "retired": (48, 78), "test": (55, 88)}
