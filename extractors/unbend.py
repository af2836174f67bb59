"""A bent sheet of paper made flat: what a homography leaves over, as a smooth shift of every point. Pure geometry, no pixels.

A dense page says itself how it lies: its lines should run level, what is printed on one line should stand on one height, and what
is aligned in a column should stay aligned. Each of these is a linear equation in the coefficients of two polynomials (how far a
point moves down, how far to the right), so the page is solved by a few weighted least squares. Cards, licences and sparse pages
have too few lines to say it and are left alone, and so are pages that lie flat (scans, screenshots).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.model import BEND_POWERS, Bend, Box
from extractors.straighten import Floats

Ints = NDArray[np.int_]
FEWEST = 50
"""Quads of a page below which it is not dense."""
DOWN = ((1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 1), (2, 2), (3, 0), (3, 1), (4, 0), (4, 1))
"""Powers of x and y of the terms by which a point moves down: those that tilt lines."""
RIGHT = ((0, 1), (1, 1), (2, 1), (0, 2), (1, 2), (2, 2), (0, 3), (1, 3))
"""Powers of the terms by which a point moves to the right: those that tilt columns."""
ROUNDS = 4
"""Texts are paired anew this often, each time on a flatter page."""
DAMPING = 1e-5
SIGNIFICANT = 0.3
"""A page is bent when its texts stand off by this part of a line's height."""
PLACED = 0.06
"""Texts of one line are printed and found as exactly as this part of their height."""
ALIGNED = 0.16
"""The same of the edges of a column."""
NEAREST = 0.3
"""Texts on one height are off by less than this part of their height once the page is roughly flat; lines of a taller cell by more."""
REACH = 9.0
"""Columns are followed from a text to those at most this many line heights under it."""


@dataclass(frozen=True, slots=True)
class _Texts:
    """The quads of a page in units of half its size: middles, left and right ends, all (n, 2); slopes; heights and widths in the
    same unit."""

    middle: Floats
    left: Floats
    right: Floats
    slope: Floats
    width: Floats
    height: Floats


def flattened(quads: NDArray[np.floating]) -> tuple[Bend, Floats]:
    """The quads (n, 4, 2), in reading order on an upright, levelled frame, as they would stand on flat paper; and the way back, as
    `Sheet.bend`: () for a page that lies flat already or has too few texts to tell."""
    points = quads.astype(np.float64)
    if len(points) < FEWEST:
        return (), points
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    middle, unit = (low + high) / 2, float((high - low).max()) / 2
    inner = (points - middle) / unit
    texts = _texts(inner)
    down = _down(texts)
    right = _right(texts, down)
    if down is None and right is None:
        return (), points
    return _way_back(middle, unit, down, right), _shifted(inner, down, right) * unit + middle


def bent_points(bend: Bend, points: Floats) -> Floats:
    """Where points (..., 2) of the flattened sheet lay before it was flattened: `model.bent` for many."""
    if not bend:
        return points
    middle, unit = np.array(bend[:2]), bend[2]
    shift = _terms((points - middle) / unit, BEND_POWERS) @ np.array(bend[3:]).reshape(2, -1).T
    return np.asarray(points + unit * shift)


def flattened_box(bend: Bend, box: Box) -> Box:
    """A box found on the paper as it lay, as a box around its corners on the flattened sheet."""
    if not bend:
        return box
    corners = np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]])
    moved = corners.copy()
    for _ in range(5):
        moved = corners - (bent_points(bend, moved) - moved)
    (x0, y0), (x1, y1) = moved.min(axis=0).tolist(), moved.max(axis=0).tolist()
    return Box(x0, y0, x1, y1)


def _texts(quads: Floats) -> _Texts:
    left, right = (quads[:, 0] + quads[:, 3]) / 2, (quads[:, 1] + quads[:, 2]) / 2
    along = right - left
    width = np.maximum(along[:, 0], 1e-6)
    height = np.linalg.norm(quads[:, 3] - quads[:, 0] + quads[:, 2] - quads[:, 1], axis=1) / 2
    return _Texts((left + right) / 2, left, right, along[:, 1] / width, width, height)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of texts that may stand beside or under each other, by index, sorted by the first and then the likeliest."""

    first: Ints
    second: Ints

    def likeliest(self, fits: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Of the pairs that fit, the likeliest one of each first text."""
        left = np.flatnonzero(fits)
        at = left[np.unique(self.first[left], return_index=True)[1]]
        return self.first[at], self.second[at]


def _pairs(may: NDArray[np.bool_], away: Floats) -> _Pairs:
    """The pairs of texts (n, n) that may belong together; the less they are away, the likelier."""
    first, second = np.nonzero(may)
    order = np.lexsort((away[first, second], first))
    return _Pairs(first[order], second[order])


# --- how far down ----------------------------------------------------------------------------------------------------


