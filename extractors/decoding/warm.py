"""Runs every decoder once on files made here, in the zygote, before anything is locked.

Libraries import parts of themselves at first use (numpy.ma, Pillow's plugins, pdfminer's character maps), which a locked
child cannot, and pdfium looks through the system's fonts, which each child would do again.
"""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Iterable
from typing import Any

import pikepdf
from pdfminer.cmapdb import CMapDB
from PIL import Image

from extractors.decoding import image as decode_image
from extractors.decoding import pdf as decode_pdf
from extractors.decoding import tables as decode_tables
from extractors.decoding import traits as decode_traits

LATE = ("numpy.ma", "numpy.fft", "numpy.linalg", "PIL.ImageCms", "PIL.ImageFilter", "PIL.ImageSequence", "pikepdf.models")
"""Modules that libraries import at odd moments; as root, and Python in root's own folder, a locked child cannot read them."""
CMAPS = ("Identity-H", "Identity-V", "GBK-EUC-H", "GBKp-EUC-H", "UniGB-UCS2-H", "UniGB-UTF16-H")
PAGE = """q 40 0 0 40 100 100 cm /I Do Q 1 w 50 600 200 50 re S 150 600 m 150 650 l S 60 500 m 80 520 90 520 90 500 c f
BT /F 12 Tf 60 620 Td (Warm 12.50) Tj /H 12 Tf 100 0 Td <{han}> Tj ET BT 3 Tr /F 9 Tf 60 400 Td (unseen) Tj ET"""
REQUEST: dict[str, Any] = {
    "first": 1, "last": None, "images": "all", "max_pages": 10, "max_pixels": 10_000, "max_bytes": 1 << 20, "number": 1,
    "box": None, "long_side": 50, "size": {"long_side": 400, "short_side": 100, "pixels": 100_000}, "pages": [1],
}  # fmt: skip


def warm() -> None:
    """Reads a small PDF and a small picture of each kind through all jobs."""
    for name in LATE:
        importlib.import_module(name)
    for name in CMAPS:
        with contextlib.suppress(CMapDB.CMapNotFound):
            CMapDB.get_cmap(name)
    with contextlib.suppress(Exception):
        CMapDB.get_unicode_map("Adobe-GB1")
    pdf = small_pdf()
    decode_traits.traits(pdf)
    for each in (pdf, small_pdf(blank=True)):
        for job in (decode_pdf.frames, decode_pdf.picture, decode_tables.tables):
            _run_out(job(each, {**REQUEST, "kind": "pdf"}))
    for kind, formats in decode_image.FORMATS.items():
        request = {**REQUEST, "kind": kind}
        for mode in ("RGB", "L"):
            _run_out(decode_image.frames(_picture(formats[0], mode), request))
        _run_out(decode_image.frames(_picture(formats[0], "RGB")[:-20], request))
        _run_out(decode_image.picture(_picture(formats[0], "RGB"), request))


def _run_out(frames: Iterable[object]) -> None:
    for _ in frames:
        pass


def _picture(format: str, mode: str) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (64, 48), 200 if mode == "L" else (200, 30, 30)).save(buffer, format)
    return buffer.getvalue()


def small_pdf(blank: bool = False) -> bytes:
    """A blank page, or one with Latin and Chinese text in fonts it does not carry, rules, a curve, a picture and an unseen text."""
    pdf = pikepdf.new()
    name, dictionary, song = pikepdf.Name, pikepdf.Dictionary, pikepdf.Name("/STSong-Light")
    latin = dictionary(Type=name.Font, Subtype=name.Type1, BaseFont=name.Helvetica)
    system = dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("GB1"), Supplement=2)
    glyphs = pikepdf.Array([dictionary(Type=name.Font, Subtype=name.CIDFontType0, BaseFont=song, CIDSystemInfo=system)])
    encoding = pikepdf.Name("/UniGB-UCS2-H")
    han = dictionary(Type=name.Font, Subtype=name.Type0, BaseFont=song, Encoding=encoding, DescendantFonts=glyphs)
    image = pdf.make_stream(b"\xff\0\0" * 64, Type=name.XObject, Subtype=name.Image, Width=8, Height=8)
    image.ColorSpace, image.BitsPerComponent = name.DeviceRGB, 8
    page = pdf.add_blank_page(page_size=(300, 700))
    page.Resources = dictionary(Font=dictionary(F=latin, H=han), XObject=dictionary(I=image))
    page.Contents = pdf.make_stream(b"") if blank else pdf.make_stream(PAGE.format(han="账户明细".encode("utf-16-be").hex()).encode())
    buffer = io.BytesIO()
    pdf.save(buffer)
    return buffer.getvalue()
