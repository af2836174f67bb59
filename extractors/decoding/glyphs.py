"""The characters of a PDF page with their boxes, and which of them a reader can see. Inside the locked child only."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from extractors.decoding.marks import Marks, Matrix
from extractors.decoding.replaced import placed
from extractors.decoding.sound import Layer
from extractors.decoding.text import Chars, Floats

CHARACTERS = 100_000
"""Read at most; no paper has more on one page."""
SLANT = 0.12
"""Radians off a right angle from which text is a watermark, not part of the page."""
SPACES = (0x20, 0xA0, 0x3000)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The visible, straight characters of a page. `boxes` in points as shown (y down); `page_boxes` in page space;
    `quarters`: quarter turns clockwise of each as shown; `total`: all characters, also those not kept; `covered`: characters
    that a later box hides; `orders`: place in the drawing order; `dark`: as print is."""

    codes: NDArray[np.int64]
    boxes: Floats
    page_boxes: Floats
    quarters: NDArray[np.int64]
    spaces: Floats
    unmapped: int
    total: int
    covered: int
    orders: NDArray[np.int64]
    dark: NDArray[np.bool_]

    @property
    def turn(self) -> int:
        """The direction of most characters, in quarter turns clockwise; 0 when there are none."""
        return int(np.bincount(self.quarters, minlength=4).argmax()) if len(self.quarters) else 0

    def layer(self, picture_share: float, large_picture: bool) -> Layer:
        """What the judgement of the text layer needs."""
        upright = float((self.quarters == self.turn).mean()) if len(self.quarters) else 1.0
        return Layer(self.total, self.codes, self.unmapped, picture_share, large_picture, upright)

    def chars(self, matrix: Matrix) -> Chars:
        """The characters of the main direction in another frame."""
        kept = self.quarters == self.turn
        scale = float(np.hypot(matrix[0], matrix[1]))
        return Chars(self.codes[kept], boxes_moved(self.page_boxes[kept], matrix), self.spaces[kept] * scale)


def boxes_moved(boxes: Floats, matrix: Matrix) -> Floats:
    """(n, 4) boxes through a matrix that keeps right angles, as upright boxes."""
    a, b, c, d, e, f = matrix
    xs = [a * boxes[:, i] + c * boxes[:, j] + e for i, j in ((0, 1), (2, 3))]
    ys = [b * boxes[:, i] + d * boxes[:, j] + f for i, j in ((0, 1), (2, 3))]
    return np.stack([np.minimum(*xs), np.minimum(*ys), np.maximum(*xs), np.maximum(*ys)], axis=1)


def glyphs_of(page: object, marks: Marks, to_shown: Matrix, size: tuple[float, float]) -> Glyphs:
    """Reads the page's characters. `to_shown`: from page space to points as shown; `size`: of the page as shown, in
    points."""
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        raise ValueError("no text page")
    try:
        return _read(text, pdfium.FPDFPage_GetRotation(page) % 4, marks, to_shown, size)
    finally:
        pdfium.FPDFText_ClosePage(text)


def _read(text: object, rotation: int, marks: Marks, to_shown: Matrix, size: tuple[float, float]) -> Glyphs:
    count = max(0, min(CHARACTERS, pdfium.FPDFText_CountChars(text)))
    codes = np.fromiter((pdfium.FPDFText_GetUnicode(text, i) for i in range(count)), dtype=np.int64, count=count)
    blank = np.isin(codes, SPACES)
    at = np.flatnonzero(~blank & (codes != 13) & (codes != 10))
    spaces = _spaces_before(text, blank, at)
    codes = codes[at]
    page_boxes = placed(text, at, codes, _boxes(text, at), marks.replaced)
    boxes = boxes_moved(page_boxes, to_shown)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    on_page = ((centres >= 0) & (centres <= np.asarray(size))).all(axis=1) & (boxes[:, 3] - boxes[:, 1] > 0.3)
    angles = np.fromiter((pdfium.FPDFText_GetCharAngle(text, i) for i in at.tolist()), dtype=np.float64, count=len(at))
    turns = angles / (np.pi / 2)
    straight = np.abs(turns - np.round(turns)) * (np.pi / 2) < SLANT
    orders, seen, dark, covered = _seen(text, at, page_boxes, marks)
    kept = on_page & straight & seen
    broken = codes == 0
    for i, place in enumerate(at.tolist()):
        if kept[i] and pdfium.FPDFText_HasUnicodeMapError(text, place) == 1:
            broken[i] = True
    return Glyphs(
        codes[kept], boxes[kept], page_boxes[kept], (np.round(turns[kept]).astype(np.int64) + rotation) % 4,
        spaces[kept], int(broken[kept].sum()), int((straight & on_page).sum()), covered,
        orders[kept], dark[kept],
    )  # fmt: skip


