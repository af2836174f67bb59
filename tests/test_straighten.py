"""Geometry from slanted quads to upright sheets: whatever was turned or tilted, a point comes back to where it stands on the page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from extractors import straighten
from extractors.model import Box, Sheet

ANGLES = st.floats(-180, 180)
SIDES = st.floats(40, 6000)
FRACTIONS = st.floats(0, 1)
TILTS = st.floats(-1.2e-4, 1.2e-4)


def strip(x: float, y: float, length: float, angle_deg: float = 0.0, height: float = 30) -> list[NDArray[np.float64]]:
    """A quad that begins at x, y and runs along the angle."""
    turn = np.radians(angle_deg)
    along, down = np.array([np.cos(turn), np.sin(turn)]) * length, np.array([-np.sin(turn), np.cos(turn)]) * height
    corner = np.array([x, y], np.float64)
    return [corner, corner + along, corner + along + down, corner + down]


def quads(*strips: list[NDArray[np.float64]]) -> straighten.Quads:
    return np.array(strips, np.float32).reshape(-1, 4, 2)


def page_of(matrix: straighten.Floats, width: float, height: float) -> Sheet:
    """The sheet that this homography page pixels → sheet pixels makes of a page."""
    framed, sheet_w, sheet_h = straighten.framed(matrix, width, height)
    return Sheet("a", 1, 0, sheet_w, sheet_h, straighten.to_page_fractions(framed, width, height), ())


@given(ANGLES, SIDES, SIDES)
def test_upright_turns_the_direction_to_the_right_and_keeps_all_of_the_page(angle: float, width: float, height: float) -> None:
    matrix = straighten.upright(width, height, angle)
    start = np.array([[width / 2, height / 2]])
    ahead = start + np.array([[np.cos(np.radians(angle)), np.sin(np.radians(angle))]])
    dx, dy = (straighten.apply(matrix, ahead) - straighten.apply(matrix, start))[0]
    assert (dx, dy) == pytest.approx((1, 0), abs=1e-6)
    corners = straighten.apply(matrix, np.array([[0, 0], [width, 0], [width, height], [0, height]]))
    assert corners.min(axis=0) == pytest.approx([0, 0], abs=1e-6)


@given(ANGLES, SIDES, SIDES, TILTS, TILTS, FRACTIONS, FRACTIONS)
def test_any_point_comes_back_to_its_place_on_the_page(
    angle: float, width: float, height: float, tilt_x: float, tilt_y: float, u: float, v: float
) -> None:
    tilt = np.array([[1, 0, 0], [0, 1, 0], [tilt_x * 1000 / max(width, height), tilt_y * 1000 / max(width, height), 1]])
    matrix = tilt @ straighten.upright(width, height, angle)
    to_sheet, sheet_w, sheet_h = straighten.framed(matrix, width, height)
    sheet = page_of(matrix, width, height)
    x, y = straighten.apply(to_sheet, np.array([[u * width, v * height]]))[0]
    assert -1e-6 <= x <= sheet_w + 1e-6 and -1e-6 <= y <= sheet_h + 1e-6
    assert sheet.to_page_point(x, y) == pytest.approx((u, v), abs=1e-6)


@given(ANGLES, st.floats(-50, 4000), st.floats(-50, 4000), st.floats(1, 900), st.floats(1, 900))
def test_evidence_stays_on_the_page(angle: float, x: float, y: float, w: float, h: float) -> None:
    sheet = page_of(straighten.upright(1700, 1200, angle), 1700, 1200)
    box = sheet.evidence(Box(x, y, x + w, y + h)).box
    assert 0 <= box.x0 <= box.x1 <= 1
    assert 0 <= box.y0 <= box.y1 <= 1


@pytest.mark.parametrize(("direction", "turn"), [(0, 0), (3, 0), (-40, 0), (90, 1), (80, 1), (180, 2), (-172, 2), (-90, 3), (265, 3)])
def test_turn_tells_the_quarter_in_which_the_text_runs(direction: float, turn: int) -> None:
    assert page_of(straighten.upright(1500, 1500, direction), 1500, 1500).turn == turn


@given(ANGLES, st.integers(0, 3))
def test_reading_order_begins_where_reading_does(angle: float, rolled: int) -> None:
    plain = quads(strip(500, 500, 200, angle))
    ordered = straighten.reading_order(np.roll(plain, rolled, axis=1), angle)
    assert ordered == pytest.approx(plain, abs=1e-3)


@given(ANGLES, st.floats(31, 800))
def test_the_axis_is_that_of_the_longer_side_whichever_corner_comes_first(angle: float, length: float) -> None:
    plain = quads(strip(900, 900, length, angle))
    for rolled in range(4):
        axis, long, aspect = straighten.axes_deg(np.roll(plain, rolled, axis=1))
        assert float(straighten.apart_deg(axis, angle)[0]) < 0.2
        assert long[0] == pytest.approx(length, rel=1e-3)
        assert aspect[0] == pytest.approx(length / 30, rel=1e-3)


@given(st.floats(-90, 90), st.floats(-90, 90))
def test_apart_is_an_angle_between_axes(a: float, b: float) -> None:
    apart = float(straighten.apart_deg(a, b))
    assert 0 <= apart <= 90
    assert apart == pytest.approx(float(straighten.apart_deg(b, a)))
    assert apart == pytest.approx(float(straighten.apart_deg(a + 180, b)), abs=1e-6)


@given(st.floats(-89, 89), st.integers(0, 2**31))
def test_the_written_axis_wins_over_noise_and_strays(angle: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    angles = (np.append(angle + rng.normal(0, 1.5, 30), rng.uniform(-90, 90, 5)) + 90) % 180 - 90
    weights = np.append(rng.uniform(200, 600, 30), rng.uniform(40, 100, 5))
    assert float(straighten.apart_deg(straighten.dominant_axis_deg(angles, weights), angle)) < 2


def test_no_axis_without_lines() -> None:
    assert straighten.dominant_axis_deg(np.zeros(0), np.zeros(0)) == 0.0
    assert straighten.regions(quads()) == []


@given(ANGLES, st.integers(3, 12))
def test_lines_of_one_paper_are_one_region(angle: float, count: int) -> None:
    turn = np.radians(angle)
    down = np.array([-np.sin(turn), np.cos(turn)]) * 60
    rows = [strip(*(np.array([2000, 2000]) + n * down), 300 + 17 * n, angle) for n in range(count)]
    (region,) = straighten.regions(quads(*rows))
    assert region.members == tuple(range(count))
    assert float(straighten.apart_deg(region.direction_deg, angle)) < 0.5


@given(st.floats(-85, 85), st.floats(30, 150))
def test_cards_that_lie_at_an_angle_to_each_other_are_regions_of_their_own(angle: float, between: float) -> None:
    first = [strip(200, 200 + 60 * n, 420) for n in range(7)]
    turn = np.radians(between)
    down = np.array([-np.sin(turn), np.cos(turn)]) * 60
    second = [strip(*(np.array([1900, 1500]) + n * down), 330, between) for n in range(6)]
    rotate = straighten.upright(3000, 3000, -angle)
    both = straighten.apply(rotate, quads(*first, *second)).astype(np.float32)
    found = {region.members for region in straighten.regions(both)}
    assert found == {tuple(range(7)), tuple(range(7, 13))}


def test_a_stray_slanted_word_is_no_region() -> None:
    rows = [strip(100, 100 + 60 * n, 500) for n in range(8)]
    (region,) = straighten.regions(quads(*rows, strip(700, 300, 90, 40)))
    assert region.members == tuple(range(9))


def test_short_quads_alone_stay_on_the_page_as_they_are() -> None:
    (region,) = straighten.regions(quads(strip(10, 10, 30), strip(80, 10, 30)))
    assert (region.members, region.direction_deg) == ((0, 1), 0.0)


@given(st.floats(-0.04, 0.04), st.floats(-9e-5, 9e-5))
def test_levelled_makes_the_lines_of_a_tilted_sheet_horizontal(slope: float, tilt: float) -> None:
    """A flat sheet seen from the side: its rows' slopes change over the page."""
    size = (1600.0, 2200.0)
    view = np.array([[1, 0, 0], [slope, 1, 0], [tilt, 0, 1]])
    rows = np.array([[[150, y], [1450, y]] for y in range(120, 2150, 90)], np.float64)
    seen = straighten.apply(view, rows)
    along = seen[:, 1] - seen[:, 0]
    level = straighten.levelled(seen.mean(axis=1), along[:, 1] / along[:, 0], np.abs(along[:, 0]), size)
    flat = straighten.apply(level, seen)
    rest = flat[:, 1] - flat[:, 0]
    assert np.abs(rest[:, 1] / rest[:, 0]).max() < 0.006


@given(st.floats(0, 400), st.integers(0, 2**31))
def test_levelled_is_not_led_astray_by_a_slanted_stamp(shift: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = np.array([[500 + shift * 0.3, y] for y in range(100, 2000, 70)], np.float64)
    slopes = rng.normal(0.01, 0.0005, len(points))
    slopes[:4] = 0.3
    level = straighten.levelled(points, slopes, np.full(len(points), 400.0), (1500, 2000))
    at = np.array([[[300, y], [900, y + 600 * 0.01]] for y in (500, 1000, 1500)], np.float64)
    flat = straighten.apply(level, at)
    assert np.abs((flat[:, 1] - flat[:, 0])[:, 1]).max() < 600 * 0.004


def test_a_flat_page_is_left_alone() -> None:
    points = np.array([[700, y] for y in range(100, 2000, 100)], np.float64)
    level = straighten.levelled(points, np.zeros(len(points)), np.full(len(points), 500.0), (1500, 2000))
    assert np.array_equal(level, np.eye(3))
    few = straighten.levelled(points[:2], np.full(2, 0.2), np.full(2, 500.0), (1500, 2000))
    assert np.array_equal(few, np.eye(3)), "two lines say nothing about a view"
