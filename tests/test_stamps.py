"""Framed red stamps: found by their frame at any slant, read without the print under them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from extractors import stamps
from extractors.documents.business_licence import extract
from extractors.ink import red_on
from extractors.model import Box, Seal
from extractors.ocr import Image, Quads, Reading
from tests.sheet_lines import line, sheet

RED = (40, 40, 205)


def paper(angle_deg: float = 0.0, *, colour: tuple[int, int, int] = RED, size: tuple[int, int] = (300, 90), strokes: bool = True) -> Image:
    """A white page with black lines of print and a framed stamp across them, turned by an angle."""
    image = np.full((800, 1100, 3), 255, np.uint8)
    for y in range(100, 700, 60):
        cv2.putText(image, "print under the stamp", (120, y), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20, 20, 20), 2)
    frame = cv2.boxPoints(((600, 400), size, angle_deg)).astype(np.int32)
    cv2.polylines(image, [frame], True, colour, 5)
    if strokes:
        turn = cv2.getRotationMatrix2D((600, 400), -angle_deg, 1)
        for x in (500, 570, 640, 700):
            a, b = (turn @ np.array([x, y, 1]) for y in (380, 420))
            cv2.line(image, tuple(int(v) for v in a), tuple(int(v) for v in b), colour, 9)
    return image


class Reader:
    """An engine that reads the same in every crop and keeps the crops."""

    def __init__(self, text: str, sure: float = 0.98) -> None:
        self.reading = Reading(text, tuple(0.5 for _ in text), tuple(sure for _ in text), tuple("" for _ in text))
        self.crops: list[Image] = []

    def detect(self, image: Image, long_side: int) -> Quads:
        raise AssertionError("a stamp's place is known")

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        self.crops += crops
        return [self.reading] * len(crops)


@pytest.mark.parametrize("angle", [0.0, -14.0, 11.0, 25.0])
def test_a_stamp_is_found_at_any_slant_and_cut_out_level_without_the_print(angle: float) -> None:
    image = paper(angle)
    (corners,) = stamps.places(red_on(image), ())
    reader = Reader("已注销")
    (stamp,) = stamps.find(image, np.eye(3), reader, [corners])
    assert (stamp.text, stamp.shape) == ("已注销", "square")
    assert stamp.box.cx == pytest.approx(600, abs=4)
    (crop,) = reader.crops
    assert crop.shape[1] > 2 * crop.shape[0], "the long side lies across"
    dark = (crop[:, :, 0] < 128).mean(axis=0)
    assert (dark > 0.3).sum() > 4, "the red strokes are there"
    assert dark.mean() < 0.4, "the black print is not"


def test_a_page_that_lies_on_its_side_is_read_as_its_sheet_stands() -> None:
    image = np.ascontiguousarray(np.rot90(paper()))
    (corners,) = stamps.places(red_on(image), ())
    to_sheet = np.array([[0, -1, 1100], [1, 0, 0], [0, 0, 1]], np.float64)
    reader = Reader("作废")
    stamps.find(image, to_sheet, reader, [corners])
    assert reader.crops[0].shape[1] > 2 * reader.crops[0].shape[0]


def test_no_stamp_is_what_is_black_or_a_seal_or_as_large_as_a_table() -> None:
    assert stamps.places(red_on(paper(colour=(20, 20, 20))), ()) == ()
    assert stamps.places(red_on(paper()), (Box(430, 330, 770, 470),)) == ()
    assert stamps.places(red_on(paper(size=(900, 300))), ()) == ()
    assert stamps.places(red_on(np.full((50, 60, 3), 255, np.uint8)), ()) == ()


@pytest.mark.parametrize("reader", [Reader("已注销", 0.4), Reader("OK12"), Reader("")])
def test_what_is_not_read_well_is_no_stamp(reader: Reader) -> None:
    image = paper()
    assert stamps.find(image, np.eye(3), reader, stamps.places(red_on(image), ())) == ()


def test_a_stamped_licence_says_so() -> None:
    stamp = Seal(Box(100, 100, 300, 160), "已吊销", 0.99, "square")
    one = extract((sheet([line("营业执照", 300, 60, height=60)], seals=[stamp]),))["status_marks"]
    assert (one.text, one.confidence) == ("已吊销", 0.99)
