"""Red seals as transparent PNGs: round company and office seals, oval bank seals, square name chops, unevenly inked."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from samples.paper import Part

SIZE = 560
"""Pixels across a round seal; 40 mm on paper makes it 355 dpi."""
SUPERSAMPLE = 2
_SERIF = {
    "tuning": ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 2),
    "retired": ("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf", 0),
    "test": ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
}
RIM: Mapping[Part, float] = {"tuning": 1.0, "retired": 0.75, "test": 1.3}
"""How thick the rim is, as a share of the usual."""
STAR: Mapping[Part, float] = {"tuning": 0.145, "retired": 0.118, "test": 0.165}
"""Radius of the star as a share of the seal."""
PADS: Mapping[Part, tuple[tuple[int, int, int], ...]] = {
    "retired": ((226, 62, 34), (178, 24, 48), (214, 40, 66), (236, 48, 40)),
    "test": ((204, 32, 32), (222, 30, 74), (190, 44, 24), (240, 60, 60)),
}
"""Red of the ink pads, from orange vermilion to dark rose; tuning mixes its own."""
Ink = Literal["fresh", "worn", "faint"]


@cache
def _font(part: Part, size: int) -> ImageFont.FreeTypeFont:
    path, index = _SERIF[part]
    return ImageFont.truetype(path, size, index=index)


def _glyph(char: str, part: Part, width: float, height: float) -> Image.Image:
    """One character as a mask of exactly this size: seals squeeze their characters to fit."""
    font = _font(part, 160)
    tile = Image.new("L", (200, 200), 0)
    stroke = 4 if part == "test" else 0
    ImageDraw.Draw(tile).text((100, 100), char, fill=255, font=font, anchor="mm", stroke_width=stroke)
    box = tile.getbbox() or (0, 0, 1, 1)
    wide = char.isascii() or char in "（）·"
    cut = tile.crop(box if not wide else (box[0] - 12, 20, box[2] + 12, 180))
    return cut.resize((max(1, round(width * (0.55 if wide else 1))), max(1, round(height))), Image.Resampling.LANCZOS)


def _paste_turned(mask: Image.Image, tile: Image.Image, x: float, y: float, degrees: float) -> None:
    turned = tile.rotate(degrees, expand=True, resample=Image.Resampling.BICUBIC)
    at = (round(x - turned.width / 2), round(y - turned.height / 2))
    full = Image.new("L", mask.size, 0)
    full.paste(turned, at)
    mask.paste(255, (0, 0), full)


def _arc_text(
    mask: Image.Image,
    text: str,
    part: Part,
    radii: tuple[float, float],
    span: float,
    glyph: tuple[float, float],
    upward: bool = True,
) -> None:
    """`text` along an ellipse around the middle, over the top or the bottom; `span` degrees from first to last."""
    middle_x, middle_y = mask.width / 2, mask.height / 2
    step = span / max(1, len(text) - 1) if len(text) > 1 else 0
    for at, char in enumerate(text):
        turn = -span / 2 + at * step if len(text) > 1 else 0.0
        angle = math.radians(turn - 90) if upward else math.radians(90 - turn)
        x, y = middle_x + radii[0] * math.cos(angle), middle_y + radii[1] * math.sin(angle)
        # On an ellipse a character stands upright on the tangent, not on the ray.
        tangent = math.degrees(math.atan2(radii[1] * math.cos(angle), -radii[0] * math.sin(angle)))
        _paste_turned(mask, _glyph(char, part, *glyph), x, y, -tangent if upward else 180 - tangent)


def _star(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = math.radians(corner * 36 - 90)
        points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    draw.polygon(points, fill=255)


def _line_text(
    mask: Image.Image, text: str, part: Part, middle: tuple[float, float], width: float, height: float
) -> None:
    each = width / max(1, len(text))
    for at, char in enumerate(text):
        _paste_turned(
            mask, _glyph(char, part, each * 0.9, height), middle[0] - width / 2 + each * (at + 0.5), middle[1], 0
        )


def _noise(rng: Random, shape: tuple[int, int], cell: int) -> np.ndarray:
    """Smooth noise in 0..1 with features of about `cell` pixels."""
    source = np.random.default_rng(rng.getrandbits(32))
    small = source.random((max(2, shape[0] // cell), max(2, shape[1] // cell))) * 255
    grown = Image.fromarray(small.astype(np.uint8)).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(grown, dtype=np.float32) / 255


def _inked(mask: Image.Image, rng: Random, ink: Ink, part: Part) -> bytes:
    """The mask as red ink: pressed unevenly, with specks the pad left dry."""
    mask = mask.resize((mask.width // SUPERSAMPLE, mask.height // SUPERSAMPLE), Image.Resampling.LANCZOS)
    mask = mask.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.8)))
    shape = (mask.height, mask.width)
    wear = {"fresh": 0.1, "worn": 0.34, "faint": 0.5}[ink]
    strength = {"fresh": 0.98, "worn": 0.92, "faint": 0.72}[ink]
    press = 1 - wear * _noise(rng, shape, 140)
    specks = np.clip((_noise(rng, shape, 3) * 0.6 + _noise(rng, shape, 9) * 0.4 - wear * 0.62) * 6, 0, 1)
    alpha = np.asarray(mask, dtype=np.float32) * strength * press * (1 - wear + wear * specks)
    red = (rng.randrange(196, 232), rng.randrange(18, 52), rng.randrange(26, 58))
    if part in PADS:
        red = rng.choice(PADS[part])
    picture = np.empty((*shape, 4), dtype=np.uint8)
    picture[..., :3] = red
    picture[..., 3] = np.clip(alpha, 0, 255).astype(np.uint8)
    return _png(Image.fromarray(picture, "RGBA"))


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def _ink(rng: Random, ink: Ink | None) -> Ink:
    choices: Sequence[Ink] = ("fresh", "fresh", "worn", "worn", "faint")
    return rng.choice(choices) if ink is None else ink


def company_seal(
    text: str,
    rng: Random,
    centre_text: str = "",
    *,
    code: str = "",
    ink: Ink | None = None,
    part: Part = "tuning",
    double: bool = False,
) -> bytes:
    """Round seal (42 mm on paper): `text` around the top, a star, `centre_text` below it, `code` along the bottom.

    `code` is the 13-digit filing number many seals bear along the bottom; "" draws one in half of the cases, "-" none.
    """
    size = SIZE * SUPERSAMPLE
    mask = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(mask)
    rim = size * 0.024
    draw.ellipse((rim, rim, size - rim, size - rim), outline=255, width=round(rim * RIM[part]))
    double = double or (part == "retired" and len(text) % 3 == 0)
    if double:
        inner = rim * 2.8
        draw.ellipse((inner, inner, size - inner, size - inner), outline=255, width=round(rim * 0.35))
    _star(draw, size / 2, size / 2, size * STAR[part])
    count = len(text)
    span = min(292.0, 17.5 * count + 40)
    high = size * (0.135 if count <= 16 else 0.12)
    wide = min(high * 0.85, math.radians(span / max(1, count - 1)) * size * 0.36 * 0.88)
    reach = size / 2 - rim * (3.4 if double else 2.4) - high / 2
    _arc_text(mask, text, part, (reach, reach), span, (wide, high))
    if centre_text:
        width = min(size * 0.52, len(centre_text) * size * 0.085)
        _line_text(mask, centre_text, part, (size / 2, size * 0.735), width, size * 0.085)
    number = code or (f"{rng.randrange(10**12, 10**13)}" if rng.random() < 0.5 else "-")
    if number != "-" and span < 290:
        low = size / 2 - rim * 3.2
        _arc_text(mask, number, part, (low, low), 52, (size * 0.03, size * 0.036), upward=False)
    return _inked(mask, rng, _ink(rng, ink), part)


def office_seal(
    text: str, rng: Random, centre_text: str = "", *, ink: Ink | None = None, part: Part = "tuning"
) -> bytes:
    """Round seal of an authority: a larger star, no number."""
    return company_seal(text, rng, centre_text, code="-", ink=ink, part=part)


def oval_seal(
    text: str, rng: Random, lines: Sequence[str] = (), *, ink: Ink | None = None, part: Part = "tuning"
) -> bytes:
    """Oval seal (45 × 30 mm) of banks and invoices: `text` over the top, up to three straight `lines` in the middle."""
    wide, high = round(SIZE * SUPERSAMPLE * 1.12), round(SIZE * SUPERSAMPLE * 0.75)
    mask = Image.new("L", (wide, high), 0)
    draw = ImageDraw.Draw(mask)
    rim = high * 0.028
    draw.ellipse((rim, rim, wide - rim, high - rim), outline=255, width=round(rim))
    glyph_high = high * 0.135
    glyph_wide = min(glyph_high * 0.9, wide * 1.05 / max(6, len(text)))
    radii = (wide / 2 - rim * 3 - glyph_high / 2, high / 2 - rim * 2.2 - glyph_high / 2)
    _arc_text(mask, text, part, radii, min(200.0, 13.0 * len(text) + 20), (glyph_wide, glyph_high))
    for at, line in enumerate(lines[:3]):
        y = high * (0.5 + (at - (len(lines) - 1) / 2) * 0.17 + 0.06)
        _line_text(mask, line, part, (wide / 2, y), min(wide * 0.62, len(line) * high * 0.13), high * 0.125)
    return _inked(mask, rng, _ink(rng, ink), part)


def name_chop(name: str, rng: Random, *, ink: Ink | None = None, part: Part = "tuning") -> bytes:
    """Square chop (18 mm) of a person: characters top to bottom, right to left, completed with 印 or 之印."""
    text = {2: name + "之印", 3: name + "印", 4: name}.get(len(name), name[:4])
    size = SIZE * SUPERSAMPLE // 2
    mask = Image.new("L", (size, size), 0)
    rim = size * 0.035
    ImageDraw.Draw(mask).rectangle((rim, rim, size - rim, size - rim), outline=255, width=round(rim))
    half = (size - 4 * rim) / 2
    for at, char in enumerate(text):
        x = size - 2 * rim - half * (0.5 + at // 2)
        _paste_turned(mask, _glyph(char, part, half * 0.86, half * 0.86), x, 2 * rim + half * (0.5 + at % 2), 0)
    return _inked(mask, rng, _ink(rng, ink), part)


def nothing() -> bytes:
    """A seal that was never pressed: one transparent pixel, for papers that lack theirs."""
    return _png(Image.new("RGBA", (1, 1), (0, 0, 0, 0)))
