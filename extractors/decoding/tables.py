"""Ruled tables of PDF pages by pdfplumber: the cells that its lines and boxes enclose. Inside the locked child only.

A hundred milliseconds a page and more: asked for only where the caller needs cells (the first page of a layout).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

MOST_TABLES = 50
MOST_CELLS = 5000


def tables(content: bytes, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One frame per page asked for: its tables, each a list of rows of cells (x0, y0, x1, y1 in 0..1 of the page as shown,
    or None where a cell of another row or column reaches in). `request`: pages."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(content), pages=request["pages"]) as pdf:
        for page in pdf.pages:
            try:
                yield {"is": "tables", "number": page.page_number, "tables": _tables(page)}
            except MemoryError:
                raise
            except Exception:  # pdfminer raises nearly every kind on damaged pages
                yield {"is": "tables", "number": page.page_number, "error": "corrupt_pdf"}
            page.close()


def _tables(page: Any) -> list[list[list[list[float] | None]]]:
    left, top, width, height = _shown(page)
    found: list[list[list[list[float] | None]]] = []
    cells = 0
    for table in page.find_tables()[:MOST_TABLES]:
        cells += len(table.cells)
        if cells > MOST_CELLS:
            break
        found.append([[cell and _place(cell, left, top, width, height) for cell in row.cells] for row in table.rows])
    return found


def _place(cell: Sequence[float], left: float, top: float, width: float, height: float) -> list[float]:
    x0, y0, x1, y1 = cell
    places = (x0 - left) / width, (y0 - top) / height, (x1 - left) / width, (y1 - top) / height
    return [round(place, 5) for place in places]


def _shown(page: Any) -> tuple[float, float, float, float]:
    """Where the shown part of the page (its CropBox) begins in pdfplumber's frame, and its size. pdfplumber's own `cropbox` is
    mirrored on turned pages."""
    media = [float(v) for v in page.page_obj.mediabox]
    crop = [float(v) for v in page.page_obj.cropbox]
    x0, y0, x1, y1 = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    left, top = {
        0: (x0 - media[0], media[3] - y1),
        90: (y0 - media[1], x0 - media[0]),
        180: (media[2] - x1, y0 - media[1]),
        270: (media[3] - y1, media[2] - x1),
    }[page.rotation]
    width, height = (y1 - y0, x1 - x0) if page.rotation in (90, 270) else (x1 - x0, y1 - y0)
    return page.bbox[0] + left, page.bbox[1] + top, width, height
