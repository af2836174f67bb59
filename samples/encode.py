"""Pictures and pages as the files that people send: JPEG with orientation, TIFF, WebP, PDF of scans, PDF of both kinds."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from samples.pixels import Pixels, jpeg

EXIF_FOR_TURNS = {1: 8, 2: 3, 3: 6}
"""EXIF orientation that makes a viewer turn the stored picture back, by quarter turns clockwise that it was stored with."""
PRODUCERS = {
    "scan": ("Canon iR-ADV C3520", "KONICA MINOLTA bizhub C226", "CamScanner", "Adobe PDF Library 15.0", "HP Smart Document Scan"),
    "letter": ("Microsoft® Word 2019", "WPS 文字", "LibreOffice 7.4"),
    "bank": ("iText 2.1.7 by 1T3XT", "JasperReports Library version 6.20", "Apache FOP Version 2.6", "FastReport"),
}
DAY = "D:20261103101500+08'00'"
EDITORS = ("Adobe Photoshop CC 2019", "PDF-XChange Editor 9.5", "Foxit PhantomPDF 10.1", "福昕高级PDF编辑器")


@dataclass(frozen=True)
class PageImage:
    """A scanned page on its way into a PDF: pixels, resolution, and junk text laid invisibly over it ("" none)."""

    pixels: Pixels
    dpi: float
    quality: int
    junk: str = ""


def _picture(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))


def image_file(pixels: Pixels, kind: str, quality: int = 80, exif_turns: int = 0) -> bytes:
    """One picture as `jpg`, `png`, `webp`, `bmp` or `tif`. `exif_turns`: stored so many quarters clockwise, and
    EXIF says so. `quality` 100 leaves png and bmp without loss."""
    if kind in ("png", "bmp"):  # a picture that was a JPEG before somebody converted it
        pixels = jpeg(pixels, quality) if quality < 100 else pixels
    buffer = io.BytesIO()
    picture = _picture(np.rot90(pixels, -exif_turns)) if exif_turns else _picture(pixels)
    formats: dict[str, dict[str, Any]] = {
        "jpg": {"format": "JPEG", "quality": quality},
        "png": {"format": "PNG", "compress_level": 6},
        "webp": {"format": "WEBP", "quality": quality, "method": 2},
        "bmp": {"format": "BMP"},
        "tif": {"format": "TIFF", "compression": "jpeg", "quality": quality},
    }
    options = formats[kind]
    if exif_turns:
        exif = Image.Exif()
        exif[0x0112] = EXIF_FOR_TURNS[exif_turns]
        exif[0x010F], exif[0x0110] = "HUAWEI", "ELE-AL00"
        options["exif"] = exif
    picture.save(buffer, **options)
    return buffer.getvalue()


def tiff_file(pages: Sequence[Pixels], dpi: float, quality: int) -> bytes:
    """A TIFF of several pages."""
    buffer = io.BytesIO()
    pictures = [_picture(page) for page in pages]
    pictures[0].save(buffer, "TIFF", save_all=True, append_images=pictures[1:], compression="jpeg", quality=quality, dpi=(dpi, dpi))
    return buffer.getvalue()


def pdf_file(parts: Sequence[bytes | PageImage], rng: Random, producer: str = "scan", rotate: int = 0) -> bytes:
    """A PDF of born-digital PDFs (all their pages) and scanned pages, in order. `rotate`: /Rotate of the digital pages."""
    import pikepdf

    whole = pikepdf.Pdf.new()
    for part in parts:
        if isinstance(part, PageImage):
            _add_scan(whole, part)
            continue
        with pikepdf.Pdf.open(io.BytesIO(part)) as source:
            for page in source.pages:
                if rotate:
                    page.Rotate = rotate
                whole.pages.append(page)
    whole.docinfo["/Producer"] = rng.choice(PRODUCERS[producer])
    whole.docinfo["/CreationDate"] = whole.docinfo["/ModDate"] = DAY
    buffer = io.BytesIO()
    whole.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def _add_scan(whole: Any, page: PageImage) -> None:
    import pikepdf

    height, width = page.pixels.shape[:2]
    wide, high = width / page.dpi * 72, height / page.dpi * 72
    data = image_file(page.pixels, "jpg", page.quality)
    image = pikepdf.Stream(
        whole, data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    drawing = f"q {wide:.2f} 0 0 {high:.2f} 0 0 cm /Im0 Do Q"
    resources: dict[str, Any] = {"/XObject": pikepdf.Dictionary({"/Im0": image})}
    if page.junk:
        lines = "".join(f"({page.junk[at : at + 30]}) Tj 0 -24 Td " for at in range(0, len(page.junk), 30))
        drawing += f" BT /F0 11 Tf 3 Tr 40 {high - 60:.0f} Td {lines}ET"
        font = pikepdf.Dictionary({"/Type": pikepdf.Name.Font, "/Subtype": pikepdf.Name.Type1, "/BaseFont": pikepdf.Name.Helvetica})
        resources["/Font"] = pikepdf.Dictionary({"/F0": font})
    whole.add_blank_page(page_size=(wide, high))
    added = whole.pages[-1]
    added.Contents = pikepdf.Stream(whole, drawing.encode("latin-1"))
    added.Resources = pikepdf.Dictionary(resources)


def junk_text(rng: Random) -> str:
    """What a scanner's own recognition makes of Chinese when it knows only Latin."""
    return "".join(rng.choice("lI|1iJt7fT#*~-_.,;:'HEFLrkx@%&") for _ in range(rng.randrange(120, 400)))


def edited(pdf: bytes, rng: Random) -> bytes:
    """The PDF as an editor leaves it: another producer, changed long after it was made, saved by an incremental update."""
    import pikepdf

    with pikepdf.Pdf.open(io.BytesIO(pdf)) as opened:
        opened.docinfo["/Producer"] = rng.choice(EDITORS)
        opened.docinfo["/CreationDate"] = DAY
        opened.docinfo["/ModDate"] = "D:20261119223140+08'00'"
        buffer = io.BytesIO()
        opened.save(buffer, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        root, info = opened.trailer.Root.objgen[0], opened.trailer.Info.objgen[0]
        size = int(opened.trailer.Size)
    body = buffer.getvalue()
    at = len(body)
    start = body.rindex(b"startxref") + 9
    previous = int(body[start : body.index(b"%%EOF", start)])
    entry = f"{size} 0 obj\n<< /Note (touched) >>\nendobj\n".encode()
    table = (
        f"xref\n{size} 1\n{at:010d} 00000 n \ntrailer\n<< /Size {size + 1} /Root {root} 0 R /Info {info} 0 R /Prev {previous} >>\n".encode()
    )
    return body + entry + table + f"startxref\n{at + len(entry)}\n%%EOF\n".encode()


def damaged(data: bytes, fault: str, rng: Random) -> bytes:
    """A file that cannot be opened: `truncated` early, `empty`, or (PDF only) `encrypted` with a password nobody gave."""
    import pikepdf

    if fault == "empty":
        return b""
    if fault == "truncated" or not data.startswith(b"%PDF"):
        return data[: max(400, len(data) // 40)]
    buffer = io.BytesIO()
    with pikepdf.Pdf.open(io.BytesIO(data)) as opened:
        # Revision 3 because later ones draw random salts: the same seed must give the same bytes.
        opened.save(
            buffer,
            encryption=pikepdf.Encryption(owner="geheim", user="geheim", R=3, aes=False, metadata=False),
            deterministic_id=False,
            static_id=True,
        )
    return buffer.getvalue()
