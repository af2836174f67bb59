"""The empty cells of a statement's table on a picture, for a closer look: the detector passes over a short dash. Pure; sheet pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from extractors.doctype import CloseUp
from extractors.documents._statement_grid import Grid, Side, grid
from extractors.documents._statement_names import Kind, match
from extractors.documents._statement_rows import Entry
from extractors.documents._statement_segments import bare
from extractors.model import Box, Sheet

FEWEST_ROWS = 4
"""Amounts that a column has before its empty cells are looked at."""
MOST_CELLS = 80
NEAR = 3
"""Filled rows from which the level of a cell is told."""


def empty_cells(kind: Kind) -> Callable[[Sheet], tuple[CloseUp, ...]]:
    """The cells in which nothing was read, in rows and columns of which others were."""

    def found(sheet: Sheet) -> tuple[CloseUp, ...]:
        whole = grid(sheet, kind)
        cells = [cell for side in whole.sides for cell in _of_side(side, kind, _height(whole))]
        return tuple(CloseUp(box, cell=True) for box in cells[:MOST_CELLS])

    return found


def _height(whole: Grid) -> float:
    return median([text.box.height for entry in whole.entries for text in entry.cells.values()] or [0.0])


def _of_side(side: Side, kind: Kind, height: float) -> list[Box]:
    rows = [entry for entry in side.entries if match(bare(entry.name.text), kind).line]
    boxes: list[Box] = []
    for place, column in enumerate(side.columns):
        filled = [entry for entry in rows if place in entry.cells]
        if len(filled) < FEWEST_ROWS:
            continue
        right = median(entry.cells[place].box.x1 for entry in filled)
        left = median(entry.cells[place].box.x0 for entry in filled)
        for entry in rows:
            if place not in entry.cells:
                y = _level(entry, place, filled)
                boxes.append(Box(min(left, column.x0), y - 0.65 * height, right + 0.35 * height, y + 0.65 * height))
    return boxes


def _level(entry: Entry, place: int, filled: Sequence[Entry]) -> float:
    """The middle of the cell: as the nearest rows have it, beside the row's other cells, or else beside its name."""
    near = sorted(filled, key=lambda other: abs(other.y - entry.y))[:NEAR]
    others = [n for n in entry.cells if any(n in other.cells for other in near)]
    if others:
        n = min(others, key=lambda n: abs(n - place))
        off = median(other.cells[place].box.cy - other.cells[n].box.cy for other in near if n in other.cells)
        return entry.cells[n].box.cy + off
    return entry.name.box.cy + median(other.cells[place].box.cy - other.name.box.cy for other in near)
