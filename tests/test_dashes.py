"""Dashes that the detector passed over: where they are looked for, and what is taken for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractors import closer, dashes
from extractors.documents import balance_sheet
from extractors.model import Sheet
from extractors.ocr import Image
from tests.engines import Blind
from tests.statement_pages import BALANCE, HEADING, TWO, sheet


def strip(draw: Callable[[Image], object], paper: int = 235) -> Image:
    """A cell as it is cut out, 48 pixels high, with what is drawn on it, a shadow and the grain of a camera."""
    made = np.full((48, 200), paper, np.uint8)
    draw(made)
    shaded = made.astype(np.float64) - np.linspace(0, 40, 200) + np.random.default_rng(7).normal(0, 4, made.shape)
    return np.clip(shaded, 0, 255).astype(np.uint8)


def ink(*boxes: tuple[int, int, int, int]) -> Callable[[Image], object]:
    def draw(made: Image) -> None:
        for x, y, w, h in boxes:
            made[y : y + h, x : x + w] = 60

    return draw


def test_a_short_level_stroke_is_a_dash_and_told_where_it_stands() -> None:
    found = dashes.stroke(strip(ink((150, 23, 16, 3))))
    assert found is not None
    assert found[0] == pytest.approx((0.75, 0.83), abs=0.02)
    assert found[1] == dashes.CLEAR


@pytest.mark.parametrize(
    "draw",
    [
        ink(),
        ink((0, 23, 200, 3)),  # a rule through the cell
        ink((150, 23, 16, 3), (120, 23, 16, 3)),  # two strokes
        ink((150, 3, 16, 3)),  # under the line above
        ink((150, 20, 6, 8)),  # a blot
        lambda made: cv2.putText(made, "-12.50", (60, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (60,), 2),
        lambda made: cv2.putText(made, "1", (150, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (60,), 2),
    ],
)
def test_nothing_else_is_a_dash(draw: Callable[[Image], object]) -> None:
    assert dashes.stroke(strip(draw)) is None


def test_a_stroke_that_hardly_stands_out_is_doubtful() -> None:
    def faint(made: Image) -> None:
        made[23:26, 150:166] = 190

    found = dashes.stroke(strip(faint))
    assert found is not None and found[1] == dashes.FAINT < 0.9


def printed() -> Sheet:
    """A balance sheet as OCR gives it."""
    one = sheet(HEADING, TWO, BALANCE)
    return replace(one, source="ocr", lines=tuple(replace(each, source="ocr") for each in one.lines))


def test_a_dash_in_an_empty_cell_is_nought_and_a_blank_cell_stays_unread() -> None:
    whole = printed()
    gone = next(each for each in whole.lines if each.text == "2,940.00" or each.text == "2940.00")
    left = replace(whole, lines=tuple(each for each in whole.lines if each is not gone))
    parts = balance_sheet.TYPE.close_ups(left)
    assert any(part.cell and part.box.y0 < gone.box.cy < part.box.y1 and part.box.x0 < gone.box.cx < part.box.x1 for part in parts)
    image = np.full((round(whole.height), round(whole.width), 3), 240, np.uint8)
    y, x, thick = round(gone.box.cy), round(gone.box.x1), max(1, round(gone.box.height / 10))
    blank = closer.again(left, parts, image, np.eye(3), Blind())
    assert sorted(each.text for each in blank.lines) == sorted(each.text for each in left.lines)
    image[y : y + thick, x - round(0.6 * gone.box.height) : x] = 40
    again = closer.again(left, parts, image, np.eye(3), Blind())
    assert [each.text for each in again.lines if each not in left.lines] == ["-"]
