"""Characters that a PDF states beside its glyphs (/ActualText), put where the glyphs are drawn. Inside the locked child only.

Browsers print Chinese this way: a glyph that a radical shares (月, 日, 人, 工) carries the character it stands for. pdfium gives such
characters the bounds of their glyph in the frame of the form it is drawn in, not of the page, and no width of their own: left so,
they lie scattered over the page and are missing from their lines.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence, Set

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from extractors.decoding.marks import Matrix, Rect, moved
from extractors.decoding.text import Floats

BELOW, ABOVE = -0.14, 0.88
"""Foot and top of a character's box over its base line, in font sizes."""
FIRST_SQUARE = 0x2E80
"""From this code point on characters are as wide as their font's size."""


def placed(
    text: object, at: NDArray[np.int64], codes: NDArray[np.int64], boxes: Floats, replaced: Set[int]
) -> Floats:
    """The boxes (n, 4) in page space of the characters `at` these places of the text page; those of the text objects with
    these addresses are worked out anew."""
    if not replaced or len(at) == 0:
        return boxes
    objects: dict[int, list[int]] = {}
    for i, place in enumerate(at.tolist()):
        handle = pdfium.FPDFText_GetTextObject(text, place)
        if handle and (address := ctypes.addressof(handle.contents)) in replaced:
            objects.setdefault(address, []).append(i)
    done = boxes.copy()
    for members in objects.values():
        whole = _whole(text, int(at[members[0]]), square=len(members) == 1 and int(codes[members[0]]) >= FIRST_SQUARE)
        if whole is not None:
            done[members] = _shares(*whole, len(members))
    return done


def _whole(text: object, place: int, square: bool) -> tuple[Rect, Matrix] | None:
    """The box of a glyph in the frame of its font, and the way from there to the page; None when pdfium does not say."""
    handle = pdfium.FPDFText_GetTextObject(text, place)
    to_page, own = pdfium.FS_MATRIX(), pdfium.FS_MATRIX()
    edges = [ctypes.c_float() for _ in range(4)]
    known = pdfium.FPDFText_GetMatrix(text, place, to_page) and pdfium.FPDFPageObj_GetMatrix(handle, own)
    if not known or not pdfium.FPDFPageObj_GetBounds(handle, *edges):
        return None
    size = float(pdfium.FPDFText_GetFontSize(text, place))
    x0, y0, x1, y1 = (edge.value for edge in edges)
    back = np.linalg.pinv(np.array([[own.a, own.b], [own.c, own.d]]))
    corners = (np.array([[x0, y0], [x0, y1], [x1, y0], [x1, y1]]) - [own.e, own.f]) @ back
    left, right = (0.0, size) if square else (float(corners[:, 0].min()), float(corners[:, 0].max()))
    matrix = (to_page.a, to_page.b, to_page.c, to_page.d, to_page.e, to_page.f)
    return (left, BELOW * size, right, ABOVE * size), matrix


def _shares(box: Rect, to_page: Matrix, count: int) -> Sequence[Rect]:
    """The box in page space, shared out among its characters."""
    step = (box[2] - box[0]) / count
    return [moved((box[0] + n * step, box[1], box[0] + (n + 1) * step, box[3]), to_page) for n in range(count)]
