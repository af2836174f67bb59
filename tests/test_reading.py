"""From a picture to upright sheets, on painted pages: turned, tilted, upside down, cards lying about, long screenshots, hostile engines."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import reading
from extractors.model import Line, Sheet
from extractors.ocr import CROP_HEIGHT, Image, Reading
from tests.engines import Bar, Blind, Garbling, Matrix, Mute, Painted, paint, texts_of, through
from tests.engines import reading as read_as
from tests.sheet_lines import line

PAPER = (900, 1200)
BARS = [Bar(text, 90, 80 + 95 * n, 32 * len(text)) for n, text in enumerate(
    ["企业法人营业执照", "统一社会信用代码九一五零零一零三五四", "名称重庆示例科技有限公司", "类型有限责任公司", "法定代表人张伟",
     "经营范围软件开发技术咨询与技术服务", "注册资本壹佰万元整", "成立日期二零一九年三月", "住所重庆市渝北区示例大道一百二十八号"],
)]  # fmt: skip
QUARTERS = (0, 1, 2, 3)


def turned(angle_deg: float, size: tuple[int, int] = PAPER, margin: int = 60) -> tuple[Matrix, tuple[int, int]]:
    """The homography that turns a paper clockwise by an angle, and the size of the picture that then holds all of it."""
    turn = np.radians(angle_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    corners = through(rotation, np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64))
    low, high = corners.min(axis=0) - margin, corners.max(axis=0) + margin
    width, height = (int(v) for v in np.ceil(high - low))
    return np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]]) @ rotation, (width, height)


def viewed(matrix: Matrix, size: tuple[int, int], lean: float) -> Matrix:
    """The same seen by a camera that leans: the far edge is shorter."""
    width, height = size
    end = [[width * lean, 0], [width * (1 - lean), 0], [width, height], [0, height]]
    start = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(start, np.array(end, np.float32))) @ matrix


def read(picture: Image, bars: Sequence[Bar], **more: float) -> tuple[Sheet, ...]:
    return reading.read_image(picture, "a.jpg", 1, Painted(texts_of(bars), more))


def whole(sheet: Sheet) -> list[str]:
    """The texts of a sheet top to bottom."""
    return [each.text for each in sheet.lines]


def off(sheet: Sheet, each: Line, bar: Bar, matrix: Matrix, size: tuple[int, int]) -> float:
    """How far the evidence's middle lies from the bar's on the page as uploaded, in heights of a line."""
    box = sheet.evidence(each.box).box
    at = np.array([box.cx * size[0], box.cy * size[1]])
    true = through(matrix, np.array([[bar.x + bar.width / 2, bar.y + bar.height / 2]]))[0]
    return float(np.linalg.norm(at - true)) / bar.height


def check(matrix: Matrix, size: tuple[int, int], near: float = 0.35) -> Sheet:
    """Reads the paper so laid; all lines must come out upright, in order, level, and with their evidence where they stand."""
    (sheet,) = read(paint(BARS, size, matrix), BARS)
    assert whole(sheet) == texts_of(BARS)
    for each, bar in zip(sheet.lines, BARS, strict=True):
        assert off(sheet, each, bar, matrix, size) < near
        assert each.box.height < 1.7 * bar.height, "the line was not made level"
        assert each.box.width > 5 * each.box.height
    return sheet


@pytest.mark.parametrize("quarter", QUARTERS)
def test_pages_in_all_four_orientations_come_out_upright(quarter: int) -> None:
    matrix, size = turned(90 * quarter)
    assert check(matrix, size).turn == quarter


@settings(max_examples=25, deadline=None)
@given(st.floats(-180, 180))
def test_a_page_turned_by_any_angle_comes_out_upright(angle: float) -> None:
    check(*turned(angle))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(QUARTERS), st.floats(-6, 6), st.floats(0.0, 0.06))
def test_a_page_photographed_from_the_side_comes_out_level(quarter: int, skew: float, lean: float) -> None:
    matrix, size = turned(90 * quarter + skew, margin=100)
    check(viewed(matrix, size, lean), size, 0.6)


def test_upright_pages_are_not_read_twice() -> None:
    matrix, size = turned(0)
    engine = Painted(texts_of(BARS))
    reading.read_image(paint(BARS, size, matrix), "a.jpg", 1, engine)
    assert engine.recognised == len(BARS), "the lines that tell up from down are not read again"


CARD = [Bar("姓名张伟", 40, 40, 200), Bar("性别男民族汉", 40, 110, 300), Bar("出生一九八八年三月", 40, 180, 380),
        Bar("住址重庆市渝北区", 40, 250, 400), Bar("公民身份号码五零零", 40, 340, 520)]  # fmt: skip
BACK = [Bar("中华人民共和国", 40, 60, 330), Bar("居民身份证正本", 40, 140, 380), Bar("签发机关重庆市公安局", 40, 250, 460),
        Bar("有效期限二零一八", 40, 330, 420)]  # fmt: skip
TABLE = (1700, 1700)


def placed(x: float, y: float, angle_deg: float) -> Matrix:
    turn = np.radians(angle_deg)
    return np.array([[np.cos(turn), -np.sin(turn), x], [np.sin(turn), np.cos(turn), y], [0, 0, 1]])


@pytest.mark.parametrize("angle", [90, -90, 35, -60, 152])
def test_two_cards_in_different_directions_are_two_sheets(angle: float) -> None:
    first, second = placed(100, 100, 0), placed(1000, 1000, angle)
    picture = paint(BACK, TABLE, second, paint(CARD, TABLE, first), first=len(CARD))
    sheets = read(picture, [*CARD, *BACK])
    by_text = {tuple(whole(sheet)): sheet for sheet in sheets}
    assert set(by_text) == {tuple(texts_of(CARD)), tuple(texts_of(BACK))}
    for bars, matrix in ((CARD, first), (BACK, second)):
        sheet = by_text[tuple(texts_of(bars))]
        assert all(off(sheet, each, bar, matrix, TABLE) < 0.35 for each, bar in zip(sheet.lines, bars, strict=True))
    assert [sheet.index for sheet in sheets] == [0, 1]


def test_cards_lying_head_to_foot_are_two_sheets() -> None:
    """Written along the same axis, so only the recogniser can tell that one of them is on its head."""
    first, second = placed(100, 100, 0), placed(900, 1500, 180)
    picture = paint(BACK, TABLE, second, paint(CARD, TABLE, first), first=len(CARD))
    sheets = read(picture, [*CARD, *BACK])
    assert {tuple(whole(sheet)): sheet.turn for sheet in sheets} == {tuple(texts_of(CARD)): 0, tuple(texts_of(BACK)): 2}


class TestLongScreenshots:
    ROWS = tuple(Bar(f"第{n}笔转账支出", 60, 40 + 62 * n, 300 + 7 * (n % 40), 26) for n in range(100))

    @pytest.mark.parametrize("across", [False, True])
    def test_every_row_is_read_once_in_pieces_of_readable_size(self, across: bool) -> None:
        size = (720, 6300)
        matrix = np.eye(3)
        if across:
            matrix, size = np.array([[0, -1, 6300], [1, 0, 0], [0, 0, 1.0]]), (6300, 720)
        engine = Painted(texts_of(self.ROWS))
        (sheet,) = reading.read_image(paint(self.ROWS, size, matrix), "a.jpg", 1, engine)
        assert whole(sheet) == texts_of(self.ROWS)
        assert all(max(w, h) <= 1440 for w, h, _ in engine.asked)
        assert max(off(sheet, each, bar, matrix, size) for each, bar in zip(sheet.lines, self.ROWS, strict=True)) < 0.35

    def test_an_ordinary_page_is_read_whole(self) -> None:
        engine = Painted(texts_of(BARS))
        reading.detect(paint(BARS, PAPER), engine)
        assert [(w, h) for w, h, _ in engine.asked] == [PAPER]


class TestSizes:
    def test_tiny_lines_are_looked_at_closer(self) -> None:
        bars = [Bar(f"第{n}行小字", 100, 60 + 22 * n, 400, 12) for n in range(80)]
        engine = Painted(texts_of(bars))
        reading.detect(paint(bars, (1400, 1900)), engine)
        first, second = (side for _, _, side in engine.asked)
        assert first == reading.FIRST_SIDE < second <= reading.LARGEST_SIDE

    def test_large_lines_are_not(self) -> None:
        engine = Painted(texts_of(BARS))
        reading.detect(paint(BARS, PAPER), engine)
        assert len(engine.asked) == 1

    def test_a_picture_without_text_is_looked_at_closer_before_it_is_given_up(self) -> None:
        engine = Painted([])
        (sheet,) = reading.read_image(np.full((900, 1600, 3), 255, np.uint8), "b.jpg", 3, engine)
        assert len(engine.asked) == 2
        assert (sheet.file, sheet.page, sheet.lines) == ("b.jpg", 3, ())
        assert sheet.to_page_point(1600, 900) == pytest.approx((1, 1))


@pytest.mark.parametrize("engine", [Blind(), Mute(), Garbling()])
@pytest.mark.parametrize("size", [(1, 1), (3, 900), (640, 480), (900, 4000)])
def test_an_engine_that_finds_nothing_or_garbage_gives_sheets_all_the_same(engine: Blind | Mute | Garbling, size: tuple[int, int]) -> None:
    sheets = reading.read_image(np.full((size[1], size[0], 3), 200, np.uint8), "a.jpg", 1, engine)
    assert sheets
    for sheet in sheets:
        assert np.isfinite(sheet.to_page).all()
        for each in sheet.lines:
            box = sheet.evidence(each.box).box
            assert 0 <= box.x0 <= box.x1 <= 1 and 0 <= box.y0 <= box.y1 <= 1


class TestCrops:
    PICTURE = np.tile(np.arange(300, dtype=np.uint8)[None, :, None], (200, 1, 3))

    @given(st.floats(5, 250), st.floats(5, 150), st.floats(1, 200), st.floats(1, 100))
    def test_a_crop_is_one_line_high(self, x: float, y: float, w: float, h: float) -> None:
        strip = reading.crop(self.PICTURE, np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32))
        assert strip.dtype == np.uint8 and strip.shape[2] == 3
        assert CROP_HEIGHT in strip.shape[:2]
        assert strip.shape[0] <= 2 * strip.shape[1] + CROP_HEIGHT

    def test_what_is_written_downwards_is_turned(self) -> None:
        strip = reading.crop(self.PICTURE, np.array([[50, 10], [70, 10], [70, 110], [50, 110]], np.float32))
        assert strip.shape[1] > strip.shape[0]

    def test_a_hair_of_a_quad_is_a_crop_too(self) -> None:
        tall = np.zeros((6000, 40, 3), np.uint8)
        assert reading.crop(tall, np.array([[10, 5], [12, 5], [12, 5990], [10, 5990]], np.float32)).size

    def test_a_crop_beside_the_picture_is_white(self) -> None:
        strip = reading.crop(self.PICTURE, np.array([[900, 900], [990, 900], [990, 930], [900, 930]], np.float32))
        assert (strip == 255).all()


class TestLines:
    QUAD = np.array([[100, 50], [500, 54], [500, 84], [100, 80]], np.float64)

    @given(st.lists(st.floats(0, 1), min_size=1, max_size=30).map(sorted))
    def test_edges_run_through_the_line_in_order(self, centres: list[float]) -> None:
        n = len(centres)
        made = reading.line_of(self.QUAD, Reading("字" * n, tuple(centres), (0.9,) * n, ("",) * n))
        assert len(made.edges) == n + 1
        assert list(made.edges) == sorted(made.edges)
        assert made.edges[0] == made.box.x0 == 100
        assert made.box.y0 == 52 and made.box.y1 == 82

    def test_a_line_is_as_sure_as_its_weakest_character(self) -> None:
        assert reading.line_of(self.QUAD, read_as("张伟", {"伟": 0.3})).confidence == 0.3

    @pytest.mark.parametrize("gap", [80, 110, 160, 700])
    def test_columns_run_together_are_parted_where_the_gap_is(self, gap: int) -> None:
        one = line("1,234.56", 100, 0)
        far = line("9,876.54", one.box.x1 + gap, 0)
        edges = (*one.edges[:-1], (one.edges[-1] + far.edges[0]) / 2, *far.edges[1:])
        both = Line(one.text + far.text, one.box.union(far.box), 0.99, edges, one.confidences + far.confidences, ("",) * 16)
        left, right = reading.cut_at_gaps(both)
        assert (left.text, right.text) == (one.text, far.text)
        assert left.box.x1 == pytest.approx(one.box.x1, abs=15)
        assert right.box.x0 == pytest.approx(far.box.x0, abs=15)

    def test_a_single_character_between_two_gaps_stands_alone(self) -> None:
        centres = (0.02, 0.06, 0.1, 0.5, 0.9, 0.94, 0.98)
        quad = np.array([[0, 0], [1000, 0], [1000, 30], [0, 30]], np.float64)
        made = reading.line_of(quad, Reading("收入额元123", centres, (0.99,) * 7, ("",) * 7))
        assert [piece.text for piece in reading.cut_at_gaps(made)] == ["收入额", "元", "123"]

    def test_evenly_spaced_text_stays_whole(self) -> None:
        spaced = line("名 称", 100, 0)
        assert reading.cut_at_gaps(spaced) == [spaced]
        assert reading.cut_at_gaps(line("张", 0, 0)) == [line("张", 0, 0)]

    @given(st.integers(1, 6), st.integers(1, 6), st.floats(0, 900))
    def test_parting_loses_no_character(self, before: int, behind: int, gap: float) -> None:
        a, b = line("甲" * before, 50, 0), line("乙" * behind, 50 + 30 * before + gap, 0)
        edges = (*a.edges[:-1], (a.edges[-1] + b.edges[0]) / 2, *b.edges[1:])
        n = before + behind
        both = Line(a.text + b.text, a.box.union(b.box), 0.99, edges, (0.99,) * n, ("",) * n)
        pieces = reading.cut_at_gaps(both)
        assert "".join(piece.text for piece in pieces) == both.text
        assert all(both.box.x0 <= piece.box.x0 <= piece.box.x1 <= both.box.x1 for piece in pieces)


def test_characters_seen_in_a_portrait_are_no_text() -> None:
    portrait = [Bar("曾", 700, 200, 260, 300)]
    rows = [Bar(f"住址重庆市渝北区{n}", 60, 60 + 70 * n, 400) for n in range(6)]
    sheets = read(paint([*rows, *portrait], (1100, 700)), [*rows, *portrait], 曾=0.5)
    assert whole(sheets[0]) == texts_of(rows)
