"""Red seals: found by their ink, told from other red things, lifted off the print beneath, and read along their rim."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from rapidfuzz import fuzz

from extractors import reading, seals
from extractors.ink import red_mask, red_on
from extractors.model import Box
from extractors.ocr import Image, PaddleEngine
from tests.drawn import RED, page, rotated, seal, stamped
from tests.engines import Mute

LETTER = ["兹证明张伟系我单位正式员工，现任经理。", "月收入人民币壹万伍仟元整（15000.00元）。", "特此证明。", "重庆示例科技有限公司", "2026年11月02日"]
COMPANY = "重庆示例科技有限公司"
AT, SIDE = (330, 190), 300


def letter(turned_deg: float = 0.0, strength: float = 0.85) -> Image:
    return stamped(page(LETTER), seal(COMPANY, SIDE, turned_deg), *AT, strength)


def iou(a: Box, b: Box) -> float:
    shared = a.overlap_x(b) * a.overlap_y(b)
    return shared / (a.width * a.height + b.width * b.height - shared)


SEAL_BOX = Box(AT[0], AT[1], AT[0] + SIDE, AT[1] + SIDE)


class TestPlaces:
    @pytest.mark.parametrize("strength", [0.4, 0.6, 0.85, 1.0])
    @pytest.mark.parametrize("turned_deg", [0, 50, 180])
    def test_a_seal_over_print_is_found_however_turned_and_faint(self, turned_deg: float, strength: float) -> None:
        (box,) = seals.places(red_on(letter(turned_deg, strength)))
        assert iou(box, SEAL_BOX) > 0.85

    def test_two_seals_are_two(self) -> None:
        both = stamped(letter(), seal("张伟印章专用", 180), 800, 900)
        assert sorted(round(box.width / 10) for box in seals.places(red_on(both))) == [18, 30]

    def test_a_seal_on_a_small_picture_is_found_in_its_own_pixels(self) -> None:
        small = cv2.resize(letter(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        (box,) = seals.places(red_on(small))
        assert iou(box, Box(*(v / 2 for v in (SEAL_BOX.x0, SEAL_BOX.y0, SEAL_BOX.x1, SEAL_BOX.y1)))) > 0.8

    @pytest.mark.parametrize("kind", ["nothing", "heading", "rules", "figures", "bar", "photo"])
    def test_other_red_things_are_no_seals(self, kind: str) -> None:
        picture = page(LETTER)
        red = RED[::-1]
        if kind == "heading":
            picture = page([("重庆市人民政府文件", 120, 120)], height=90, colour=RED)
        if kind == "rules":
            for n in range(12):
                cv2.line(picture, (100, 300 + 60 * n), (1100, 300 + 60 * n), red, 2)
                cv2.line(picture, (100 + 90 * n, 300), (100 + 90 * n, 960), red, 2)
        if kind == "figures":
            picture = page([f"-{n},8{n}3.50" for n in range(20)], colour=RED)
        if kind == "bar":
            cv2.rectangle(picture, (0, 0), (1239, 130), red, -1)
        if kind == "photo":
            cv2.circle(picture, (400, 500), 120, (90, 110, 200), -1)
        assert seals.places(red_on(picture)) == ()

    def test_red_rules_through_a_seal_do_not_hide_it(self) -> None:
        picture = letter()
        for n in range(12):
            cv2.line(picture, (60, 150 + 50 * n), (1180, 150 + 50 * n), RED[::-1], 2)
        assert any(iou(box, SEAL_BOX) > 0.7 for box in seals.places(red_on(picture)))

    @pytest.mark.parametrize("size", [(1, 1), (3, 2000), (40, 40)])
    def test_tiny_pictures_have_none(self, size: tuple[int, int]) -> None:
        assert seals.places(red_on(np.full((*size, 3), (40, 30, 200), np.uint8))) == ()


class TestInk:
    def test_ink_goes_and_print_stays(self) -> None:
        plain, clean = page(LETTER), seals.without_ink(letter(), [SEAL_BOX])
        inside = np.s_[AT[1] : AT[1] + SIDE, AT[0] : AT[0] + SIDE]
        print_there = plain[inside].max(axis=2) < 70
        assert print_there.sum() > 500, "the seal must lie over print, or this shows nothing"
        assert np.percentile(clean[inside].max(axis=2)[print_there], 95) < 110
        assert np.percentile(clean[inside].min(axis=2)[~print_there], 2) > 150
        assert red_mask(clean).sum() == 0

    def test_red_outside_of_seals_stays(self) -> None:
        picture = letter()
        picture[1500:1540, 100:400] = RED[::-1]
        clean = seals.without_ink(picture, [SEAL_BOX])
        assert np.array_equal(clean[1400:], picture[1400:])
        assert np.array_equal(seals.without_ink(picture, []), picture)

    def test_paper_that_is_not_white_keeps_its_colour(self) -> None:
        """A patch of another colour has an edge, and text at an edge is not found."""
        beige = np.array([200, 222, 232], np.float32) / 255  # blue, green, red
        seen = (letter() * beige).astype(np.uint8)
        clean = seals.without_ink(seen, [SEAL_BOX])
        paper = (page(LETTER) * beige).astype(np.int16)
        inside = (slice(int(SEAL_BOX.y0), int(SEAL_BOX.y1)), slice(int(SEAL_BOX.x0), int(SEAL_BOX.x1)))
        blank = paper[inside].min(axis=2) > 190
        assert np.percentile(np.abs(clean[inside].astype(np.int16) - paper[inside]).max(axis=2)[blank], 95) < 25

    def test_the_picture_itself_is_not_changed(self) -> None:
        picture = letter()
        before = picture.copy()
        seals.without_ink(picture, [SEAL_BOX])
        assert np.array_equal(picture, before)


class TestFind:
    def test_boxes_are_in_sheet_pixels_largest_first(self) -> None:
        matrix = np.array([[2, 0, 10], [0, 2, 20], [0, 0, 1.0]])
        small = Box(100, 100, 150, 150)
        found = seals.find(letter(), matrix, Mute(), [small, SEAL_BOX])
        assert [round(each.box.width) for each in found] == [2 * SIDE, 100]
        assert (found[0].box.x0, found[0].box.y0) == (2 * AT[0] + 10, 2 * AT[1] + 20)

    def test_a_seal_that_cannot_be_read_is_still_a_seal(self) -> None:
        (found,) = seals.find(letter(), np.eye(3), Mute(), [SEAL_BOX])
        assert (found.text, found.confidence, found.shape) == ("", 0.0, "round")

    def test_a_flat_seal_is_oval(self) -> None:
        flat = Box(100, 100, 400, 300)
        assert seals.find(letter(), np.eye(3), Mute(), [flat])[0].shape == "oval"


@pytest.mark.networks
class TestReading:
    @pytest.mark.parametrize("turned_deg", [0, 35, -70, 140])
    def test_the_rim_is_read_however_the_seal_was_turned(self, engine: PaddleEngine, turned_deg: float) -> None:
        picture = letter(turned_deg)
        (found,) = seals.find(picture, np.eye(3), engine, seals.places(red_on(picture)))
        assert found.text == COMPANY
        assert found.confidence > 0.85

    def test_words_across_the_middle_follow_the_rim(self, engine: PaddleEngine) -> None:
        picture = stamped(page(LETTER), seal(COMPANY, 340, 0, "财务专用章"), *AT)
        (found,) = seals.find(picture, np.eye(3), engine, seals.places(red_on(picture)))
        assert found.text == COMPANY + "财务专用章"

    def test_what_a_seal_covers_is_read_better_without_its_ink(self, engine: PaddleEngine) -> None:
        picture = stamped(page(["重庆示例科技有限公司", "二〇二六年十一月二日"], height=40), seal(COMPANY, 360), 180, 40)
        (boxes,) = [seals.places(red_on(picture))]
        plain, clean = (reading.text_of(reading.read_image(p, "a", 1, engine)) for p in (picture, seals.without_ink(picture, boxes)))
        wanted = "重庆示例科技有限公司\n二〇二六年十一月二日"
        assert fuzz.ratio(clean, wanted) >= max(95, fuzz.ratio(plain, wanted))

    def test_a_seal_on_a_slanted_page_is_found_and_read(self, engine: PaddleEngine) -> None:
        picture = rotated(letter(), 11)
        (found,) = seals.find(picture, np.eye(3), engine, seals.places(red_on(picture)))
        assert fuzz.ratio(found.text, COMPANY) >= 90


class TestWordsAcross:
    @pytest.mark.parametrize("turned_deg", [0, -25, 40])
    def test_they_are_noticed_and_levelled_however_the_seal_was_turned(self, turned_deg: float) -> None:
        ink = np.full((480, 480, 3), 255, np.uint8)
        cv2.rectangle(ink, (165, 330), (315, 362), (0, 0, 0), -1)
        turn = cv2.getRotationMatrix2D((239.5, 239.5), turned_deg, 1.0)
        words = seals._across(np.asarray(cv2.warpAffine(ink, turn, (480, 480), borderValue=(255, 255, 255)), np.uint8))
        assert words is not None
        dark = np.flatnonzero((words[:, :, 0] < 150).any(axis=1))
        assert dark[-1] - dark[0] < 50

    def test_a_seal_without_them_has_none(self) -> None:
        ink = np.full((480, 480, 3), 255, np.uint8)
        cv2.circle(ink, (240, 240), 70, (0, 0, 0), -1)
        cv2.circle(ink, (240, 240), 200, (0, 0, 0), 60)
        assert seals._across(ink) is None