def _down(texts: _Texts) -> Floats | None:
    """Coefficients of `DOWN` that make the lines level; None where they are."""
    usual = float(np.median(texts.height))
    y = texts.middle[:, 1]
    long = texts.width > 2.5 * texts.height
    if long.sum() < FEWEST / 2:
        return None
    # d(y + down)/dx = 0 along a text, times half its width: what its end is off, in the unit of the page.
    own = _slopes(texts.middle[long], DOWN) * (texts.width[long] / 2)[:, None]
    own_off = -texts.slope[long] * texts.width[long] / 2
    solution = _solved(own, own_off, 0.1 * usual)
    terms, beside = _terms(texts.middle, DOWN), _beside(texts)
    lower = np.minimum(texts.height[beside.first], texts.height[beside.second])
    for _ in range(ROUNDS):
        level = y + terms @ solution
        first, second = beside.likeliest(np.abs(level[beside.first] - level[beside.second]) < NEAREST * lower)
        if len(first) < 10:
            return None
        pairs, off = terms[second] - terms[first], y[first] - y[second]
        solution = _solved(np.r_[pairs, 0.5 * own], np.r_[off, 0.5 * own_off], 0.1 * usual)
    left = off - pairs @ solution
    return solution if _worth(terms @ solution, off, left, usual, PLACED) else None


def _beside(texts: _Texts) -> _Pairs:
    """Texts of one size and others further right, not much higher or lower; the nearest first."""
    gap = texts.left[None, :, 0] - texts.right[:, None, 0]
    height, other = texts.height[:, None], texts.height[None, :]
    apart = np.abs(texts.middle[None, :, 1] - texts.middle[:, None, 1])
    alike = (height < 1.7 * other) & (other < 1.7 * height)
    return _pairs(alike & (gap > -0.5 * height) & (apart < np.maximum(2 * height, 0.2 * gap)), gap)


# --- how far to the right --------------------------------------------------------------------------------------------


def _right(texts: _Texts, down: Floats | None) -> Floats | None:
    """Coefficients of `RIGHT` that put what is aligned in a column on one upright; None where it stands so."""
    usual = float(np.median(texts.height))
    level = texts.middle[:, 1] + (_terms(texts.middle, DOWN) @ down if down is not None else 0.0)
    below = level[None, :] - level[:, None]
    apart = np.abs(texts.middle[None, :, 0] - texts.middle[:, None, 0])
    wide = np.maximum(texts.width[:, None], texts.width[None, :])
    under = _pairs((below > 0.6 * usual) & (below < REACH * usual) & (apart < wide), -below)
    edges = [(ends, _terms(ends, RIGHT)) for ends in (texts.left, texts.right, texts.middle)]
    solution = np.zeros(len(RIGHT))
    for turn in range(ROUNDS):
        rows, offs = [], []
        for ends, terms in edges:
            x = ends[:, 0] + terms @ solution
            most = usual * (0.5 if turn == 0 else 0.3)
            first, second = under.likeliest(np.abs(x[under.first] - x[under.second]) < most)
            rows.append(terms[second] - terms[first])
            offs.append(ends[first, 0] - ends[second, 0])
        design, off = np.concatenate(rows), np.concatenate(offs)
        if len(off) < FEWEST:
            return None
        solution = _solved(design, off, 0.08 * usual)
    return solution if _worth(edges[2][1] @ solution, off, off - design @ solution, usual, ALIGNED) else None


# --- polynomials -----------------------------------------------------------------------------------------------------


def _terms(points: Floats, powers: tuple[tuple[int, int], ...]) -> Floats:
    x, y = points[..., 0], points[..., 1]
    return np.stack([x**i * y**j for i, j in powers], axis=-1)


def _slopes(points: Floats, powers: tuple[tuple[int, int], ...]) -> Floats:
    """The terms' derivatives along x."""
    x, y = points[..., 0], points[..., 1]
    return np.stack([i * x ** max(0, i - 1) * y**j for i, j in powers], axis=-1)


def _solved(design: Floats, wanted: Floats, noise: float) -> Floats:
    """Least squares in which what is off by much more than the noise counts little; large coefficients cost something."""
    damping = DAMPING * len(wanted) * np.eye(design.shape[1])
    solution = np.zeros(design.shape[1])
    weight: Floats = np.ones(len(wanted))
    for _ in range(4):
        heavy = design * weight[:, None]
        solution = np.asarray(np.linalg.solve(heavy.T @ design + damping, heavy.T @ wanted))
        weight = np.asarray((1 + ((design @ solution - wanted) / noise) ** 2) ** -2)
    return solution


def _worth(shift: Floats, off: Floats, left: Floats, usual: float, most: float) -> bool:
    """Whether the texts are shifted by more than the noise, and most pairs (half of them may be pairs of nothing: a cell beside one
    of two lines) stand better for it."""
    before, after = (float(np.median(np.abs(each))) for each in (off, left))
    return float(np.ptp(shift)) > SIGNIFICANT * usual and after < min(0.9 * before, most * usual)


def _shifted(points: Floats, down: Floats | None, right: Floats | None) -> Floats:
    moved = points.copy()
    if right is not None:
        moved[..., 0] += _terms(points, RIGHT) @ right
    if down is not None:
        moved[..., 1] += _terms(points, DOWN) @ down
    return moved


def _way_back(middle: Floats, unit: float, down: Floats | None, right: Floats | None) -> Bend:
    """The move from flat paper to where the quads were, fitted to a lattice of points."""
    lattice = np.stack(np.meshgrid(np.linspace(-1.05, 1.05, 14), np.linspace(-1.05, 1.05, 14)), axis=-1).reshape(-1, 2)
    flat = _shifted(lattice, down, right)
    found = np.linalg.lstsq(_terms(flat, BEND_POWERS), lattice - flat, rcond=None)[0]
    return (float(middle[0]), float(middle[1]), unit, *found[:, 0].tolist(), *found[:, 1].tolist())
