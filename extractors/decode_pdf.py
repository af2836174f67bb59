"""PDF pages → native text lines, rules, pictures, and pixels where they are needed. Inside the locked child only.

Each page gets a *sheet*: the page as a viewer shows it (/Rotate applied), turned upright if its text runs sideways, at 200
dpi or the resolution of its scan, within caps. All that is sent is in sheet pixels.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from extractors import decode_rules, decode_sound, decode_text
from extractors.decode_glyphs import Glyphs, glyphs_of
from extractors.decode_image import Pixels, Refused, fit
from extractors.decode_marks import Marks, Matrix, Picture, Rect, marks_of, moved, multiply

DPI = 200
SCAN_DPI = 300
"""A scan is rendered at its own resolution between the two."""
SMALL_PAGE = 2000
"""Pixels: a scan on a page of a card's size may go beyond SCAN_DPI up to this long side."""
ANNOTATIONS = 500
GRID = 50
COVERED = 4
"""Characters hidden by boxes from which it is a sign; table writers cover one or two."""
_STAMPED = re.compile("仅供|仅限|用于|专用|扫描|水印|[Ss]can")
PRINT_SHARE = 0.008
"""Share of near-black pixels from which a picture under the text counts as printed paper, not as a background."""


@dataclass(frozen=True, slots=True)
class View:
    """A page as shown: its size in points after /Rotate, and the way from page space to points with y down."""

    width: float
    height: float
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Sheet:
    """The frame of the result: its size in pixels, quarter turns clockwise that its text makes on the page as shown, the way
    from page space to its pixels."""

    width: int
    height: int
    turn: int
    matrix: Matrix


