"""Pages drawn for tests with fonts of the system: printed lines at known places, and a round seal with text along its rim."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from extractors.ocr import Image
from tests.made_files import SONG

RED = (200, 30, 40)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(SONG, size)


def page(
    lines: Sequence[tuple[str, int, int]] | Sequence[str],
    size: tuple[int, int] = (1240, 1754),
    height: int = 34,
    colour: tuple[int, int, int] = (20, 20, 20),
    paper: tuple[int, int, int] = (255, 255, 255),
) -> Image:
    """(h, w, 3) uint8 BGR: texts at x, y (or one under the other) in Noto Serif; colours as RGB."""
    picture = Pictures.new("RGB", size, paper)
    draw = ImageDraw.Draw(picture)
    for n, each in enumerate(lines):
        text, x, y = (each, 120, 120 + round(1.9 * height) * n) if isinstance(each, str) else each
        draw.text((x, y), text, font=_font(height), fill=colour)
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def seal(text: str, diameter: int = 300, turned_deg: float = 0.0, middle: str = "") -> Pictures.Image:
    """A round company seal on nothing (RGBA): rim, text along the upper arc, star, and words under the star."""
    scale = 2
    side = diameter * scale
    picture = Pictures.new("RGBA", (side, side))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((4, 4, side - 5, side - 5), outline=(*RED, 255), width=max(4, side // 36))
    glyph = round(side * 0.125)
    spread = min(270.0, 24.0 * len(text))
    for n, character in enumerate(text):
        angle = -spread / 2 + spread * (n + 0.5) / len(text)
        tile = Pictures.new("RGBA", (glyph * 2, glyph * 2))
        ImageDraw.Draw(tile).text((glyph, glyph), character, font=_font(glyph), fill=(*RED, 255), anchor="mm", stroke_width=1)
        tile = tile.rotate(-angle, resample=Pictures.Resampling.BICUBIC)
        radius = 0.385 * side
        x, y = side / 2 + radius * np.sin(np.radians(angle)), side / 2 - radius * np.cos(np.radians(angle))
        picture.alpha_composite(tile, (round(x - glyph), round(y - glyph)))
    star = [
        (side / 2 + r * np.sin(np.pi * n / 5), side / 2 - r * np.cos(np.pi * n / 5))
        for n, r in enumerate([0.16 * side, 0.062 * side] * 5)
    ]
    draw.polygon(star, fill=(*RED, 255))
    if middle:
        draw.text((side / 2, 0.74 * side), middle, font=_font(round(glyph * 0.8)), fill=(*RED, 255), anchor="mm")
    if turned_deg:
        picture = picture.rotate(-turned_deg, resample=Pictures.Resampling.BICUBIC)
    return picture.resize((diameter, diameter), Pictures.Resampling.LANCZOS)


def stamped(page: Image, stamp: Pictures.Image, x: int, y: int, strength: float = 0.85) -> Image:
    """The page with the stamp's ink laid over it as ink lies: it darkens, and print under it stays black."""
    tile = np.asarray(stamp).astype(np.float32)
    alpha = tile[:, :, 3:] / 255 * strength
    ink = 1 - alpha * (1 - tile[:, :, 2::-1] / 255)
    done = page.astype(np.float32)
    h, w = tile.shape[:2]
    done[y : y + h, x : x + w] *= ink
    return done.clip(0, 255).astype(np.uint8)


def turned(page: Image, quarters: int) -> Image:
    """The page turned clockwise by quarters."""
    return np.ascontiguousarray(np.rot90(page, -quarters))


def rotated(page: Image, angle_deg: float) -> Image:
    """The page turned clockwise by an angle, on a table of middling grey, larger so that nothing is cut."""
    height, width = page.shape[:2]
    turn = np.radians(angle_deg)
    c, s = abs(np.cos(turn)), abs(np.sin(turn))
    new_w, new_h = int(width * c + height * s) + 40, int(width * s + height * c) + 40
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -angle_deg, 1.0)
    matrix[:, 2] += (new_w - width) / 2, (new_h - height) / 2
    return np.asarray(cv2.warpAffine(page, matrix, (new_w, new_h), flags=cv2.INTER_CUBIC, borderValue=(120, 128, 132)))
