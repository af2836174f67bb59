"""Effects of the test part: office tubes, sleeves, letters unfolded, phones that think; worn feeders, line screens. See `effects`."""

from __future__ import annotations

import math
from random import Random

import cv2
import numpy as np

from samples.pixels import Pixels, blur, clip, field, grey, grid, in_channels, jpeg, lit, scaled, source

# --- camera ----------------------------------------------------------------------------------------------------------


def top(rng: Random, size: tuple[int, int]) -> Pixels:
    """What the page lies on, width × height, float BGR: a cutting mat, kraft paper, or speckled stone."""
    ys, xs = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    how = rng.choice(("mat", "kraft", "stone"))
    if how == "mat":
        base = np.array(rng.choice(((86, 104, 42), (110, 76, 38), (62, 60, 62))), np.float32)
        step = size[0] / rng.uniform(18, 30)
        ruled = ((xs % step) < step * 0.05) | ((ys % step) < step * 0.05)
        return np.asarray(base + ruled[..., None] * 46.0)
    if how == "kraft":
        fibres = field(rng, (size[1], size[0]), 90) * 0.6 + field(rng, (size[1], size[0]), 14) * 0.4
        return np.asarray(np.array((112, 158, 190), np.float32) * (0.84 + 0.28 * fibres[..., None]))
    specks = cv2.resize(source(rng).random((size[1] // 5 + 1, size[0] // 5 + 1), dtype=np.float32), size, interpolation=cv2.INTER_NEAREST)
    tone = np.select([specks > 0.93, specks > 0.84, specks < 0.06], [70.0, 205.0, 120.0], 168.0).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(tone, (0, 0), 1.5)[..., None] * np.array((0.98, 0.99, 1.0), np.float32))


def ceiling_tubes(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Office tubes above: greenish, two soft bright bars across the page, dusk between."""
    xs, ys = grid(pixels)
    angle = rng.uniform(-0.35, 0.35)
    along = xs * math.sin(angle) + ys * math.cos(angle)
    bars = sum(np.exp(-(((along - at) / 0.13) ** 2)) for at in (rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.95)))
    light = 0.82 - 0.2 * strength + np.asarray(bars) * (0.14 + 0.12 * strength)
    tint = np.array([0.95, 1.0, 0.95 - 0.06 * strength], np.float32)
    return clip(pixels.astype(np.float32) * light[..., None] * tint)


def phone_above(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """The shadow of the phone itself: an upright soft box, darker than the page around it."""
    height, width = pixels.shape[:2]
    shade = np.zeros((height, width), np.float32)
    middle = (rng.uniform(0.25, 0.75) * width, rng.uniform(0.3, 0.9) * height)
    box = cv2.boxPoints((middle, (width * rng.uniform(0.3, 0.5), height * rng.uniform(0.4, 0.7)), rng.uniform(-25, 25)))
    cv2.fillConvexPoly(shade, box.astype(np.int32), 1.0)
    soft = cv2.resize(shade, (width // 8 + 1, height // 8 + 1), interpolation=cv2.INTER_AREA)
    soft = cv2.resize(cv2.GaussianBlur(soft, (0, 0), max(1.0, width / 8 * rng.uniform(0.02, 0.06))), (width, height))
    return lit(pixels, 1 - soft * (0.22 + 0.3 * strength))


def letter_folds(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Unfolded from an envelope: three or four panels, each under its own light, pale ridges and dark valleys between."""
    xs, ys = grid(pixels)
    upright = rng.random() < 0.3
    place = xs if upright else ys
    count = rng.choice((3, 4))
    light = np.ones(place.shape, np.float32)
    for at in range(count):
        inside = (place >= at / count) & (place < (at + 1) / count)
        slope = rng.uniform(-1, 1) * (0.08 + 0.1 * strength)
        light += inside * ((place * count - at - 0.5) * slope + rng.uniform(-1, 1) * (0.03 + 0.03 * strength))
    for at in range(1, count):
        side = place - at / count - rng.uniform(-0.01, 0.01) * (ys if upright else xs)
        light += np.exp(-((side / 0.0022) ** 2)) * rng.choice((0.1, -0.16)) * (0.6 + 0.6 * strength)
    return lit(pixels, np.clip(light, 0.5, 1.15))


def plastic_sleeve(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """In a clear sleeve: contrast a little lower, thin wavy gleams along its ripples."""
    xs, ys = grid(pixels)
    veil = pixels.astype(np.float32) * (0.93 - 0.06 * strength) + 16
    glow = np.zeros(xs.shape, np.float32)
    for _ in range(rng.randrange(3, 7)):
        wave = ys - rng.random() - 0.03 * np.sin(xs * rng.uniform(4, 11) + rng.random() * 6) - rng.uniform(-0.5, 0.5) * xs
        glow += np.exp(-((wave / rng.uniform(0.004, 0.015)) ** 2)) * (0.6 + 0.4 * np.sin(xs * 9))
    return clip(veil + (255.0 - veil) * np.clip(glow * (0.2 + 0.22 * strength), 0, 0.6)[..., None])


def colour_seams(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A cheap lens: red and blue fall a little beside each other, more so off the middle."""
    height, width = pixels.shape[:2]
    spread = text_px * (0.02 + 0.05 * strength) / (max(height, width) / 2)
    planes = []
    for at, factor in enumerate((1 + spread, 1.0, 1 - spread)):
        move = np.array([[factor, 0, (1 - factor) * width / 2], [0, factor, (1 - factor) * height / 2]], np.float32)
        planes.append(cv2.warpAffine(pixels[..., at], move, (width, height), borderMode=cv2.BORDER_REPLICATE))
    return np.asarray(np.dstack(planes))


def backlight(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Against a window: blacks are grey, a pale haze comes from one corner."""
    xs, ys = grid(pixels)
    far = np.hypot(xs - rng.choice((0, 1)), ys - rng.choice((0, 1)))
    haze = np.clip(1.1 - far, 0, 1) * (0.18 + 0.2 * strength)
    shown = pixels.astype(np.float32) * 0.86 + 26
    return clip(shown + (250.0 - shown) * haze[..., None])


def night_mode(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A phone that lifts shadows by itself: local contrast driven up, noise with it."""
    lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB)
    lab[..., 0] = cv2.createCLAHE(1.2 + 1.6 * strength, (6, 6)).apply(lab[..., 0])
    raised = cv2.cvtColor(lab, cv2.COLOR_LAB2BGR).astype(np.float32)
    return clip(raised * 0.94 + source(rng).normal(0, 2 + 4 * strength, pixels.shape[:2])[..., None])


def smoothed(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Noise reduction that paints: fine strokes run a little into each other."""
    painted = cv2.bilateralFilter(pixels, 7, 30 + 30 * strength, max(1.5, text_px * 0.06))
    return clip(painted * (0.5 + 0.3 * strength) + pixels * (0.5 - 0.3 * strength))


def album(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Kept by an album that saves room: somewhat smaller, strongly compressed, colours coarse."""
    factor = min(1.0, (24.0 - 6.0 * strength) / text_px)
    small = scaled(pixels, factor) if factor < 1 else pixels
    grown: Pixels = cv2.resize(jpeg(small, 52 - round(18 * strength)), (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_CUBIC)
    return grown


def panel_lines(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A monitor photographed: upright stripes of red, green and blue, slow dark bars of its refresh."""
    height, width = pixels.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = rng.uniform(2.6, 3.6)
    stripes = np.stack([np.sin(xs * 2 * math.pi / pitch + shift + ys * 0.002) for shift in (0.0, 2.1, 4.2)], axis=-1)
    bars = np.sin(ys / height * rng.uniform(14, 30) + rng.random() * 6)
    ripple = np.sin(xs / rng.uniform(30, 80) + np.sin(ys / 210) * 3)
    shown = pixels * (1 + (0.07 + 0.07 * strength) * stripes + (0.04 + 0.05 * strength) * (bars + 0.6 * ripple)[..., None])
    return clip(shown * np.array([1.02, 1.0, 0.95], np.float32) + 4)


def lamp_in_glass(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A long ceiling lamp mirrored in the glass of a frame, and its faint double."""
    xs, ys = grid(pixels)
    angle, at = rng.uniform(-0.5, 0.5), rng.uniform(0.1, 0.8)
    across = ys - at - (xs - 0.5) * math.tan(angle)
    ends = 1 / (1 + np.exp((np.abs(xs - rng.uniform(0.3, 0.7)) - 0.28) * 40))
    glow = (np.exp(-((across / 0.02) ** 4)) + 0.4 * np.exp(-(((across - 0.06) / 0.02) ** 4))) * ends
    return clip(pixels + (255.0 - pixels) * (glow * (0.3 + 0.25 * strength))[..., None])


# --- scanner ---------------------------------------------------------------------------------------------------------


def worn_rollers(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A feeder that pulls unevenly: regular faint bars across, a few rows pulled apart in brightness."""
    _, ys = grid(pixels)
    bars = np.sin(ys * rng.uniform(60, 160)) * 0.5 + np.sin(ys * rng.uniform(200, 400)) * 0.5
    return lit(pixels, 0.96 - (0.02 + 0.05 * strength) * (bars + 1))


def filed(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Taken from a binder: two punched holes at the left edge, the shadow of the spine beside them."""
    height, width = pixels.shape[:2]
    xs, _ = grid(pixels)
    drawn = lit(pixels, 1 - np.exp(-xs / (0.008 + 0.012 * strength)) * 0.5)
    for share in (0.36, 0.64):
        cv2.circle(drawn, (round(width * 0.02), round(height * share)), round(width * 0.011), (70, 74, 78), -1, cv2.LINE_AA)
    return drawn


def recycled(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Grey recycled paper with fibres, print slightly pale."""
    tone = (0.9 - 0.08 * strength) + 0.05 * field(rng, pixels.shape[:2], 160) + 0.04 * field(rng, pixels.shape[:2], 30)
    pale = 255 - (255.0 - pixels) * (0.92 - 0.14 * strength)
    return clip(pale * tone[..., None] * np.array([0.97, 0.99, 1.0], np.float32))


def small_file(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A scanner set to small files: compressed hard before anything else."""
    return jpeg(blur(pixels, 0.5), 46 - round(16 * strength))


def line_screen(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A multi-function machine that sends grey as slanted lines; black print stays solid, with ragged edges."""
    factor = min(1.0, (26.0 - 6 * strength) / text_px)
    small = grey(scaled(pixels, factor) if factor < 1 else pixels).astype(np.float32)
    ys, xs = np.mgrid[0 : small.shape[0], 0 : small.shape[1]].astype(np.float32)
    screen = np.sin((xs + ys) * math.pi / 2) * (24 + 14 * strength) + source(rng).normal(0, 8, small.shape)
    toned = np.where(small + screen > 158, 252, 24).astype(np.uint8)
    grown = cv2.resize(toned, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    return in_channels(blur(grown, 0.8))


# --- ruin ------------------------------------------------------------------------------------------------------------


def ruin_walking(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Taken while walking: the page several times over itself, each moved by more than a line."""
    total = np.zeros(pixels.shape, np.float32)
    for _ in range(9):
        dx, dy = (round(rng.uniform(-1, 1) * text_px * (1.6 + strength)) for _ in "xy")
        total += np.roll(pixels, (dy, dx), axis=(0, 1))
    return clip(blur((total / 9).astype(np.uint8), text_px * 0.16))


def ruin_bleached(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Held into the sun: everything nearly white, what is left is out of focus."""
    return clip(246 + blur(pixels, text_px * (0.26 + 0.1 * strength)).astype(np.float32) * 0.035)


def ruin_thumbnail(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """The preview instead of the picture: body text of two to three pixels, no larger."""
    return scaled(pixels, (2.7 - 0.7 * strength) / text_px)


CAMERA = (
    ceiling_tubes, phone_above, letter_folds, plastic_sleeve, colour_seams, backlight, night_mode, smoothed, album,
)  # fmt: skip
SCAN = (worn_rollers, filed, recycled, small_file)
RUIN = (ruin_walking, ruin_bleached, ruin_thumbnail)