def frames(content: bytes, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The frames of a PDF: opened, then a page each. `request`: first, last, max_pages, images ("needed", "all", "none"),
    size."""
    try:
        pdf = opened(content, request["max_pages"])
    except Refused as error:
        yield {"is": "failed", "code": error.code}
        return
    yield {"is": "opened", "pages": len(pdf)}
    seen: set[tuple[int, ...]] = set()
    for number in range(request["first"], min(len(pdf), request["last"] or len(pdf)) + 1):
        try:
            yield {"is": "page", "number": number, **_page(pdf, number, request, seen)}
        except MemoryError:
            yield {"is": "page", "number": number, "error": "parse_memory"}
        except (pypdfium2.PdfiumError, Refused, ValueError, ArithmeticError, LookupError) as error:
            yield {"is": "page", "number": number, "error": error.code if isinstance(error, Refused) else "corrupt_pdf"}


def opened(content: bytes, max_pages: int) -> pypdfium2.PdfDocument:
    """The document; raises Refused."""
    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise Refused("encrypted_pdf" if locked else "corrupt_pdf") from error
    if len(pdf) == 0:
        raise Refused("no_pages")
    if len(pdf) > max_pages:
        raise Refused("too_many_pages")
    if pdf.get_formtype() != pdfium.FORMTYPE_NONE:
        pdf.init_forms()
    return pdf


def picture(content: bytes, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One page or a part of it as pixels. `request`: number, box (0..1 of the page as shown, or None), long_side,
    max_pages."""
    try:
        pdf = opened(content, request["max_pages"])
        page = pdf[request["number"] - 1]
    except (Refused, pypdfium2.PdfiumError, IndexError) as error:
        yield {"is": "failed", "code": error.code if isinstance(error, Refused) else "corrupt_pdf"}
        return
    view = view_of(page.raw)
    x0, y0, x1, y1 = request["box"] or (0.0, 0.0, 1.0, 1.0)
    scale = request["long_side"] / max((x1 - x0) * view.width, (y1 - y0) * view.height)
    whole = max(1, round(view.width * scale)), max(1, round(view.height * scale))
    size = max(1, round((x1 - x0) * whole[0])), max(1, round((y1 - y0) * whole[1]))
    pixels = render(pdf, page.raw, whole, size, (round(x0 * whole[0]), round(y0 * whole[1])))
    yield {"is": "picture", "image": list(pixels.shape[:2]), "blob": pixels.tobytes()}


def _page(pdf: pypdfium2.PdfDocument, number: int, request: dict[str, Any], seen: set[tuple[int, ...]]) -> dict[str, Any]:
    page = pdf[number - 1]
    notes: list[str] = []
    try:
        if _merge_annotations(page.raw, notes):
            page.close()
            page = pdf[number - 1]
        view = view_of(page.raw)
        marks = marks_of(page.raw)
        glyphs = glyphs_of(page.raw, marks, multiply(view.matrix, (1, 0, 0, 1, 0, 0)), (view.width, view.height))
        share = _share([moved(p.rect, view.matrix) for p in marks.pictures], view)
        why = decode_sound.why_unsound(glyphs.layer(share))
        if not why and share >= 0.5:
            why = _scan_below(pdf, page.raw, view, marks, glyphs)
        notes += _signs(marks, glyphs, view, scanned=share > 0.85 and why == "picture")
        sheet = _sheet(view, marks, 0 if why else glyphs.turn, share, request["size"])
        head = _head(sheet, marks, glyphs, why, notes)
        if _wants_pixels(request["images"], why, head, seen):
            size = (sheet.height, sheet.width) if sheet.turn % 2 else (sheet.width, sheet.height)
            pixels = np.ascontiguousarray(np.rot90(render(pdf, page.raw, size, size), sheet.turn))
            head |= {"image": list(pixels.shape[:2]), "blob": pixels.tobytes()}
        return head
    finally:
        page.close()


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


def _merge_annotations(page: object, notes: list[str]) -> bool:
    """Draws filled form fields, stamps and typed-in notes into the page, so that their text counts as any other. True if
    there were."""
    found = set()
    for i in range(min(ANNOTATIONS, pdfium.FPDFPage_GetAnnotCount(page))):
        annotation = pdfium.FPDFPage_GetAnnot(page, i)
        if annotation:
            found.add(pdfium.FPDFAnnot_GetSubtype(annotation))
            pdfium.FPDFPage_CloseAnnot(annotation)
    found -= {pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_UNKNOWN}
    if pdfium.FPDF_ANNOT_FREETEXT in found:
        notes.append("typed_annotation")
    return bool(found) and pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS


def _share(rects: list[Rect], view: View) -> float:
    """Share of the page that these boxes cover together, on a coarse grid; boxes in points as shown."""
    grid = np.zeros((GRID, GRID), dtype=np.bool_)
    for x0, y0, x1, y1 in rects:
        columns = slice(_cell(x0 / view.width, round), _cell(x1 / view.width, round))
        rows = slice(_cell(y0 / view.height, round), _cell(y1 / view.height, round))
        grid[rows, columns] = True
    return float(grid.mean())


def _cell(place: float, rounded: Any) -> int:
    return int(min(GRID, max(0, rounded(place * GRID)))) if math.isfinite(place) else 0


def _scan_below(pdf: pypdfium2.PdfDocument, page: object, view: View, marks: Marks, glyphs: Glyphs) -> str:
    """For text with large pictures: "invisible" when the pictures hide it, "picture" when they are printed paper
    themselves."""
    small = fit(max(1, round(view.width)), max(1, round(view.height)), 800, 300, 1_000_000)
    shown = render(pdf, page, small, small).astype(np.int16)
    later = [p for p in marks.pictures if p.z > glyphs.orders.min()]
    if later:
        _activate([p.handle for p in later], False)
        bare = render(pdf, page, small, small).astype(np.int16)
        _activate([p.handle for p in later], True)
        if _changed(shown, bare, glyphs, view) > 0.3:
            return "invisible"
    _activate(marks.text_handles, False)
    ground = render(pdf, page, small, small)
    _activate(marks.text_handles, True)
    return "picture" if float((ground.max(axis=2) < 110).mean()) > PRINT_SHARE else ""


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


def _signs(marks: Marks, glyphs: Glyphs, view: View, scanned: bool) -> list[str]:
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


def _sheet(view: View, marks: Marks, turn: int, share: float, size: dict[str, int]) -> Sheet:
    scale = DPI / 72
    if share >= 0.5:
        most = max(SCAN_DPI / 72, SMALL_PAGE / max(view.width, view.height))
        scale = min(most, max(scale, _resolution(marks.pictures, view)))
    width, height = fit(max(1, round(view.width * scale)), max(1, round(view.height * scale)), **size)
    to_shown = multiply(view.matrix, (width / view.width, 0, 0, height / view.height, 0, 0))
    turns: tuple[Matrix, ...] = (
        (1, 0, 0, 1, 0, 0),
        (0, -1, 1, 0, 0, width),
        (-1, 0, 0, -1, width, height),
        (0, 1, -1, 0, height, 0),
    )
    shape = (height, width) if turn % 2 else (width, height)
    return Sheet(*shape, turn, multiply(to_shown, turns[turn]))


def _resolution(pictures: list[Picture], view: View) -> float:
    """Pixels per point of the finest picture that takes a tenth of the page or more; 0 when there is none."""
    finest = 0.0
    for each in pictures:
        width, height = each.rect[2] - each.rect[0], each.rect[3] - each.rect[1]
        if width * height >= 0.1 * view.width * view.height:
            finest = max(finest, math.sqrt(each.pixels[0] * each.pixels[1] / (width * height)))
    return finest


def _head(sheet: Sheet, marks: Marks, glyphs: Glyphs, why: str, notes: list[str]) -> dict[str, Any]:
    rules = decode_rules.merged([moved(r, sheet.matrix) for r in marks.rules], sheet.width, sheet.height)
    walls = np.array([((r[0] + r[2]) / 2, r[1], r[3]) for r, vertical in rules if vertical], dtype=np.float64).reshape(-1, 3)
    lines = () if why else decode_text.lines_of(glyphs.chars(sheet.matrix), walls)
    return {
        "width": float(sheet.width), "height": float(sheet.height), "turn": sheet.turn, "why_unsound": why, "notes": notes,
        "lines": [[x.text, [round(v, 1) for v in (x.box.x0, x.box.y0, x.box.x1, x.box.y1)], x.edges] for x in lines],
        "rules": [[[round(v, 1) for v in rect], vertical] for rect, vertical in rules],
        "pictures": decode_rules.pictures(marks, sheet.matrix, sheet.width, sheet.height),
    }  # fmt: skip


def _wants_pixels(images: str, why: str, head: dict[str, Any], seen: set[tuple[int, ...]]) -> bool:
    """Pixels are needed where the text is not sound, and where there are pictures (a seal, a photo) that no earlier page had
    at the same place: a bank's logo on 200 pages is rendered once."""
    if images != "needed" or why:
        return images == "all" or (images == "needed" and bool(why))
    new = {tuple(round(v / 8) for v in box) for box in head["pictures"]} - seen
    seen |= new
    return bool(new)


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
