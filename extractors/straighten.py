"""From slanted quads on a page to upright sheets: pure geometry, no pixels.

Elongated quads tell the axis along which a region is written (any angle); a weighted fit of how their slopes change over the page
tells the perspective. Both together are one homography per region; nothing is resampled, so nothing is blurred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Quads = NDArray[np.float32]

ELONGATED = 2.0
SAME_AXIS_DEG = 12.0


@dataclass(frozen=True)
class Region:
    """Quads that are read in one direction: indices into the page's quads and that direction in degrees (0 = to the right,
    clockwise)."""

    members: tuple[int, ...]
    direction_deg: float


def sides(quads: Quads) -> tuple[Floats, Floats]:
    """Lengths of the first side (corner 0 to 1) and of the second (1 to 2) of each quad, in pixels."""
    q = quads.astype(np.float64)
    return np.linalg.norm(q[:, 1] - q[:, 0], axis=1), np.linalg.norm(q[:, 2] - q[:, 1], axis=1)


def axes_deg(quads: Quads) -> tuple[Floats, Floats, Floats]:
    """Direction of each quad's longer side in -90..90 degrees, its length, and its aspect (long over short)."""
    first, second = sides(quads)
    q = quads.astype(np.float64)
    along = np.where((first >= second)[:, None], q[:, 1] - q[:, 0] + q[:, 2] - q[:, 3], q[:, 2] - q[:, 1] + q[:, 3] - q[:, 0])
    angle = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    angle = (angle + 90) % 180 - 90
    long, short = np.maximum(first, second), np.minimum(first, second)
    return angle, long, long / np.maximum(short, 1e-6)


def apart_deg(a: Floats | float, b: Floats | float) -> Floats:
    """Angle between two axes (directions mod 180), 0..90 degrees."""
    return np.asarray(np.abs((np.asarray(a) - np.asarray(b) + 90) % 180 - 90))


def dominant_axis_deg(angles: Floats, weights: Floats) -> float:
    """The axis that most of the written length follows, -90..90 degrees; 0 without any."""
    if len(angles) == 0 or weights.sum() == 0:
        return 0.0
    bins = np.arange(-90, 90, 3.0)
    mass = [weights[apart_deg(angles, float(b)) <= 6].sum() for b in bins]
    near = apart_deg(angles, float(bins[int(np.argmax(mass))])) <= 8
    doubled = np.radians(angles[near] * 2)
    mean = np.arctan2((weights[near] * np.sin(doubled)).sum(), (weights[near] * np.cos(doubled)).sum()) / 2
    return float(np.degrees(mean))


def regions(quads: Quads) -> list[Region]:
    """Quads grouped by the axis they are written along; nearly always one region. Largest first."""
    angles, lengths, aspects = axes_deg(quads)
    left = set(range(len(quads)))
    found: list[Region] = []
    while left:
        now = np.array(sorted(left))
        clear = now[aspects[now] >= ELONGATED]
        if len(clear) == 0:
            break
        axis = dominant_axis_deg(angles[clear], lengths[clear])
        mine = [int(i) for i in clear if apart_deg(angles[i], axis) <= SAME_AXIS_DEG]
        weight = lengths[mine].sum()
        if not mine or (found and (len(mine) < 3 or weight < 0.04 * lengths.sum())):
            break
        found.append(Region(tuple(mine), axis))
        left -= set(mine)
    if not found:
        return [Region(tuple(range(len(quads))), 0.0)] if len(quads) else []
    return _with_the_rest(quads, found)


def _with_the_rest(quads: Quads, found: list[Region]) -> list[Region]:
    """Short quads (single characters) go to the region in whose middle they lie and along whose axis they stand (a watermark across
    a page is a region too: its neighbourhood says nothing); what lies in none, to that of its nearest neighbour."""
    centres = quads.mean(axis=1).astype(np.float64)
    angles, _, _ = axes_deg(quads)
    owner = {i: n for n, region in enumerate(found) for i in region.members}
    placed = np.array(sorted(owner))
    members: list[list[int]] = [list(region.members) for region in found]
    for i in range(len(quads)):
        if i in owner:
            continue
        around = [n for n, r in enumerate(found) if _spans(quads[list(r.members)].reshape(-1, 2), r.direction_deg, centres[i])]
        skew = [float(_apart_mod_90_deg(angles[i], found[n].direction_deg)) for n in around]
        fitting = [n for n, off in zip(around, skew, strict=True) if off <= max(SAME_AXIS_DEG, min(skew))]
        nearest = placed[np.argmin(np.linalg.norm(centres[placed] - centres[i], axis=1))]
        members[fitting[0] if fitting else owner[int(nearest)]].append(i)
    return [Region(tuple(sorted(m)), r.direction_deg) for m, r in zip(members, found, strict=True)]


