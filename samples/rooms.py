"""Effects of the retired part: lamps, windows, crumples, fingers and messengers; dust, dark edges and faxes. See `effects`."""

from __future__ import annotations

import math
from random import Random

import cv2
import numpy as np

from samples.pixels import Pixels, blur, clip, field, grey, grid, in_channels, jpeg, lit, scaled, source

# --- camera ----------------------------------------------------------------------------------------------------------


def desk_lamp(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A warm bulb above one corner: yellow there, dim and red far from it."""
    xs, ys = grid(pixels)
    x, y = rng.choice((-0.1, 1.1)), rng.uniform(-0.1, 0.6)
    far = np.sqrt((xs - x) ** 2 + (ys - y) ** 2)
    light = 1.06 - far * (0.22 + 0.26 * strength)
    tint = np.array([0.80 - 0.16 * strength, 0.93 - 0.05 * strength, 1.02], np.float32)
    return clip(pixels.astype(np.float32) * light[..., None] * tint)


def window_side(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Daylight from one side, the other side grey."""
    xs, ys = grid(pixels)
    angle = rng.choice((0.0, math.pi)) + rng.uniform(-0.4, 0.4)
    side = (xs - 0.5) * math.cos(angle) + (ys - 0.5) * math.sin(angle)
    return lit(pixels, np.clip(0.88 + side * (0.3 + 0.4 * strength), 0.4, 1.1))


def focus_plane(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Sharp at one edge, a little out of focus at the opposite one, as a page seen aslant."""
    xs, ys = grid(pixels)
    away = rng.choice((ys, 1 - ys, xs, 1 - xs))[..., None]
    soft = blur(pixels, max(0.5, text_px * (0.035 + 0.045 * strength))).astype(np.float32)
    return clip(pixels * (1 - away) + soft * away)


def crumpled(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Crushed in a pocket and smoothed out: facets of unlike brightness between many short creases."""
    height, width = pixels.shape[:2]
    shade = np.zeros((height // 4 + 1, width // 4 + 1), np.float32)
    for _ in range(14 + round(12 * strength)):
        x, y, angle = rng.random() * shade.shape[1], rng.random() * shade.shape[0], rng.uniform(0, math.pi)
        side = (np.arange(shade.shape[1])[None, :] - x) * math.sin(angle) - (np.arange(shade.shape[0])[:, None] - y) * math.cos(angle)
        shade += np.tanh(side / 3.0) * np.exp(-np.abs(side) / rng.uniform(14, 60)) * rng.choice((-1, 1))
    grown = cv2.resize(shade, (width, height), interpolation=cv2.INTER_LINEAR)
    return lit(pixels, np.clip(1 + grown * (0.025 + 0.035 * strength), 0.6, 1.12))


def finger(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A thumb that holds the page at its edge, and its shadow. It covers the margin only."""
    height, width = pixels.shape[:2]
    size = 0.035 * min(height, width) * (0.8 + 0.5 * strength)
    low = rng.random() < 0.6
    x, y = (rng.uniform(0.2, 0.8) * width, height) if low else (rng.choice((0, width)), rng.uniform(0.3, 0.8) * height)
    axes = (round(size * 0.62), round(size)) if low else (round(size), round(size * 0.62))
    mask = np.zeros((height, width), np.float32)
    cv2.ellipse(mask, (round(x), round(y)), axes, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    shadow = cv2.GaussianBlur(np.roll(mask, round(size * 0.1), axis=1), (0, 0), max(1.0, size * 0.15))
    shown = pixels.astype(np.float32) * (1 - 0.3 * shadow[..., None])
    skin = np.array((132, 164, 214), np.float32) * (0.9 + 0.2 * field(rng, (height, width), 6)[..., None])
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.6, size * 0.03))[..., None]
    return clip(shown * (1 - soft) + skin * soft)


def messenger(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Sent on twice through a messenger: made smaller, compressed, compressed again on another grid."""
    factor = min(1.0, (19.0 - 4.0 * strength) / text_px)
    small = jpeg(scaled(pixels, factor), 78 - round(14 * strength)) if factor < 1 else pixels
    moved = cv2.copyMakeBorder(small, 3, 0, 5, 0, cv2.BORDER_REPLICATE)
    again = jpeg(moved, 70 - round(18 * strength))[3:, 5:]
    grown: Pixels = cv2.resize(again, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    return grown


def sharpened(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A phone's own sharpening: bright seams around the strokes, whites burnt."""
    soft = blur(pixels, max(1.0, text_px * 0.09)).astype(np.float32)
    return clip((pixels + (pixels - soft) * (0.6 + 0.9 * strength) - 128) * 1.06 + 136)


def night(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Little light, noise that the phone has smoothed to blotches."""
    dark = pixels.astype(np.float32) * (0.66 - 0.2 * strength)
    noisy = clip(dark + source(rng).normal(0, 5 + 6 * strength, pixels.shape))
    smooth: Pixels = cv2.bilateralFilter(noisy, 5, 22, 2)
    return smooth


def scanning_app(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """An app that whitens paper: the light evened out, contrast raised, pale tones gone."""
    ground = cv2.GaussianBlur(cv2.dilate(pixels, np.ones((5, 5), np.uint8)), (0, 0), max(8.0, text_px * 1.5)).astype(np.float32)
    even = pixels.astype(np.float32) / np.maximum(ground, 30) * 255
    return clip((even - 128) * (1.1 + 0.3 * strength) + 132)


def screen_weave(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A laptop's screen photographed: fine diagonal weave, broad waves of colour, bluish."""
    height, width = pixels.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = [np.sin((xs * 0.7 + ys * slope) / rng.uniform(60, 130) + shift) for slope, shift in ((0.2, 0.0), (0.3, 1.7), (0.25, 3.9))]
    weave = np.sin((xs + ys) * 1.9) * np.sin((xs - ys) * 1.7)
    shown = pixels * (1 + (0.03 + 0.05 * strength) * np.stack(wave, axis=-1) + (0.04 + 0.04 * strength) * weave[..., None])
    return clip(shown * np.array([1.0, 0.97, 0.93], np.float32) + 6)


def window_in_glass(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """The panes of a window mirrored in the glass of a frame."""
    height, width = pixels.shape[:2]
    glow = np.zeros((height, width), np.float32)
    x, y, wide = rng.uniform(0.1, 0.6) * width, rng.uniform(0.05, 0.4) * height, rng.uniform(0.08, 0.14) * width
    for column in range(2):
        for row in range(2):
            corner = np.array([x + column * wide * 1.1 + row * wide * 0.15, y + row * wide * 1.45])
            pane = corner + np.array([[0, 0], [wide, wide * 0.05], [wide * 1.12, wide * 1.3], [wide * 0.12, wide * 1.25]])
            cv2.fillConvexPoly(glow, pane.astype(np.int32), 1.0, cv2.LINE_AA)
    glow = cv2.GaussianBlur(glow, (0, 0), max(1.0, width * 0.006)) * (0.25 + 0.25 * strength)
    return clip(pixels + (255.0 - pixels) * glow[..., None])


# --- scanner ---------------------------------------------------------------------------------------------------------


def dusty_glass(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Dust and hairs on the scanner's glass."""
    drawn = pixels.copy()
    height, width = pixels.shape[:2]
    for _ in range(40 + round(80 * strength)):
        tone = rng.randrange(90, 190)
        cv2.circle(drawn, (rng.randrange(width), rng.randrange(height)), rng.choice((1, 1, 1, 2)), (tone, tone, tone), -1, cv2.LINE_AA)
    for _ in range(2 + round(4 * strength)):
        at, turn = (rng.randrange(width), rng.randrange(height)), rng.randrange(360)
        size = (round(width * rng.uniform(0.01, 0.03)), round(width * rng.uniform(0.004, 0.012)))
        cv2.ellipse(drawn, at, size, turn, 0, rng.randrange(90, 220), (120, 120, 120), 1, cv2.LINE_AA)
    return drawn


def dark_edge(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """The lid stood open: one edge falls into the dark, and paper is a little grey all over."""
    xs, ys = grid(pixels)
    far = rng.choice((xs, 1 - xs, ys, 1 - ys))
    return lit(pixels, (0.97 - 0.05 * strength) * (1 - np.exp(-far / (0.012 + 0.03 * strength)) * 0.85))


def uneven_toner(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A drum near its end: print that is pale in broad bands."""
    bands = field(rng, (1, pixels.shape[1]), 7) * 0.7 + field(rng, pixels.shape[:2], 3) * 0.3
    return clip(255 - (255.0 - pixels) * (1 - bands * (0.25 + 0.35 * strength))[..., None])


def copied_colour(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A colour copy of a copy: colours garish, edges hard, ground faintly tinted."""
    middle = pixels.astype(np.float32).mean(axis=2, keepdims=True)
    garish = middle + (pixels - middle) * (1.3 + 0.4 * strength)
    tint = np.array(rng.choice(((248, 252, 255), (255, 250, 246), (250, 255, 250))), np.float32) / 255
    return clip(((garish - 128) * (1.15 + 0.2 * strength) + 134) * tint)


def fax_grain(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Two tones through a fine screen, at the resolution of a good fax, in grey."""
    factor = min(1.0, (22.0 - 4 * strength) / text_px)
    small = grey(scaled(pixels, factor) if factor < 1 else pixels).astype(np.float32)
    screen = np.array([[-26, 10], [22, -6]], np.float32)
    tiled = np.tile(screen, (small.shape[0] // 2 + 1, small.shape[1] // 2 + 1))[: small.shape[0], : small.shape[1]]
    toned = np.where(small + tiled * (0.6 + 0.5 * strength) > 150, 250, 20).astype(np.uint8)
    grown = cv2.resize(toned, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    return in_channels(blur(grown, 0.7))


# --- ruin ------------------------------------------------------------------------------------------------------------


def ruin_fog(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """A lens fogged or greasy: everything swims in a bright haze."""
    return clip(blur(pixels, text_px * (0.38 + 0.14 * strength)).astype(np.float32) * 0.35 + 150)


def ruin_blocks(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Forwarded as a preview and blown up again: blocks instead of strokes."""
    tiny = jpeg(scaled(pixels, (2.5 - 0.5 * strength) / text_px), 24)
    grown: Pixels = cv2.resize(tiny, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_CUBIC)
    return grown


def ruin_blackout(pixels: Pixels, rng: Random, strength: float, text_px: float) -> Pixels:
    """Taken in the dark: a few grey levels under strong noise."""
    dark = pixels.astype(np.float32) * (0.05 - 0.02 * strength)
    noise = source(rng).normal(8, 7, pixels.shape[:2]).astype(np.float32)
    return clip(blur(dark, text_px * 0.1) + noise[..., None])


CAMERA = (desk_lamp, window_side, focus_plane, crumpled, finger, messenger, sharpened, night, scanning_app)
SCAN = (dusty_glass, dark_edge, uneven_toner, copied_colour)
RUIN = (ruin_fog, ruin_blocks, ruin_blackout)
