"""Pictures for the report: the right part of the right page, upright, bounded, and none of a file that is not the one checked."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from extractors.model import Box
from tests.paper_packets import SPOT, jpeg, pdf, record, sheet
from worker import crops
from worker.crops import WHOLE, Picture, Spot
from worker.packet import Folder

fractions = st.floats(0, 1, allow_nan=False)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    xs, ys = sorted((draw(fractions), draw(fractions))), sorted((draw(fractions), draw(fractions)))
    return Box(xs[0], ys[0], xs[1], ys[1])


@given(boxes(), st.floats(20, 5000), st.floats(20, 20000))
def test_surroundings_lie_on_the_page_and_hold_the_spot(box: Box, width: float, height: float) -> None:
    spot = Box(box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height)
    part = crops.surroundings(spot, width, height)
    slack = 1e-6 * max(width, height)
    assert -slack <= part.x0 < part.x1 <= width + slack and -slack <= part.y0 < part.y1 <= height + slack
    assert part.x0 <= spot.x0 + slack and spot.x1 <= part.x1 + slack
    assert part.y0 <= spot.y0 + slack and (spot.y1 <= part.y1 + slack or part.height <= 1.5 * part.width + slack)


@given(boxes(), st.integers(0, 3))
def test_turning_a_box_back_gives_it_again(box: Box, turn: int) -> None:
    again = crops.upright(crops.upright(box, turn), -turn)
    assert again.x0 == pytest.approx(box.x0) and again.y1 == pytest.approx(box.y1)


def cut(folder: Path, name: str, sha256: str, *spots: Spot) -> crops.Pictures:
    crops.cut.cache_clear()
    return crops.cut(Folder(folder), ((name, sha256),), spots)


def marked_is_red(picture: Picture) -> bool:
    """Whether what is inside the mark is the red bar, and what is around it is not."""
    pixels = np.asarray(Image.open(io.BytesIO(picture.jpeg)).convert("RGB")).astype(int)
    assert picture.mark is not None and pixels.shape[:2] == (picture.height, picture.width)
    red = (pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 90)
    x0, y0, x1, y1 = (round(v) for v in (picture.mark.x0, picture.mark.y0, picture.mark.x1, picture.mark.y1))
    inside = red[y0 + 3 : y1 - 3, x0 + 3 : x1 - 3].copy()
    red[max(0, y0 - 3) : y1 + 3, max(0, x0 - 3) : x1 + 3] = False
    return bool(inside.size and inside.mean() > 0.98 and red.mean() < 0.002)


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_the_spot_is_marked_and_upright_however_the_page_lies(tmp_path: Path, turn: int) -> None:
    upright = sheet()
    lying = upright.rotate(-90 * turn, expand=True)  # clockwise, as `turn` counts
    box = crops.upright(SPOT, -turn)
    file = record(tmp_path, "a.jpg", jpeg(lying))
    spot = Spot("a.jpg", 1, turn, box)
    picture = cut(tmp_path, "a.jpg", file.sha256, spot)[spot]
    assert marked_is_red(picture)
    assert picture.width > picture.height  # a line with its surroundings, not a column


@pytest.mark.parametrize("turn", [0, 2])
def test_of_a_long_screenshot_the_spot_is_cut_at_its_own_resolution(tmp_path: Path, turn: int) -> None:
    box = Box(0.1, 0.5, 0.6, 0.504)
    page = sheet((900, 9000), box if turn == 0 else crops.upright(box, 2))
    file = record(tmp_path, "long.jpg", jpeg(page))
    spot = Spot("long.jpg", 1, turn, box if turn == 0 else crops.upright(box, 2))
    picture = cut(tmp_path, "long.jpg", file.sha256, spot)[spot]
    assert picture.width > 500 and marked_is_red(picture)


def test_pages_of_a_pdf_are_told_apart(tmp_path: Path) -> None:
    second = Box(0.6, 0.7, 0.8, 0.74)
    file = record(tmp_path, "a.pdf", pdf([sheet(), sheet(box=second)]), 2)
    spots = Spot("a.pdf", 1, 0, SPOT), Spot("a.pdf", 2, 0, second), Spot("a.pdf", 2), Spot("a.pdf", 9, 0, SPOT)
    found = cut(tmp_path, "a.pdf", file.sha256, *spots)
    assert marked_is_red(found[spots[0]]) and marked_is_red(found[spots[1]])
    assert found[spots[2]].mark is None and max(found[spots[2]].width, found[spots[2]].height) == crops.VIEW_SIDE
    assert spots[3] not in found


def test_a_whole_page_has_no_mark_and_of_a_long_one_the_beginning_is_shown(tmp_path: Path) -> None:
    file = record(tmp_path, "long.jpg", jpeg(sheet((600, 9000))))
    spot = Spot("long.jpg", 1, 0, WHOLE)
    picture = cut(tmp_path, "long.jpg", file.sha256, spot)[spot]
    assert picture.mark is None and picture.height == pytest.approx(1.5 * picture.width, rel=0.02)


def test_a_changed_or_missing_or_broken_file_gives_no_picture(tmp_path: Path) -> None:
    file = record(tmp_path, "a.jpg", jpeg(sheet()))
    spot = Spot("a.jpg", 1, 0, SPOT)
    assert spot in cut(tmp_path, "a.jpg", file.sha256, spot)
    (tmp_path / "a.jpg").write_bytes(jpeg(sheet(box=WHOLE)))
    assert cut(tmp_path, "a.jpg", file.sha256, spot) == {}
    (tmp_path / "a.jpg").unlink()
    assert cut(tmp_path, "a.jpg", file.sha256, spot) == {}
    broken = record(tmp_path, "b.pdf", b"%PDF-1.7\n" + b"x" * 100)
    assert cut(tmp_path, "b.pdf", broken.sha256, Spot("b.pdf", 1, 0, SPOT)) == {}


def test_an_empty_box_at_the_edge_is_shown_with_what_is_around_it(tmp_path: Path) -> None:
    file = record(tmp_path, "a.jpg", jpeg(sheet()))
    spot = Spot("a.jpg", 1, 0, Box(1.0, 1.0, 1.0, 1.0))
    picture = cut(tmp_path, "a.jpg", file.sha256, spot)[spot]
    assert picture.mark is not None and picture.mark.x0 <= picture.width and picture.width > 200


def test_a_file_is_opened_once_and_a_page_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, rendered = [], []
    real_open, real_render = crops.pages.open_file, crops.OpenFile.render
    monkeypatch.setattr(crops.pages, "open_file", lambda *a, **k: opened.append(a) or real_open(*a, **k))
    monkeypatch.setattr(crops.OpenFile, "render", lambda *a, **k: rendered.append(a[1]) or real_render(*a, **k))
    file = record(tmp_path, "a.pdf", pdf([sheet(), sheet(), sheet()]), 3)
    spots = [Spot("a.pdf", n, 0, Box(0.1, y / 10, 0.4, y / 10 + 0.02)) for n in (1, 2) for y in range(1, 9)]
    found = cut(tmp_path, "a.pdf", file.sha256, *spots, Spot("a.pdf", 1), Spot("a.pdf", 2))
    assert len(found) == 18 and len(opened) == 1 and sorted(rendered) == [1, 2]


def test_when_room_is_short_the_first_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = record(tmp_path, "a.jpg", jpeg(sheet()))
    first, second = Spot("a.jpg", 1, 0, SPOT), Spot("a.jpg", 1, 0, Box(0.1, 0.8, 0.3, 0.83))
    both = cut(tmp_path, "a.jpg", file.sha256, first, second)
    monkeypatch.setattr(crops, "BYTES", len(both[first].jpeg) + len(both[second].jpeg) - 1)
    assert set(cut(tmp_path, "a.jpg", file.sha256, first, second)) == {first}
    assert set(cut(tmp_path, "a.jpg", file.sha256, second, first)) == {second}
    # Shown twice it takes twice the room.
    monkeypatch.setattr(crops, "BYTES", 2 * len(both[first].jpeg) - 1)
    assert first not in cut(tmp_path, "a.jpg", file.sha256, first, first)
