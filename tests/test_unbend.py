"""Bent paper made flat by what is printed on it; every spot is still found on the page as uploaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from extractors import reading, record, ruling, unbend
from extractors.documents._lines import cut_out
from extractors.model import Box, Sheet, bent
from extractors.ocr import Image, Quads, Reading
from extractors.unbend import flattened, flattened_box

SIZE = (1600, 2200)
NAMES, AMOUNTS = (150.0, 850.0), (640.0, 790.0, 1240.0, 1450.0)
"""Left edges of two columns of names, right edges of four of amounts."""
ROWS = 32
Points = NDArray[np.float64]


def curled(points: Points, much: float = 1.0) -> Points:
    """Where a point of the flat page shows on the picture of a page that bulges, seen a little from above and from the left."""
    x, y = (points[..., 0] - 800) / 800, (points[..., 1] - 1100) / 800
    bulge = 1 - x**2
    return np.stack(
        [points[..., 0] + much * (30 * x * y + 14 * y**2), points[..., 1] + much * (36 * bulge * y + 24 * bulge + 10 * x)], axis=-1
    )


def printed() -> list[tuple[str, Box]]:
    """A statement of two halves: names of several lengths, amounts aligned right, some missing."""
    cells = []
    for row in range(ROWS):
        y = 200.0 + 56 * row
        for n, left in enumerate(NAMES):
            cells.append((f"项目{row}", Box(left, y, left + 120 + 37 * ((row + n) % 5), y + 30)))
        for n, right in enumerate(AMOUNTS):
            if (row + n) % 7:
                cells.append((f"{row}.{n}0", Box(right - 80 - 20 * ((3 * row + n) % 4), y, right, y + 30)))
    return cells


def quads_of(cells: Sequence[tuple[str, Box]], much: float = 1.0) -> Quads:
    """What a detector finds: the smallest rectangles around the curled cells."""
    found = []
    for _, box in cells:
        across = np.linspace(box.x0, box.x1, 12)
        outline = np.concatenate([np.stack([across, np.full(12, y)], axis=-1) for y in (box.y0, box.y1)])
        middle, size, angle = cv2.minAreaRect(curled(outline, much).astype(np.float32))
        if size[0] < size[1]:
            size, angle = (size[1], size[0]), angle - 90
        corners = cv2.boxPoints((middle, size, angle))
        first = int(np.argmin(corners.sum(axis=1)))
        found.append(np.roll(corners, -first, axis=0))
    return np.array(found, np.float32)


@dataclass
class Told:
    """An engine that finds the quads it was told, and reads the texts in their order."""

    quads: Quads
    texts: Sequence[str]

    def detect(self, image: Image, long_side: int) -> Quads:
        return self.quads

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        return [Reading("字" * 9, (0.5,) * 9, (0.99,) * 9, ("",) * 9) for _ in crops]


def off_level(quads: NDArray[np.floating]) -> float:
    """By how much the middles of a row's cells differ in height, at most, in pixels."""
    rows = np.array([cell[1].y0 for cell in printed()])
    return max(float(np.ptp(quads[rows == y].mean(axis=1)[:, 1])) for y in np.unique(rows))


def off_upright(quads: NDArray[np.floating]) -> float:
    """By how much the right edges of a column of amounts differ, at most, in pixels."""
    right = np.array([cell[1].x1 if "." in cell[0] else 0.0 for cell in printed()])
    return max(float(np.ptp(quads[right == x][:, 1:3, 0].mean(axis=1))) for x in AMOUNTS)


def test_rows_of_a_curled_page_run_level_and_its_columns_upright() -> None:
    quads = quads_of(printed())
    assert off_level(quads) > 35 and off_upright(quads) > 35, "the page is really bent"
    bend, flat = flattened(quads)
    assert bend
    assert off_level(flat) < 8
    assert off_upright(flat) < 10


