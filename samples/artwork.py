"""Pictures that papers carry: guilloche grounds, portraits, emblems, a border of ornaments, photographs of nothing.

All are stylised on purpose: they have the colours and busyness that readers must cope with, and imitate no real device.
"""

from __future__ import annotations

import io
import math
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]


def jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def gradient(size: tuple[int, int], corners: tuple[Colour, Colour, Colour, Colour]) -> Image.Image:
    """Bilinear blend of the four corners (top left, top right, bottom left, bottom right)."""
    small = Image.new("RGB", (2, 2))
    small.putdata(list(corners))
    # Resizing 2 × 2 leaves flat margins: blend in a wider frame and cut the middle out.
    return small.resize((size[0] * 2, size[1] * 2), Image.Resampling.BILINEAR).crop(
        (size[0] // 2, size[1] // 2, size[0] // 2 + size[0], size[1] // 2 + size[1])
    )


def waves(picture: Image.Image, rng: Random, colours: tuple[Colour, ...], count: int, swing: float, opacity: int) -> None:
    """Families of sine lines over the picture, as security printing has them."""
    width, height = picture.size
    over = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(over)
    xs = np.linspace(0, width, 160)
    for colour in colours:
        slow, fast = rng.uniform(1.0, 2.2), rng.uniform(4, 7)
        phase, tilt = rng.uniform(0, 6.3), rng.uniform(-0.25, 0.25)
        for line in range(count):
            base = height * (line + 0.5) / count
            drift = phase + line * 0.13
            ys = base + swing * np.sin(xs / width * slow * 6.28 + drift) + swing * 0.3 * np.sin(xs / width * fast * 6.28 - drift)
            ys += tilt * (xs - width / 2)
            draw.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=(*colour, opacity), width=1)
    picture.paste(over, (0, 0), over)


def rosette(
    picture: Image.Image, middle: tuple[float, float], radius: float, colour: Colour, opacity: int, petals: int = 18
) -> None:
    """A round guilloche of crossing loops."""
    over = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(over)
    turn = np.linspace(0, 2 * math.pi, 720)
    for ring in range(6):
        reach = radius * (1 - ring * 0.13) * (0.86 + 0.14 * np.sin(turn * petals + ring))
        xs, ys = middle[0] + reach * np.cos(turn), middle[1] + reach * np.sin(turn)
        draw.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=(*colour, opacity), width=1)
    picture.paste(over, (0, 0), over)


def card_front(rng: Random, warm: bool = False) -> bytes:
    """Ground of an identity card's portrait side, 1012 × 638 (300 dpi), JPEG."""
    cold: tuple[Colour, Colour, Colour, Colour] = ((214, 232, 240), (232, 236, 240), (220, 236, 226), (240, 230, 232))
    pink: tuple[Colour, Colour, Colour, Colour] = ((228, 233, 240), (240, 230, 234), (226, 238, 236), (238, 234, 224))
    picture = gradient((1012, 638), pink if warm else cold)
    waves(picture, rng, ((150, 190, 214), (214, 178, 190), (166, 206, 190)), 26, 22, 95)
    rosette(picture, (430, 330), 210, (150, 190, 210), 90)
    return jpeg(picture, 90)


def card_back(rng: Random, warm: bool = False) -> bytes:
    """Ground of the emblem side with a pale wall along hills, 1012 × 638, JPEG."""
    picture = gradient(
        (1012, 638), ((222, 236, 240), (240, 236, 230), (226, 236, 226), (244, 228, 226) if warm else (236, 232, 224))
    )
    waves(picture, rng, ((160, 196, 214), (220, 190, 190)), 24, 26, 85)
    over = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(over)
    xs = np.linspace(0, 1012, 90)
    for level in range(4):
        ys = 330 + level * 55 + 46 * np.sin(xs / 150 + level * 1.7) + 18 * np.sin(xs / 47 + level)
        hill = list(zip(xs.tolist(), ys.tolist(), strict=True))
        draw.polygon([*hill, (1012, 638), (0, 638)], fill=(176, 196, 204, 26))
        for x, y in hill[:: 2 + level % 2]:
            draw.rectangle((x - 4, y - 7, x + 2, y), fill=(140, 160, 172, 80))
        draw.line(hill, fill=(140, 160, 172, 110), width=3)
    picture.paste(over, (0, 0), over)
    rosette(picture, (160, 160), 140, (222, 170, 170), 70)
    return jpeg(picture, 90)


