"""Printed rules on a picture: thin, broken or touched by print they are found; lines and columns of print are none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractors import ruling
from extractors.model import Rule
from extractors.ocr import Image

IDENTITY = np.eye(3)
WIDTH, HEIGHT = 1400, 1000


def paper() -> Image:
    return np.full((HEIGHT, WIDTH, 3), 245, np.uint8)


def find(picture: Image) -> tuple[Rule, ...]:
    return ruling.find(picture, IDENTITY, WIDTH, HEIGHT)


def dense_print(picture: Image, x: int, y: int, rows: int, pitch: int) -> None:
    """Columns of days whose strokes are bridged from row to row."""
    for row in range(rows):
        cv2.putText(picture, "2025-03-11 2025-03-11", (x, y + row * pitch), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (20, 20, 20), 2)


@pytest.mark.parametrize("pitch", [23, 24, 30])
def test_dense_print_is_no_rule(pitch: int) -> None:
    picture = paper()
    dense_print(picture, 100, 100, 30, pitch)
    assert find(picture) == ()


@pytest.mark.parametrize("thickness", [1, 3, 6])
def test_rules_are_found_where_they_stand(thickness: int) -> None:
    picture = paper()
    cv2.line(picture, (100, 300), (1300, 300), (60, 60, 60), thickness)
    cv2.line(picture, (400, 100), (400, 900), (60, 60, 60), thickness)
    lying, standing = sorted(find(picture), key=lambda rule: rule.vertical)
    assert (lying.vertical, standing.vertical) == (False, True)
    assert abs(lying.box.cy - 300) < 3 and abs(lying.box.width - 1200) < 12
    assert abs(standing.box.cx - 400) < 3 and abs(standing.box.height - 800) < 12


def test_a_broken_slanting_rule_is_one() -> None:
    picture = paper()
    cv2.line(picture, (100, 300), (1300, 306), (60, 60, 60), 2)
    picture[:, 500:505] = 245
    (rule,) = find(picture)
    assert rule.box.width > 1150


def test_print_that_stands_on_a_rule_does_not_move_it() -> None:
    picture = paper()
    cv2.line(picture, (100, 300), (1300, 300), (40, 40, 40), 2)
    cv2.putText(picture, "LTD BANK 3 " * 8, (100, 297), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (20, 20, 20), 2)
    found = [rule for rule in find(picture) if rule.box.width > 1100]
    assert len(found) == 1
    assert abs(found[0].box.cy - 300) < 3 and found[0].box.height < 8
