"""Ruled tables of PDF pages by pdfplumber: the cells that its lines and boxes enclose. Inside the locked child only.

A hundred milliseconds a page and more: asked for only where the caller needs cells (the first page of a layout).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
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
    x0, top, x1, bottom = page.cropbox
    width, height = x1 - x0, bottom - top
    found: list[list[list[list[float] | None]]] = []
    cells = 0
    for table in page.find_tables()[:MOST_TABLES]:
        cells += len(table.cells)
        if cells > MOST_CELLS:
            break
        found.append([
            [cell and [round((cell[0] - x0) / width, 5), round((cell[1] - top) / height, 5),
                       round((cell[2] - x0) / width, 5), round((cell[3] - top) / height, 5)] for cell in row.cells]
            for row in table.rows
        ])  # fmt: skip
    return found
