"""A PDF page as a viewer shows it: its frame, and its pixels. Inside the locked child only."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from extractors.decoding.image import Pixels, Refused
from extractors.decoding.marks import Matrix


@dataclass(frozen=True, slots=True)
class View:
    """A page as shown: its size in points after /Rotate, and the way from page space to points with y down."""

    width: float
    height: float
    matrix: Matrix


def view_of(page: object) -> View:
    """How a viewer shows the page: its box (CropBox within MediaBox) and its /Rotate."""
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    left, bottom, right, top = box.left, box.bottom, box.right, box.top
    if not all(map(math.isfinite, (left, bottom, right, top))) or right - left <= 0 or top - bottom <= 0:
        raise Refused("page_too_large")
    turned = pdfium.FPDFPage_GetRotation(page) % 4
    matrices: tuple[Matrix, ...] = (
        (1, 0, 0, -1, -left, top),
        (0, 1, 1, 0, -bottom, -left),
        (-1, 0, 0, 1, right, -bottom),
        (0, -1, -1, 0, top, right),
    )
    width, height = right - left, top - bottom
    return View(*((height, width) if turned % 2 else (width, height)), matrices[turned])


def render(
    pdf: pypdfium2.PdfDocument, page: object, whole: tuple[int, int], size: tuple[int, int], start: tuple[int, int] = (0, 0)
) -> Pixels:
    """Pixels (height, width, 3), blue first: the part of `size` at `start` of the page drawn `whole` wide and high, on
    white."""
    width, height = size
    pixels = np.full((height, width, 3), 255, dtype=np.uint8)
    buffer = pixels.ctypes.data_as(ctypes.c_void_p)
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, buffer, width * 3)
    if not bitmap:
        raise MemoryError
    place = (-start[0], -start[1], whole[0], whole[1], 0, pdfium.FPDF_ANNOT)
    pdfium.FPDF_RenderPageBitmap(bitmap, page, *place)
    if pdf.formenv is not None:
        pdfium.FPDF_FFLDraw(pdf.formenv, bitmap, page, *place)
    pdfium.FPDFBitmap_Destroy(bitmap)
    return pixels
