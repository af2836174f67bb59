"""PDF pages → native text lines, rules, pictures, and pixels where they are needed. Inside the locked child only.

Each page gets a *sheet*: the page as a viewer shows it (/Rotate applied), turned upright if its text runs sideways, at 200
dpi or the resolution of its scan, within caps. All that is sent is in sheet pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from extractors.decoding import rules as decode_rules
from extractors.decoding import scans as decode_scans
from extractors.decoding import sound as decode_sound
from extractors.decoding import text as decode_text
from extractors.decoding.glyphs import Glyphs, glyphs_of
from extractors.decoding.image import Refused, fit
from extractors.decoding.marks import Marks, Matrix, marks_of, moved, multiply
from extractors.decoding.render import View, render, view_of

DPI = 200
SCAN_DPI = 300
"""A scan is rendered at its own resolution between the two."""
FINEST = 600
"""Of a small part that a report shows."""
SMALL_PAGE = 2000
"""Pixels: a scan on a page of a card's size may go beyond SCAN_DPI up to this long side."""
ANNOTATIONS = 500
LINES = 20_000
CURVES = 300
"""Curved shapes from which a page with little text may have its letters drawn as shapes."""
ONE_PAGE = re.compile(r"(?:证明|证书|执照|声明|同意书|承诺书)$")
"""Headings of papers of one page."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What earlier pages of the file had: pictures by place and by the page's largest text, and grounds (a watermark) under which
    text was found sound."""

    pictures: set[tuple[object, ...]]
    grounds: set[tuple[tuple[int, ...], ...]]


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
    seen = Seen(set(), set())
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
    scale = min(FINEST / 72, request["long_side"] / max((x1 - x0) * view.width, (y1 - y0) * view.height))
    whole = max(1, round(view.width * scale)), max(1, round(view.height * scale))
    size = max(1, round((x1 - x0) * whole[0])), max(1, round((y1 - y0) * whole[1]))
    pixels = render(pdf, page.raw, whole, size, (round(x0 * whole[0]), round(y0 * whole[1])))
    yield {"is": "picture", "image": list(pixels.shape[:2]), "blob": pixels.data.cast("B")}


def _page(pdf: pypdfium2.PdfDocument, number: int, request: dict[str, Any], seen: Seen) -> dict[str, Any]:
    page = pdf[number - 1]
    notes: list[str] = []
    try:
        if _merge_annotations(page.raw, notes):
            page.close()
            page = pdf[number - 1]
        view = view_of(page.raw)
        marks = marks_of(page.raw)
        glyphs = glyphs_of(page.raw, marks, view.matrix, (view.width, view.height))
        share = decode_scans.covered([moved(p.rect, view.matrix) for p in marks.pictures], view)
        large = bool(decode_scans.large(marks, view))
        why = decode_sound.why_unsound(glyphs.layer(share, large or len(marks.curves) >= CURVES))
        ground = decode_scans.ground(marks)
        if not why and (large or share >= 0.5) and ground not in seen.grounds:
            why = decode_scans.why_unsound(pdf, page.raw, view, marks, glyphs)
            if not why:
                seen.grounds.add(ground)
        notes += decode_scans.signs(marks, glyphs, view, scanned=share > 0.85 and why == "picture")
        sheet = _sheet(view, marks, 0 if why else glyphs.turn, share, request["size"])
        head = _head(sheet, marks, glyphs, why, notes)
        if _wants_pixels(request["images"], why, {**head, "number": number}, seen):
            size = (sheet.height, sheet.width) if sheet.turn % 2 else (sheet.width, sheet.height)
            pixels = np.ascontiguousarray(np.rot90(render(pdf, page.raw, size, size), sheet.turn))
            head |= {"image": list(pixels.shape[:2]), "blob": pixels.data.cast("B")}
        return head
    finally:
        page.close()


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


def _sheet(view: View, marks: Marks, turn: int, share: float, size: dict[str, int]) -> Sheet:
    scale = DPI / 72
    if share >= 0.5:
        most = max(SCAN_DPI / 72, SMALL_PAGE / max(view.width, view.height))
        scale = min(most, max(scale, decode_scans.resolution(marks.pictures, view)))
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


def _head(sheet: Sheet, marks: Marks, glyphs: Glyphs, why: str, notes: list[str]) -> dict[str, Any]:
    rules = decode_rules.merged([moved(r, sheet.matrix) for r in marks.rules], sheet.width, sheet.height)
    walls = np.array([((r[0] + r[2]) / 2, r[1], r[3]) for r, vertical in rules if vertical], dtype=np.float64).reshape(-1, 3)
    lines = () if why else decode_text.lines_of(glyphs.chars(sheet.matrix), walls)
    if len(lines) > LINES:
        raise Refused("page_too_large")
    return {
        "width": float(sheet.width), "height": float(sheet.height), "turn": sheet.turn, "why_unsound": why, "notes": notes,
        "lines": [[x.text, [round(v, 1) for v in (x.box.x0, x.box.y0, x.box.x1, x.box.y1)], x.edges] for x in lines],
        "rules": [[[round(v, 1) for v in rect], vertical] for rect, vertical in rules],
        "pictures": decode_rules.pictures(marks, sheet.matrix, sheet.width, sheet.height),
    }  # fmt: skip


def _wants_pixels(images: str, why: str, head: dict[str, Any], seen: Seen) -> bool:
    """Pixels are needed where the text is not sound, and where there are pictures (a seal, a photo) that no earlier page under the
    same heading had at the same place: a bank's logo on 200 pages is rendered once; papers of several kinds, or of several people,
    that one hand stamped at the same place are all looked at."""
    if images != "needed" or why:
        return images == "all" or (images == "needed" and bool(why))
    if not head["pictures"]:
        return False
    heading = _heading(head.get("lines", ()), head["number"])
    new = {(heading, *(round(v / 8) for v in box)) for box in head["pictures"]} - seen.pictures
    seen.pictures.update(new)
    return bool(new)


def _heading(lines: Sequence[Sequence[Any]], number: int) -> tuple[str, int]:
    """A page's largest text; with its number where that names a paper of one page, of which a file may hold several."""
    worded = [line for line in lines if len(line[0].replace(" ", "")) > 2]
    largest = max(worded, key=lambda line: line[1][3] - line[1][1], default=None)
    text = str(largest[0])[:40] if largest else ""
    return text, number if ONE_PAGE.search(text.replace(" ", "")) else 0
