"""Words laid across a picture: print comes out from under them, a pen's ink stays, and pages without them are not touched."""

from __future__ import annotations

import numpy as np
import pytest

from extractors import overlay
from extractors.model import Box, Line, Sheet

BLUE, PINK = (210, 130, 70), (120, 110, 200)


def _picture(colour: tuple[int, int, int], share: float) -> np.ndarray:
    """Grey paper with black print (rows 100 to 120), a pen's blue (rows 200 to 220), and a veil over columns 300 to 420."""
    picture = np.full((400, 800, 3), 214.0)
    picture[100:120] = 40
    picture[200:220] = (150, 60, 40)
    picture[:, 300:420] = (1 - share) * picture[:, 300:420] + share * np.array(colour)
    return picture.astype(np.uint8)


ALL = [np.array([[0, 0], [800, 0], [800, 400], [0, 400]], np.float64)]


@pytest.mark.parametrize("colour", [BLUE, PINK])
@pytest.mark.parametrize("share", [0.35, 0.6])
def test_print_under_a_veil_comes_out_and_the_veil_is_paper(colour: tuple[int, int, int], share: float) -> None:
    clear = overlay.lifted(_picture(colour, share), ALL)
    assert clear is not None
    paper, veiled = clear[50, 100, 0], clear[50, 360, 0]
    assert abs(int(paper) - int(veiled)) <= 10
    assert int(clear[110, 360, 0]) < 0.8 * int(paper), "black print under the veil is still print"
    assert int(clear[210, 100, 0]) < 0.93 * int(paper), "what a blue pen wrote stays"


def test_a_page_in_black_and_white_has_nothing_to_lift() -> None:
    plain = np.full((400, 800, 3), 214, np.uint8)
    plain[100:120] = 40
    assert overlay.lifted(plain, ALL) is None
    assert overlay.lifted(plain, []) is None


def _sheet(*texts: tuple[str, float]) -> Sheet:
    lines = tuple(Line(text, Box(0, 40 * n, 20 * len(text), 40 * n + 20), sure, confidences=(sure,) * len(text)) for n, (text, sure) in enumerate(texts))
    return Sheet("a.jpg", 1, 0, 800, 400, (1 / 800, 0, 0, 0, 1 / 400, 0, 0, 0, 1), lines)


def test_a_page_is_looked_at_again_only_where_marks_lie_across_what_was_read_badly() -> None:
    mark = ("此复印件仅限申请银行贷款", 1.0)
    assert overlay.is_marked([_sheet(("职工收入证明", 1.0), mark, mark, ("行货协证号", 0.2))])
    assert not overlay.is_marked([_sheet(("职工收入证明", 1.0), mark, mark)]), "nothing was hidden"
    assert not overlay.is_marked([_sheet(("职工收入证明", 1.0), ("样本 SPECIMEN", 1.0), ("仅限贷款", 1.0), ("行货协证号", 0.2))])


def test_marks_count_for_nothing() -> None:
    assert overlay.worth([_sheet(("再次复印无效", 1.0))]) == 0
    assert overlay.worth([_sheet(("工程师", 1.0), ("口口", 0.3))]) == pytest.approx(1.5)
