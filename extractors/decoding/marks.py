"""What is drawn on a PDF page besides text: table rules, filled boxes, pictures, curves. Inside the locked child only.

Coordinates are the page's own (points, y up, before /Rotate); `decode_pdf` turns them into sheet pixels.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2.raw as pdfium

Matrix = tuple[float, float, float, float, float, float]
Rect = tuple[float, float, float, float]
"""x0, y0, x1, y1 with x0 <= x1 and y0 <= y1."""

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
NESTED = 6
"""Forms within forms are followed this far; the drawing itself has no such limit."""
OBJECTS = 40_000
"""Objects of a page that are looked at; a page with more is a map or a bomb, and is rendered instead."""
THIN = 3.0
"""Points: a filled box no thicker than this is a rule."""
LINE_TO, BEZIER_TO, MOVE_TO = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Picture:
    """An image object: where it stands, its own size in pixels, its place in the drawing order."""

    rect: Rect
    pixels: tuple[int, int]
    z: int
    handle: object


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled upright box: what it covers, its place in the drawing order, and whether it is white."""

    rect: Rect
    z: int
    white: bool


@dataclass(slots=True)
class Marks:
    """All marks of a page. `drawn_handles`: all objects but pictures. `texts`: address of a text object → its drawing order
    and "dark", "tinted" (coloured or seen through), "hidden" or "white". `replaced`: addresses of the text objects whose
    characters are stated beside them (/ActualText)."""

    rules: list[Rect] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    curves: list[Rect] = field(default_factory=list)
    texts: dict[int, tuple[int, str]] = field(default_factory=dict)
    replaced: set[int] = field(default_factory=set)
    drawn_handles: list[object] = field(default_factory=list)
    complete: bool = True


def marks_of(page: object) -> Marks:
    """Walks the page's objects in drawing order."""
    marks = Marks()
    for z, (handle, matrix) in enumerate(_objects(page)):
        if z >= OBJECTS:
            marks.complete = False
            break
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind != pdfium.FPDF_PAGEOBJ_IMAGE:
            marks.drawn_handles.append(handle)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            address = ctypes.addressof(handle.contents)  # type: ignore[attr-defined]
            marks.texts[address] = (z, _visibility(handle))
            if _is_replaced(handle):
                marks.replaced.add(address)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            _read_path(handle, matrix, z, marks)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            _read_picture(handle, matrix, z, marks)
    return marks


def _objects(page: object) -> Iterator[tuple[object, Matrix]]:
    for i in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _within(pdfium.FPDFPage_GetObject(page, i), IDENTITY, NESTED)


def _within(handle: object, matrix: Matrix, depth: int) -> Iterator[tuple[object, Matrix]]:
    if not handle:
        return
    if pdfium.FPDFPageObj_GetType(handle) != pdfium.FPDF_PAGEOBJ_FORM:
        yield handle, matrix
    elif depth:
        inner = multiply(_matrix(handle), matrix)
        for i in range(pdfium.FPDFFormObj_CountObjects(handle)):
            yield from _within(pdfium.FPDFFormObj_GetObject(handle, i), inner, depth - 1)


def multiply(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does `first`, then `then`."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def moved(rect: Rect, matrix: Matrix) -> Rect:
    """The upright box around a box that went through a matrix."""
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in (rect[0], rect[2]) for y in (rect[1], rect[3])]
    ys = [b * x + d * y + f for x in (rect[0], rect[2]) for y in (rect[1], rect[3])]
    return min(xs), min(ys), max(xs), max(ys)


def _matrix(handle: object) -> Matrix:
    m = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, m):
        return IDENTITY
    return m.a, m.b, m.c, m.d, m.e, m.f


def _colour(handle: object) -> tuple[int, int, int, int]:
    parts = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetFillColor(handle, *parts):
        return 0, 0, 0, 255
    return tuple(p.value for p in parts)  # type: ignore[return-value]


def _visibility(handle: object) -> str:
    mode = pdfium.FPDFTextObj_GetTextRenderMode(handle)
    red, green, blue, alpha = _colour(handle)
    if mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP) or alpha < 8:
        return "hidden"
    fills = mode in (pdfium.FPDF_TEXTRENDERMODE_FILL, pdfium.FPDF_TEXTRENDERMODE_FILL_CLIP)
    if fills and min(red, green, blue) >= 248:
        return "white"
    return "dark" if fills and max(red, green, blue) < 110 and alpha > 240 else "tinted"


def _is_replaced(handle: object) -> bool:
    marks = (pdfium.FPDFPageObj_GetMark(handle, i) for i in range(max(0, pdfium.FPDFPageObj_CountMarks(handle))))
    return any(pdfium.FPDFPageObjMark_GetParamValueType(m, b"ActualText") == pdfium.FPDF_OBJECT_STRING for m in marks if m)


def _read_picture(handle: object, matrix: Matrix, z: int, marks: Marks) -> None:
    rect = _bounds(handle, matrix)
    if rect is None:
        return
    if min(rect[2] - rect[0], rect[3] - rect[1]) <= THIN / 2:
        marks.rules.append(rect)  # some report writers draw their rules as pictures
        return
    width, height = ctypes.c_uint(), ctypes.c_uint()
    pdfium.FPDFImageObj_GetImagePixelSize(handle, width, height)
    marks.pictures.append(Picture(rect, (width.value, height.value), z, handle))


def _bounds(handle: object, matrix: Matrix) -> Rect | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return None
    rect = (left.value, bottom.value, right.value, top.value)
    return rect if matrix == IDENTITY else moved(rect, matrix)


def _read_path(handle: object, matrix: Matrix, z: int, marks: Marks) -> None:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(handle, fill, stroke)
    if not fill.value and not stroke.value:
        return
    strokes = _strokes(handle, multiply(_matrix(handle), matrix))
    if strokes is None:
        rect = _bounds(handle, matrix)
        if rect is not None:
            marks.curves.append(rect)
        return
    if fill.value:
        _read_fill(handle, strokes, z, marks)
    if stroke.value:
        marks.rules += [s for s in strokes if _straight(s)]


def _read_fill(handle: object, strokes: list[Rect], z: int, marks: Marks) -> None:
    if not strokes or not all(_straight(s) for s in strokes):
        return
    rect = (min(s[0] for s in strokes), min(s[1] for s in strokes), max(s[2] for s in strokes), max(s[3] for s in strokes))
    if min(rect[2] - rect[0], rect[3] - rect[1]) <= THIN:
        marks.rules.append(rect)
        return
    red, green, blue, alpha = _colour(handle)
    if alpha > 200 and len(strokes) <= 6:
        marks.fills.append(Fill(rect, z, min(red, green, blue) >= 248))


def _straight(line: Rect) -> bool:
    return min(line[2] - line[0], line[3] - line[1]) <= 0.6


def _strokes(handle: object, matrix: Matrix) -> list[Rect] | None:
    """The straight pieces of a path as boxes without thickness; None when it has curves or very many pieces."""
    count = pdfium.FPDFPath_CountSegments(handle)
    if count > 2000:
        return None
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    lines: list[Rect] = []
    start = last = (0.0, 0.0)
    for i in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(handle, i)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == BEZIER_TO:
            return None
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        if kind == MOVE_TO:
            start = point
        else:
            lines.append(_between(last, point))
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            lines.append(_between(last, start))
            last = start
    return lines


def _between(first: tuple[float, float], second: tuple[float, float]) -> Rect:
    return min(first[0], second[0]), min(first[1], second[1]), max(first[0], second[0]), max(first[1], second[1])