def _spans(points: NDArray[np.floating], direction_deg: float, point: Floats) -> bool:
    """Whether the box around the points, laid along the direction, holds the point."""
    turn = np.radians(-direction_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    laid, at = points @ rotation.T, rotation @ point
    return bool((laid.min(axis=0) <= at).all() and (at <= laid.max(axis=0)).all())


def _apart_mod_90_deg(a: float, b: float) -> float:
    """Angle between two squares that stand at these angles, 0..45 degrees."""
    return abs((a - b + 45) % 90 - 45)


def reading_order(quads: Quads, direction_deg: float) -> Quads:
    """Corners rolled so that side 0→1 points along the reading direction (clockwise order is kept)."""
    want = np.array([np.cos(np.radians(direction_deg)), np.sin(np.radians(direction_deg))])
    ordered = np.empty_like(quads)
    for n, quad in enumerate(quads):
        scores = []
        for k in range(4):
            side = quad[(k + 1) % 4] - quad[k]
            norm = float(np.linalg.norm(side)) or 1.0
            scores.append(float(side @ want) / norm)
        ordered[n] = np.roll(quad, -int(np.argmax(scores)), axis=0)
    return ordered


def upright(width: float, height: float, direction_deg: float) -> Floats:
    """3x3: page pixels → a frame in which `direction_deg` points to the right and all of the page has positive coordinates."""
    turn = np.radians(-direction_deg)
    c, s = np.cos(turn), np.sin(turn)
    rotation = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    low, _ = _bounds(rotation, width, height)
    return np.asarray(np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]]) @ rotation)


def levelled(points: Floats, slopes: Floats, weights: Floats, size: tuple[float, float]) -> Floats:
    """3x3 that makes lines horizontal whose slope changes linearly with y (the view of a tilted sheet); identity when it is flat.

    points: (n, 2) middles of lines; slopes: dy/dx; weights: lengths; size: width, height of the frame.
    """
    identity = np.eye(3)
    if len(points) < 3:
        return identity
    centre_x, centre_y = size[0] / 2, size[1] / 2
    design = np.stack([np.ones(len(points)), points[:, 1] - centre_y], axis=1)
    keep = np.ones(len(points), bool)
    solution = np.zeros(2)
    for _ in range(3):
        w = np.sqrt(weights[keep])[:, None]
        solution = np.linalg.lstsq(design[keep] * w, slopes[keep] * w[:, 0], rcond=None)[0]
        error = np.abs(design @ solution - slopes)
        limit = max(0.004, 2.5 * float(np.median(error[keep])))
        if (error <= limit).sum() < 3:
            break
        keep = error <= limit
    slope, change = float(solution[0]), float(solution[1])
    spread = float(np.ptp(points[keep, 1])) if keep.any() else 0.0
    if abs(change) * spread < 0.008:
        change = 0.0
        slope = float(np.average(slopes[keep], weights=weights[keep]))
    if abs(slope) < 1e-4 and change == 0.0:
        return identity
    change = float(np.clip(change, -0.6 / max(size[0], 1), 0.6 / max(size[0], 1)))
    shift = np.array([[1, 0, -centre_x], [0, 1, -centre_y], [0, 0, 1]])
    back = np.array([[1, 0, centre_x], [0, 1, centre_y], [0, 0, 1]])
    return np.asarray(back @ np.array([[1, 0, 0], [-slope, 1, 0], [change, 0, 1]]) @ shift)


def framed(matrix: Floats, width: float, height: float) -> tuple[Floats, float, float]:
    """The homography moved so that the page's image starts at 0, 0; with the width and height it covers."""
    low, high = _bounds(matrix, width, height)
    moved = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]]) @ matrix
    return moved, float(high[0] - low[0]), float(high[1] - low[1])


def apply(matrix: Floats, points: NDArray[np.floating]) -> Floats:
    """(..., 2) points through a 3x3 homography."""
    flat = points.reshape(-1, 2).astype(np.float64)
    mapped = np.c_[flat, np.ones(len(flat))] @ matrix.T
    result: Floats = (mapped[:, :2] / mapped[:, 2:]).reshape(points.shape)
    return result


def to_page_fractions(to_sheet: Floats, width: float, height: float) -> tuple[float, ...]:
    """The nine numbers of `Sheet.to_page` for a homography page pixels → sheet pixels of a page of this size."""
    back = np.diag([1 / width, 1 / height, 1.0]) @ np.linalg.inv(to_sheet)
    return tuple(float(v) for v in (back / back[2, 2]).ravel())


def _bounds(matrix: Floats, width: float, height: float) -> tuple[Floats, Floats]:
    corners = apply(matrix, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64))
    return corners.min(axis=0), corners.max(axis=0)