def portrait(rng: Random, female: bool, ground: Colour = (232, 238, 244)) -> bytes:
    """A faceless bust, 358 × 441, as PNG with a soft edge."""
    picture = Image.new("RGB", (358, 441), ground)
    draw = ImageDraw.Draw(picture)
    skin = rng.choice(((224, 188, 164), (214, 176, 150), (232, 200, 178)))
    hair = rng.choice(((34, 30, 30), (52, 44, 40), (24, 24, 28)))
    coat = rng.choice(((48, 54, 70), (70, 70, 76), (90, 60, 60), (60, 74, 62), (34, 36, 44)))
    if female:
        draw.ellipse((88, 62, 270, 330), fill=hair)
    draw.polygon(((0, 441), (18, 372), (120, 322), (238, 322), (340, 372), (358, 441)), fill=coat)
    draw.polygon(((142, 300), (216, 300), (232, 336), (179, 384), (126, 336)), fill=skin)
    draw.polygon(((126, 332), (179, 392), (232, 332), (214, 441), (144, 441)), fill=(236, 236, 238))
    draw.ellipse((108, 90, 250, 314), fill=skin)
    draw.chord((102, 66, 256, 250), 184, 356, fill=hair)
    draw.rectangle((108, 140, 120, 186), fill=hair)
    draw.rectangle((238, 140, 250, 186), fill=hair)
    for x in (150, 208):
        draw.ellipse((x - 15, 190, x + 15, 203), fill=tuple(max(0, part - 60) for part in skin))
        draw.line((x - 19, 176, x + 19, 173), fill=hair, width=4)
    draw.line((179, 204, 174, 240, 184, 242), fill=tuple(part - 34 for part in skin), width=3)
    draw.chord((158, 256, 200, 276), 0, 180, fill=(180, 112, 106))
    return png(picture.filter(ImageFilter.GaussianBlur(2.2)))


def emblem(rng: Random, colour: Colour = (196, 30, 36), gold: Colour = (232, 190, 84)) -> bytes:
    """A round red and gold device of one large and four small stars over a wheel, 360 × 380 PNG. Not the state emblem."""
    picture = Image.new("RGBA", (360, 380), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    for spoke in range(36):
        angle = spoke * math.pi / 18
        x, y = 180 + 166 * math.cos(angle), 180 + 166 * math.sin(angle)
        draw.ellipse((x - 12, y - 12, x + 12, y + 12), fill=(*gold, 255))
    draw.ellipse((20, 20, 340, 340), fill=(*gold, 255))
    draw.ellipse((40, 40, 320, 320), fill=(*colour, 255))
    for x, y, reach in ((180, 112, 44), (110, 150, 16), (140, 178, 16), (220, 178, 16), (250, 150, 16)):
        points = []
        for corner in range(10):
            radius = reach if corner % 2 == 0 else reach * 0.382
            angle = math.radians(corner * 36 - 90)
            points.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
        draw.polygon(points, fill=(*gold, 255))
    draw.polygon(((84, 258), (96, 232), (264, 232), (276, 258)), fill=(*gold, 255))
    draw.rectangle((104, 258, 256, 276), fill=(*gold, 255))
    draw.polygon(((120, 310), (180, 290), (240, 310), (220, 372), (180, 340), (140, 372)), fill=(*colour, 255))
    turned = picture.rotate(rng.uniform(-0.6, 0.6), resample=Image.Resampling.BICUBIC)
    return png(turned.filter(ImageFilter.GaussianBlur(0.8)))


def _frame(picture: Image.Image, line: Colour) -> None:
    """An ornamental border of crossing waves between two rules."""
    width, height = picture.size
    draw = ImageDraw.Draw(picture)
    margin, band = min(width, height) * 0.028, min(width, height) * 0.042
    dark = (max(0, line[0] - 40), max(0, line[1] - 44), max(0, line[2] - 40))
    for inset, thick in ((margin, 4), (margin + band, 3), (margin + band * 1.25, 1)):
        draw.rectangle((inset, inset, width - inset, height - inset), outline=dark, width=thick)
    for phase in np.linspace(0, 2 * math.pi, 7)[:-1]:
        for vertical in (False, True):
            length = height if vertical else width
            along = np.linspace(margin, length - margin, int(length / 3))
            across = margin + band / 2 + band * 0.42 * np.sin(along / band * 2.6 + phase)
            for base in (across, (width if vertical else height) - across):
                points = zip(base, along, strict=True) if vertical else zip(along, base, strict=True)
                draw.line([(float(x), float(y)) for x, y in points], fill=line, width=2)


def licence_ground(
    rng: Random, size: tuple[int, int], tint: Colour = (250, 246, 232), line: Colour = (214, 190, 130), frame: bool = False
) -> bytes:
    """Pale waved ground with a rosette in the middle, for licences and certificates, JPEG."""
    picture = Image.new("RGB", size, tint)
    waves(picture, rng, (line, tuple((a + b) // 2 for a, b in zip(line, tint, strict=True))), 40, size[1] * 0.02, 60)  # type: ignore[arg-type]
    rosette(picture, (size[0] / 2, size[1] / 2), min(size) * 0.28, line, 70, 24)
    if frame:
        _frame(picture, line)
    return jpeg(picture, 86)


def meadow(rng: Random, size: tuple[int, int] = (1600, 1200)) -> Image.Image:
    """A picture of hills under a sky: what someone uploads by mistake."""
    width, height = size
    picture = gradient(size, ((90, 150, 220), (130, 180, 235), (220, 232, 240), (235, 225, 205)))
    draw = ImageDraw.Draw(picture)
    xs = np.linspace(0, width, 200)
    for level in range(5):
        ys = height * (0.45 + level * 0.11) + height * 0.06 * np.sin(xs / width * rng.uniform(5, 11) + rng.uniform(0, 6))
        shade = 1 - level * 0.14
        green = (round(110 * shade), round(150 * shade), round(90 * shade))
        draw.polygon([*zip(xs.tolist(), ys.tolist(), strict=True), (width, height), (0, height)], fill=green)
    grain = np.random.default_rng(rng.getrandbits(32)).normal(0, 7, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(picture, dtype=np.float32) + grain, 0, 255).astype(np.uint8))
