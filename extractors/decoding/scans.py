"""Pictures on a PDF page: how much they cover, whether they hide the text or are printed paper themselves. Inside the locked child
only."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from extractors.decoding.glyphs import Glyphs
from extractors.decoding.image import Pixels, fit
from extractors.decoding.marks import Marks, Picture, Rect, moved
from extractors.decoding.render import View, render

GRID = 50
LARGE = 0.04
"""Share of the page from which a single picture may be a paper of its own (a card copied into a text document); seals, logos and
codes are smaller."""
LOOKED_AT = 1600
"""Long side in pixels of the renderings that are compared."""
PRINT_SHARE = 0.003
"""Share of dark edges from which a picture counts as printed paper, not as a background."""
HIDDEN_SHARE = 0.3
COVERED = 4
"""Characters hidden by boxes from which it is a sign; table writers cover one or two."""
_STAMPED = re.compile("仅供|仅限|用于|专用|扫描|水印|[Ss]can")


def covered(rects: list[Rect], view: View) -> float:
    """Share of the page that these boxes cover together, on a coarse grid; boxes in points as shown."""
    grid = np.zeros((GRID, GRID), dtype=np.bool_)
    for x0, y0, x1, y1 in rects:
        columns = slice(_cell(x0 / view.width, round), _cell(x1 / view.width, round))
        rows = slice(_cell(y0 / view.height, round), _cell(y1 / view.height, round))
        grid[rows, columns] = True
    return float(grid.mean())


def _cell(place: float, rounded: Any) -> int:
    return int(min(GRID, max(0, rounded(place * GRID)))) if math.isfinite(place) else 0


def large(marks: Marks, view: View) -> list[Rect]:
    """Pictures that take LARGE of the page or more, clipped to it, in points as shown."""
    found = []
    for each in marks.pictures:
        x0, y0, x1, y1 = moved(each.rect, view.matrix)
        x0, y0, x1, y1 = max(0.0, x0), max(0.0, y0), min(view.width, x1), min(view.height, y1)
        if x1 > x0 and y1 > y0 and (x1 - x0) * (y1 - y0) >= LARGE * view.width * view.height:
            found.append((x0, y0, x1, y1))
    return found


def ground(marks: Marks) -> tuple[tuple[int, ...], ...]:
    """What tells the pictures of one page from those of another without decoding them: place, size in pixels, stored bytes."""
    return tuple(
        (*(round(v) for v in p.rect), *p.pixels, pdfium.FPDFImageObj_GetImageDataRaw(p.handle, None, 0))
        for p in marks.pictures[:100]
    )


def why_unsound(pdf: pypdfium2.PdfDocument, page: object, view: View, marks: Marks, glyphs: Glyphs) -> str:
    """For text with large pictures: "invisible" when they hide it, "picture" when one of them is printed paper itself."""
    size = fit(max(1, round(view.width)), max(1, round(view.height)), LOOKED_AT, 300, 4_000_000)
    if max(size) < LOOKED_AT:
        size = round(size[0] * LOOKED_AT / max(size)), round(size[1] * LOOKED_AT / max(size))
    later = [p.handle for p in marks.pictures if p.z > glyphs.orders.min()]
    if later:
        shown = render(pdf, page, size, size).astype(np.int16)
        bare = _without(pdf, page, size, later).astype(np.int16)
        if _changed(shown, bare, glyphs, view) > HIDDEN_SHARE:
            return "invisible"
    ground = _without(pdf, page, size, marks.drawn_handles)
    scale = size[0] / view.width, size[1] / view.height
    areas = large(marks, view) or [(0.0, 0.0, view.width, view.height)]
    parts = [ground[int(y0 * scale[1]) : int(y1 * scale[1]) + 1, int(x0 * scale[0]) : int(x1 * scale[0]) + 1] for x0, y0, x1, y1 in areas]
    return "picture" if any(_print_share(part) > PRINT_SHARE for part in parts) else ""


def _print_share(ground: Pixels) -> float:
    """Share of dark pixels with a light one right of them: letters have many, coloured bands, watermarks and seals few."""
    grey = ground.max(axis=2).astype(np.int16)
    edges = (grey[:, :-2] < 120) & (np.maximum(grey[:, 1:-1], grey[:, 2:]) - grey[:, :-2] > 60)
    return float(edges.mean()) if edges.size else 0.0


def _without(pdf: pypdfium2.PdfDocument, page: object, size: tuple[int, int], handles: list[Any]) -> Pixels:
    """The page drawn without some of its objects."""
    _activate(handles, False)
    pixels = render(pdf, page, size, size)
    _activate(handles, True)
    return pixels


def _activate(handles: list[Any], active: bool) -> None:
    for handle in handles:
        pdfium.FPDFPageObj_SetIsActive(handle, active)


def _changed(shown: NDArray[np.int16], bare: NDArray[np.int16], glyphs: Glyphs, view: View) -> float:
    """Share of the characters whose place looks different without the pictures drawn after them."""
    height, width = shown.shape[:2]
    centres = (glyphs.boxes[:, :2] + glyphs.boxes[:, 2:]) / 2
    xs = np.clip(centres[:, 0] / view.width * width, 1, width - 2).astype(int)
    ys = np.clip(centres[:, 1] / view.height * height, 1, height - 2).astype(int)
    difference = np.abs(shown - bare).max(axis=2)
    around = np.max([difference[ys + dy, xs + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)], axis=0)
    return float((around > 60).mean())


def signs(marks: Marks, glyphs: Glyphs, view: View, scanned: bool) -> list[str]:
    """Codes of what an honest paper seldom has: covered_text, text_over_scan, patch_over_scan; and sideways_text, which is
    left out of the lines."""
    signs = ["covered_text"] if glyphs.covered >= COVERED else []
    if np.count_nonzero(glyphs.quarters != glyphs.turn) >= COVERED:
        signs.append("sideways_text")
    if not scanned or not marks.pictures:
        return signs
    scan = min(p.z for p in marks.pictures)
    places = (glyphs.boxes[:, :2] + glyphs.boxes[:, 2:]) / 2 / (view.width, view.height)
    inner = ((places > (0.04, 0.06)) & (places < (0.96, 0.92))).all(axis=1)  # margins have page numbers and scanners' marks
    over = inner & glyphs.dark & (glyphs.orders > scan)
    if over.any() and not _STAMPED.search("".join(map(chr, glyphs.codes[over].tolist()))):
        signs.append("text_over_scan")
        if any(fill.white and fill.z > scan for fill in marks.fills):
            signs.append("patch_over_scan")
    return signs


def resolution(pictures: list[Picture], view: View) -> float:
    """Pixels per point of the finest picture that takes a tenth of the page or more; 0 when there is none."""
    finest = 0.0
    for each in pictures:
        width, height = each.rect[2] - each.rect[0], each.rect[3] - each.rect[1]
        if width * height >= 0.1 * view.width * view.height:
            finest = max(finest, math.sqrt(each.pixels[0] * each.pixels[1] / (width * height)))
    return finest