def _spaces_before(text: object, blank: NDArray[np.bool_], at: NDArray[np.int64]) -> Floats:
    """For each character the width of the space of the file (not pdfium's own) right before it, in page space; 0 for none."""
    widths = np.zeros(len(blank) + 1)
    places = np.array([i for i in np.flatnonzero(blank).tolist() if pdfium.FPDFText_IsGenerated(text, i) != 1], dtype=np.int64)
    boxes = _boxes(text, places)
    widths[places] = boxes[:, 2] - boxes[:, 0]
    return np.asarray(widths[at - 1], dtype=np.float64)


def _boxes(text: object, at: NDArray[np.int64]) -> Floats:
    """Boxes as wide as the character's advance and as high as its font, in page space: x0, y0, x1, y1."""
    if len(at) == 0:
        return np.zeros((0, 4))
    loose = (pdfium.FS_RECTF * len(at))()
    for i, place in enumerate(at.tolist()):
        pdfium.FPDFText_GetLooseCharBox(text, place, loose[i])
    raw = np.frombuffer(loose, dtype=np.float32).reshape(-1, 4).astype(np.float64)  # left, top, right, bottom
    edges = raw[:, 0], np.minimum(raw[:, 1], raw[:, 3]), raw[:, 2], np.maximum(raw[:, 1], raw[:, 3])
    return np.asarray(np.nan_to_num(np.stack(edges, axis=1)), dtype=np.float64)


def _seen(
    text: object, at: NDArray[np.int64], boxes: Floats, marks: Marks
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_], int]:
    """(drawing order of each character, whether a reader sees it, whether it is dark, number hidden by a box drawn later)."""
    orders = np.zeros(len(at), dtype=np.int64)
    seen = np.ones(len(at), dtype=np.bool_)
    states = {state for _, state in marks.texts.values()}
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    over = [fill for fill in marks.fills[:2000] if _inside(centres, fill.rect).any()] if len(at) else []
    dark = np.ones(len(at), dtype=np.bool_)
    if states <= {"dark", "tinted"} and not over and not marks.pictures:
        return orders, seen, dark, 0
    white = np.zeros(len(at), dtype=np.bool_)
    for i, place in enumerate(at.tolist()):
        handle = pdfium.FPDFText_GetTextObject(text, place)
        z, state = marks.texts.get(ctypes.addressof(handle.contents), (0, "dark")) if handle else (0, "dark")
        orders[i], seen[i], white[i], dark[i] = z, state != "hidden", state == "white", state == "dark"
    hidden = np.zeros(len(at), dtype=np.bool_)
    for fill in over:
        inside = _inside(centres, fill.rect)
        hidden |= inside & (orders < fill.z)
        if not fill.white:
            white &= ~(inside & (orders > fill.z))  # white on a dark bar is meant to be read
    for picture in marks.pictures:
        white &= ~(_inside(centres, picture.rect) & (orders > picture.z))
    return orders, seen & ~hidden & ~white, dark, int((hidden & seen).sum())


def _inside(points: Floats, rect: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    x0, y0, x1, y1 = rect
    return np.asarray((points[:, 0] > x0) & (points[:, 0] < x1) & (points[:, 1] > y0) & (points[:, 1] < y1))


