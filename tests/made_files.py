"""Small PDFs and pictures made for tests, by content stream: what stands where is known to the point.

    pdf(page("BT ... ET"), page(...), images=...)  → bytes
    text(72, 700, "账户明细", 12)                    → content, in a font that is not embedded, as banks' systems write it
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pikepdf
from PIL import Image, ImageDraw

from extractors import pages
from extractors.pages import RawPage

A4 = (595, 842)
SONG = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"


@dataclass(frozen=True)
class Page:
    """Content of a page, its size in points, and the keys of its dictionary that differ from the usual."""

    content: str
    size: tuple[float, float] = A4
    rotate: int = 0
    crop: Sequence[float] | None = None
    origin: tuple[float, float] = (0, 0)
    images: Mapping[str, Image.Image] = field(default_factory=dict)


def text(x: float, y: float, words: str, size: float = 12, more: str = "", turn: str = "1 0 0 1") -> str:
    """A string at a point; Latin in Helvetica, anything else in STSong, neither embedded. turn: the linear part of the text matrix."""
    if words.isascii():
        shown, font = "<" + words.encode("latin-1").hex() + ">", "F"
    else:
        shown, font = "<" + words.encode("utf-16-be").hex() + ">", "H"
    return f"q {more} BT /{font} {size} Tf {turn} {x} {y} Tm {shown} Tj ET Q\n"


def pdf(*pages: Page | str, info: Mapping[str, str] | None = None, **save: Any) -> bytes:
    """The pages as one PDF file."""
    made = pikepdf.new()
    fonts = _fonts()
    for each in pages:
        page = each if isinstance(each, Page) else Page(each)
        added = made.add_blank_page()
        x, y = page.origin
        added.MediaBox = pikepdf.Array([x, y, x + page.size[0], y + page.size[1]])
        if page.crop:
            added.CropBox = pikepdf.Array(list(page.crop))
        added.Rotate = page.rotate
        names = {"/" + name: _image(made, image) for name, image in page.images.items()}
        added.Resources = pikepdf.Dictionary(Font=fonts, XObject=pikepdf.Dictionary(names))
        added.Contents = made.make_stream(page.content.encode("latin-1"))
    for key, value in (info or {}).items():
        made.docinfo["/" + key] = value
    return saved(made, **save)


def saved(made: pikepdf.Pdf, **options: Any) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer, **options)
    return buffer.getvalue()


def _fonts() -> pikepdf.Dictionary:
    name, dictionary, song = pikepdf.Name, pikepdf.Dictionary, pikepdf.Name("/STSong-Light")
    system = dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("GB1"), Supplement=2)
    glyphs = pikepdf.Array([dictionary(Type=name.Font, Subtype=name.CIDFontType0, BaseFont=song, CIDSystemInfo=system)])
    han = dictionary(Type=name.Font, Subtype=name.Type0, BaseFont=song, Encoding=name("/UniGB-UCS2-H"), DescendantFonts=glyphs)
    return dictionary(F=dictionary(Type=name.Font, Subtype=name.Type1, BaseFont=name.Helvetica), H=han)


def _image(made: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    name = pikepdf.Name
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    rgb = image.convert("RGB")
    stream = made.make_stream(rgb.tobytes(), Type=name.XObject, Subtype=name.Image, Width=rgb.width, Height=rgb.height)
    stream.ColorSpace, stream.BitsPerComponent = name.DeviceRGB, 8
    if alpha is not None:
        mask = made.make_stream(alpha.tobytes(), Type=name.XObject, Subtype=name.Image, Width=rgb.width, Height=rgb.height)
        mask.ColorSpace, mask.BitsPerComponent = name.DeviceGray, 8
        stream.SMask = mask
    return stream


def drawn(name: str, x: float, y: float, width: float, height: float) -> str:
    """An image of the page's `images` at a place."""
    return f"q {width} 0 0 {height} {x} {y} cm /{name} Do Q\n"


def grid(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Ruled lines at these places, stroked."""
    across = "".join(f"{xs[0]} {y} m {xs[-1]} {y} l S\n" for y in ys)
    return "1 w\n" + across + "".join(f"{x} {ys[0]} m {x} {ys[-1]} l S\n" for x in xs)


def scan(width: int = 800, height: int = 1100, rows: int = 30) -> Image.Image:
    """A page of black bars like printed rows on greyish paper."""
    image = Image.new("RGB", (width, height), (236, 233, 228))
    draw = ImageDraw.Draw(image)
    for row in range(rows):
        y = 60 + row * (height - 120) // rows
        for x in range(80, width - 80, 24):
            draw.rectangle((x, y, x + 14, y + 14), fill=(40, 40, 40))
    return image


def picture(kind: str, image: Image.Image, **options: Any) -> bytes:
    """An image in a file format of Pillow."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def corners(width: int = 48, height: int = 32, mode: str = "RGB") -> Image.Image:
    """Red, green, blue and black quarters, so that every turn and mirroring can be told."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (230, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 230, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 230)
    return Image.fromarray(pixels).convert(mode)


def statement(pages: int, rows: int = 40) -> bytes:
    """A bank statement as banks' systems print it: ruled, a font that is not embedded."""
    xs, ys = (30, 90, 160, 250, 330, 410, 565), [780 - i * 18 for i in range(rows + 2)]
    made = []
    for page in range(pages):
        content = text(200, 805, "交易明细清单", 16) + grid(xs, ys)
        for column, head in zip(xs, ("序号", "日期", "摘要", "收入", "支出", "余额"), strict=False):
            content += text(column + 4, ys[0] - 13, head, 9)
        for row in range(rows):
            y, number = ys[row + 1] - 13, page * rows + row
            cells = (str(number), "2024-03-15", "网上转账", "1234.56", "", "98765.43 ")
            content += "".join(text(x + 4, y, cell, 9) for x, cell in zip(xs, cells, strict=False) if cell)
        made.append(content)
    return pdf(*made)


def read(data: bytes, kind: str, images: pages.Images = "needed", limits: pages.Limits = pages.LIMITS) -> list[RawPage]:
    """All pages of a file, through the real sandbox."""
    with pages.open_file(data, kind, limits, images) as file:
        return list(file)


def read_one(data: bytes, kind: str = "pdf", images: pages.Images = "needed") -> RawPage:
    """The only page of a file, which must be there."""
    (page,) = read(data, kind, images)
    assert page.error is None, page.error
    return page


def words(page: RawPage) -> list[str]:
    """The texts on a page."""
    return [line.text for line in page.lines]
