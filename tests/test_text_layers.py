"""How a text layer is held against the page, without networks: where it is looked at, what is drawn for that; rules that are a grid."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors import fileread
from extractors.model import Box, Rule
from extractors.ocr import Image, Quads, Reading
from extractors.pages import open_file
from tests.made_files import Page, pdf, text
from tests.sheet_lines import line

WORDS = ("编制单位重庆示例科技有限公司", "货币资金壹佰万元整", "兹证明张伟系我单位员工", "期末余额", "合计人民币壹万元")


class Sees:
    """A recogniser that says what it is told, and keeps what it was shown."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts, self.crops = texts, list[Image]()

    def detect(self, image: Image, long_side: int) -> Quads:
        raise AssertionError("where the lines stand is known")

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        self.crops += crops
        return [Reading(each, (), (), ()) for each in self.texts]


def test_three_long_neighbours_are_looked_at() -> None:
    lines = [line(word, 100, y) for word, y in zip(WORDS, (100, 1300, 1340, 1380, 600), strict=True)]
    assert [each.text for each in fileread._neighbours(lines)] == [WORDS[1], WORDS[2], WORDS[3]]
    assert [each.text for each in fileread._neighbours(lines[:2])] == [WORDS[0], WORDS[1]]
    assert not fileread._neighbours([line("短", 0, 0)])


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_strips_show_what_stands_there_however_the_page_is_turned(rotate: int) -> None:
    body = "".join(text(72, 700 - 40 * n, word, 14) for n, word in enumerate(WORDS))
    with open_file(pdf(Page(body, rotate=rotate)), "pdf") as file:
        (page,) = file
        sample = fileread._neighbours(page.lines)
        seen, drawn = Sees([each.text[:6] for each in sample]), list[tuple[int, int]]()
        render = file.render
        file.render = lambda *args: drawn.append((image := render(*args)).shape[:2]) or image  # type: ignore[method-assign]
        assert not fileread._contradicted(file, page, seen)
        assert fileread._contradicted(file, page, Sees(["龘靐齉爩鱻麤"] * 3))
    assert len(seen.crops) == 3
    for crop in seen.crops:
        ink = (crop.min(axis=2) < 128).mean(axis=1)
        assert crop.shape[1] > 4 * crop.shape[0] and 0.05 < ink[10:38].mean() < 0.6, "print across the middle of the strip"
        assert ink[:2].max() < 0.2 and ink[-2:].max() < 0.2, "and none cut by its edges"
    assert all(height * width < 0.2 * page.width * page.height for height, width in drawn), "little of the page is drawn"


def ruled(down: Sequence[float], across: Sequence[tuple[float, float]]) -> list[Rule]:
    return [Rule(Box(x, 100, x, 900), True) for x in down] + [Rule(Box(a, 100 * n, b, 100 * n), False) for n, (a, b) in enumerate(across, 1)]


def test_rules_are_a_grid_when_they_enclose_cells() -> None:
    assert fileread._is_grid(ruled((100, 300, 700), [(100, 700)] * 3))
    assert not fileread._is_grid(ruled((100, 700), [(100, 700)] * 9)), "a frame"
    assert not fileread._is_grid(ruled((100, 300, 700), [(100, 300)] * 9)), "strokes that end half way"
    assert not fileread._is_grid(ruled((), [(100, 700)] * 9))
