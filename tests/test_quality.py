"""Can a page be read: the verdict hangs on what was read, the cause on the pixels."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from extractors import quality
from extractors.model import Line, Quality, Sheet
from extractors.ocr import Image
from tests.drawn import page
from tests.sheet_lines import line, sheet

TEXTS = ["中华人民共和国居民身份证", "姓名张伟性别男民族汉", "住址重庆市渝北区示例大道一百二十八号", "公民身份号码五零零一零三"]


def picture(paper: tuple[int, int, int] = (238, 232, 214)) -> Image:
    return page(TEXTS, (1200, 800), paper=paper)


def read(sure: float, size: tuple[int, int] = (1200, 800), height: float = 34, x: float = 100) -> list[Sheet]:
    """A sheet of the texts, every character as sure as told."""
    lines: Sequence[Line] = [line(text, x, 120 + 65 * n, height=height, sure=sure) for n, text in enumerate(TEXTS)]
    return [sheet(lines, size=size)]


def darkened(image: Image, by: float) -> Image:
    return (image * by).astype(np.uint8)


def blurred(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma))


def glared(image: Image) -> Image:
    """A lamp's reflection on paper that is not white."""
    shine = darkened(image, 0.8)
    cv2.ellipse(shine, (600, 300), (220, 120), 0, 0, 360, (255, 255, 255), -1)
    return shine


BAD = 0.5
GOOD = 0.98


def test_a_page_read_well_is_readable_whatever_its_pixels() -> None:
    for image in (picture(), darkened(picture(), 0.2), blurred(picture(), 4), glared(picture())):
        assert quality.assess(image, read(GOOD)).unreadable == ()


@pytest.mark.parametrize(
    ("image", "reasons"),
    [
        (darkened(picture(), 0.2), {"dark"}),
        (blurred(picture(), 5), {"blurred"}),
        (glared(picture()), {"glare"}),
        (blurred(darkened(picture(), 0.2), 5), {"dark", "blurred"}),
        (picture(), {"blurred"}),
    ],
    ids=["dark", "blurred", "glare", "dark and blurred", "nothing to blame"],
)
def test_a_page_read_badly_is_unreadable_and_the_cause_is_told(image: Image, reasons: set[str]) -> None:
    assert set(quality.assess(image, read(BAD)).unreadable) == reasons


def test_tiny_print_read_badly_is_too_small() -> None:
    assert "small" in quality.assess(picture(), read(BAD, height=12)).unreadable


def test_text_cut_off_at_the_edge_is_to_be_taken_again_however_well_read() -> None:
    assert quality.assess(picture(), read(GOOD, x=0)).unreadable == ("cropped",)


def test_one_line_at_the_edge_is_only_a_warning() -> None:
    lines = [line(text, 0 if n == 0 else 100, 120 + 65 * n, sure=GOOD) for n, text in enumerate(TEXTS)]
    seen = quality.assess(picture(), [sheet(lines, size=(1200, 800))])
    assert (seen.unreadable, "cropped" in seen.warnings) == ((), True)


def test_cut_is_judged_on_the_page_and_not_on_a_card_cut_out_of_it() -> None:
    """A card's sheet has the page's frame: a line at its left edge is only cut when the page ends there."""
    inside = (1 / 2400, 0, 0.3, 0, 1 / 1600, 0.3, 0, 0, 1)
    card = read(GOOD, x=0)[0]
    moved = Sheet(card.file, 1, 0, card.width, card.height, inside, card.lines)
    assert quality.assess(picture(), [moved]).unreadable == ()


@pytest.mark.parametrize(("paper", "reason"), [((255, 255, 255), "blank"), ((228, 224, 216), "blank"), ((12, 10, 11), "dark")])
def test_an_empty_page_is_blank_and_a_black_one_dark(paper: tuple[int, int, int], reason: str) -> None:
    assert quality.assess(page([], (900, 700), paper=paper), [sheet([])]).unreadable == (reason,)


def test_a_few_words_well_read_are_a_cover_and_no_fault() -> None:
    assert quality.assess(picture(), [sheet([line("附件一", 100, 100)])]).unreadable == ()
    assert quality.assess(picture(), [sheet([line("附件一", 100, 100, sure=0.6)])]).unreadable != ()


class TestCopies:
    def test_grey_is_a_photocopy_and_colour_is_none(self) -> None:
        coloured = picture()
        cv2.rectangle(coloured, (700, 100), (1000, 400), (60, 90, 180), -1)
        grey = np.repeat(cv2.cvtColor(coloured, cv2.COLOR_BGR2GRAY)[:, :, None], 3, axis=2)
        assert "photocopy" in quality.assess(np.ascontiguousarray(grey), read(GOOD)).warnings
        assert "photocopy" not in quality.assess(coloured, read(GOOD)).warnings

    @pytest.mark.parametrize("period", [2.2, 2.6, 3.1])
    def test_a_screens_grid_all_over_the_picture_is_noticed(self, period: float) -> None:
        image = page([text * 2 for text in TEXTS * 5], (1600, 1400), paper=(235, 235, 235)).astype(np.float32)
        y, x = np.mgrid[: image.shape[0], : image.shape[1]]
        grid = sum(np.sin(2 * np.pi * along / period) for along in (x * 0.98 + y * 0.17, y * 0.98 - x * 0.17))
        screen = (image + 16 * np.asarray(grid)[:, :, None]).clip(0, 255).astype(np.uint8)
        assert "screen_capture" in quality.assess(screen, read(GOOD)).warnings
        assert "screen_capture" not in quality.assess(image.astype(np.uint8), read(GOOD)).warnings

    @pytest.mark.parametrize("height", [16, 22, 34, 48])
    def test_even_print_is_no_screen(self, height: int) -> None:
        dense = page([text * 4 for text in TEXTS * 14], (1600, 1600), height=height)
        assert "screen_capture" not in quality.assess(dense, read(GOOD)).warnings


@pytest.mark.parametrize("size", [(1, 1), (5, 300), (2, 4000)])
def test_any_picture_has_a_verdict(size: tuple[int, int]) -> None:
    seen = quality.assess(np.zeros((*size, 3), np.uint8), [])
    assert isinstance(seen, Quality) and seen.unreadable
    assert all(np.isfinite(value) for value in seen.measures.values())


def test_a_little_coloured_ink_is_no_photocopy() -> None:
    grey = page(TEXTS, (1200, 800), paper=(240, 240, 240))
    assert "photocopy" in quality.assess(grey, read(0.99)).warnings
    sealed = grey.copy()
    cv2.circle(sealed, (900, 600), 40, (60, 60, 210), 4)
    assert "photocopy" not in quality.assess(sealed, read(0.99)).warnings