def test_the_way_back_leads_to_where_a_text_stood() -> None:
    quads = quads_of(printed())
    bend, flat = flattened(quads)
    for before, after in zip(quads.reshape(-1, 2), flat.reshape(-1, 2), strict=True):
        assert bent(bend, float(after[0]), float(after[1])) == pytest.approx(before.tolist(), abs=1.0)
    assert unbend.bent_points(bend, flat) == pytest.approx(quads, abs=1.0)


@pytest.mark.parametrize("much", [0.0, 0.02])
def test_a_page_that_lies_flat_is_left_alone(much: float) -> None:
    quads = quads_of(printed(), much)
    bend, flat = flattened(quads)
    assert bend == ()
    assert (flat == quads).all()


def test_a_sparse_page_is_left_alone() -> None:
    assert flattened(quads_of(printed()[: unbend.FEWEST - 1]))[0] == ()


def test_lines_in_a_heap_are_left_alone() -> None:
    random = np.random.default_rng(3)
    quads = np.stack([[x, y, x + 90, y + 24] for x, y in random.uniform(0, 1500, (80, 2))])[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]
    assert flattened(quads)[0] == ()


def read_curled() -> Sheet:
    cells = printed()
    picture = np.full((SIZE[1], SIZE[0], 3), 255, np.uint8)
    return reading.read_image(picture, "a.jpg", 1, Told(quads_of(cells), [text for text, _ in cells]))[0]


def test_evidence_of_a_curled_page_is_where_it_was_photographed() -> None:
    sheet = read_curled()
    assert sheet.bend
    quads = quads_of(printed())
    seen = [sheet.evidence(line.box).box for line in sheet.lines]
    for x, y in quads.mean(axis=1):
        nearest = min(seen, key=lambda b: abs(b.cx * SIZE[0] - x) + abs(b.cy * SIZE[1] - y))
        assert abs(nearest.cx * SIZE[0] - x) < 6 and abs(nearest.cy * SIZE[1] - y) < 6


def test_a_bend_is_kept_with_what_was_read() -> None:
    sheet = read_curled()
    (back,) = record.load(record.dump([sheet]))
    assert back.bend == sheet.bend
    flat = record.dump([Sheet("a", 1, 0, 10, 10, (1, 0, 0, 0, 1, 0, 0, 0, 1), ())]).replace(', "bend": []', "")
    assert record.load(flat)[0].bend == (), "records made before there were bends"


def test_a_part_cut_out_of_a_bent_sheet_stands_where_it_stood() -> None:
    sheet = read_curled()
    part = cut_out(sheet, Box(300, 400, 1200, 1800))
    for line in part.lines:
        whole = Box(line.box.x0 + 300, line.box.y0 + 400, line.box.x1 + 300, line.box.y1 + 400)
        assert part.evidence(line.box) == sheet.evidence(whole)


def test_a_box_found_on_the_bent_paper_is_moved_onto_the_flat_sheet() -> None:
    sheet = read_curled()
    box = Box(900, 1500, 1000, 1600)
    moved = flattened_box(sheet.bend, box)
    assert bent(sheet.bend, moved.cx, moved.cy) == pytest.approx((box.cx, box.cy), abs=3)
    assert flattened_box((), box) == box


def test_rules_of_a_curled_page_are_found_straight() -> None:
    sheet = read_curled()
    picture = np.full((SIZE[1], SIZE[0], 3), 255, np.uint8)
    for y in (600.0, 1500.0):
        rule = curled(np.stack([np.linspace(120, 1480, 80), np.full(80, y)], axis=-1))
        cv2.polylines(picture, [rule.round().astype(np.int32)], False, (0, 0, 0), 3)
    to_page = np.array(sheet.to_page).reshape(3, 3)
    to_sheet = np.linalg.inv(np.diag([SIZE[0], SIZE[1], 1.0]) @ to_page)
    found = [r for r in ruling.find(picture, to_sheet, sheet.width, sheet.height, sheet.bend) if not r.vertical]
    assert len(found) == 2
    assert all(r.box.width > 1300 and r.box.height < 20 for r in found)
