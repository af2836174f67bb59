"""QR codes on a picture, by zxing-cpp: content and place."""

from __future__ import annotations

import numpy as np

from extractors.model import Box, Code
from extractors.ocr import Image
from extractors.straighten import Floats, apply


def find(image: Image, to_sheet: Floats) -> tuple[Code, ...]:
    """The QR codes of a picture (h, w, 3) uint8 BGR; boxes in sheet pixels by the homography page pixels → sheet pixels."""
    import zxingcpp

    found = []
    for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode):
        p = code.position
        corners = np.array([[q.x, q.y] for q in (p.top_left, p.top_right, p.bottom_right, p.bottom_left)], np.float64)
        at = apply(to_sheet, corners)
        (x0, y0), (x1, y1) = at.min(axis=0), at.max(axis=0)
        found.append(Code(code.text, Box(float(x0), float(y0), float(x1), float(y1))))
    return tuple(found)
