"""The closer look: what takes the place of what, and where on the sheet it stands; single characters beside a watermark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from extractors import closer, straighten
from extractors.classify import documents_of
from extractors.doctype import CloseUp
from extractors.model import Box
from extractors.ocr import Image, Quads, Reading
from tests.sheet_lines import line, sheet

SURELY = 0.99


def texts(lines: Sequence[object]) -> list[str]:
    return sorted(each.text for each in lines)  # type: ignore[attr-defined]


def test_pieces_give_way_to_the_row_that_holds_them_all() -> None:
    old = [line("2016年", 0, 0), line("25", 200, 2), line("登记机关", 0, 300)]
    new = [line("2016 年 01 月 25 日", 0, 1, sure=0.97)]
    assert texts(closer.merged(old, new)) == ["2016 年 01 月 25 日", "登记机关"]


def test_what_was_surely_read_stays_when_the_new_reading_lost_a_character() -> None:
    old = [line("广东省佛山市禅城区迎宾", 0, 0)]
    assert texts(closer.merged(old, [line("广东省佛山市禅城区迎", 0, 0)])) == ["广东省佛山市禅城区迎宾"]


def test_a_row_gets_back_the_mark_at_its_end_and_no_specks() -> None:
    old = [line("农产品的生产", 0, 0)]
    assert texts(closer.merged(old, [line("农产品的生产、", 0, 0)])) == ["农产品的生产、"]
    assert texts(closer.merged(old, [line("农产.品的生产", 0, 0)])) == ["农产品的生产"]


def test_a_doubtful_reading_gives_way_to_a_surer_one() -> None:
    old = [line("公4406041985015376", 0, 0, sure=0.5)]
    assert texts(closer.merged(old, [line("440604198501152376", 10, 0)])) == ["440604198501152376"]
    assert texts(closer.merged(old, [line("44060419850115237", 10, 0, sure=0.4)])) == ["公4406041985015376"]


def test_what_stands_where_nothing_was_read_is_added() -> None:
    assert texts(closer.merged([line("性别", 0, 0)], [line("女", 200, 0)])) == ["女", "性别"]


class OneLine:
    """An engine that finds one quad and reads the same in every crop."""

    def __init__(self, reading: Reading, quad: Quads) -> None:
        self.reading, self.quad = reading, quad

    def detect(self, image: Image, long_side: int) -> Quads:
        return self.quad

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        return [self.reading] * len(crops)


READING = Reading("女民", (0.25, 0.75), (SURELY, SURELY), ("", ""))


@pytest.mark.parametrize("one_line", [False, True])
def test_a_part_read_again_stands_where_it_is_on_the_sheet(one_line: bool) -> None:
    seen = sheet([line("性别", 500, 300, height=36)], size=(1000, 800))
    image = np.full((400, 500, 3), 255, np.uint8)
    matrix = np.diag([2.0, 2.0, 1.0])
    quad = np.array([[[20, 20], [92, 20], [92, 56], [20, 56]]], np.float32)
    part = Box(600, 300, 672, 336) if one_line else Box(580, 280, 700, 400)
    again = closer.again(seen, [CloseUp(part, one_line)], image, matrix, OneLine(READING, quad))
    fresh = next(each for each in again.lines if each.text == "女民")
    assert fresh.box.x0 == pytest.approx(600, abs=3)
    assert fresh.box.x1 == pytest.approx(672, abs=3)
    assert fresh.box.cy == pytest.approx(318, abs=3)


def test_a_part_off_the_page_is_left() -> None:
    seen = sheet([line("性别", 500, 300)], size=(1000, 800))
    image = np.full((400, 500, 3), 255, np.uint8)
    far = CloseUp(Box(2000, 2000, 2100, 2100))
    assert closer.again(seen, [far], image, np.diag([2.0, 2.0, 1.0]), OneLine(READING, np.zeros((0, 4, 2), np.float32))) == seen


def strip(x: float, y: float, width: float, angle_deg: float = 0.0, height: float = 30) -> list[tuple[float, float]]:
    turn = np.radians(angle_deg)
    along, down = np.array([np.cos(turn), np.sin(turn)]) * width, np.array([-np.sin(turn), np.cos(turn)]) * height
    corner = np.array([x, y])
    return [tuple(each) for each in (corner, corner + along, corner + along + down, corner + down)]


def test_single_characters_go_to_the_paper_and_not_to_the_watermark_beside_them() -> None:
    rows = [strip(100, 100 + 80 * n, 600) for n in range(8)]
    marks = [strip(60 + 250 * n, 60 + 190 * n, 220, 28) for n in range(4)]
    single = [strip(130, 130, 30), strip(330, 270, 30)]
    quads = np.array(rows + marks + single, np.float32)
    paper, mark = straighten.regions(quads)
    assert set(range(8)) | {12, 13} <= set(paper.members)
    assert set(mark.members) == {8, 9, 10, 11}


def test_a_watermark_alone_is_no_document_where_its_paper_was_read() -> None:
    labels = [line(text, 100, 150 + 60 * n) for n, text in enumerate(("统一社会信用代码", "经营范围", "注册资本"))]
    paper = sheet([line("营业执照", 300, 60, height=60), *labels])
    mark = replace(sheet([line("仅供办理贷款使用", 0, 0), line("理贷款使用", 500, 500)]), index=1)
    assert [each.type for each in documents_of([paper, mark])] == ["business_licence"]
    assert [each.type for each in documents_of([mark])] == ["unknown"], "on a page of its own it is not dropped"
