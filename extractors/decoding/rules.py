"""Table rules put together from the many small pieces that PDF writers draw, and the pictures worth a look. Pure.

Sheet pixels, y down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from extractors.decoding.marks import Marks, Matrix, Rect, moved

SHORTEST = 12.0
"""Pixels: shorter rules are dashes, ticks and underlines of single characters."""
THICKEST = 9.0
BRIDGE = 4.0
"""Gap that is closed between two pieces of a rule; dashes are closed up to their own length."""
MOST = 4000
PICTURE_SIDE = 24.0
PICTURES = 200


def merged(pieces: Iterable[Rect], width: float, height: float) -> list[tuple[Rect, bool]]:
    """Rules as (box, vertical), pieces on one line joined, clipped to the sheet, at most MOST, sorted."""
    across: dict[int, list[tuple[float, float, float, float]]] = defaultdict(list)
    along: dict[int, list[tuple[float, float, float, float]]] = defaultdict(list)
    for x0, y0, x1, y1 in pieces:
        x0, x1, y0, y1 = max(0.0, x0), min(width, x1), max(0.0, y0), min(height, y1)
        if x1 < x0 or y1 < y0 or min(x1 - x0, y1 - y0) > THICKEST:
            continue
        if x1 - x0 >= y1 - y0:
            across[round((y0 + y1) / 4)].append((x0, x1, y0, y1))
        else:
            along[round((x0 + x1) / 4)].append((y0, y1, x0, x1))
    found = [((a, c, b, d), False) for a, b, c, d in _joined(across)] + [((c, a, d, b), True) for a, b, c, d in _joined(along)]
    return sorted(found, key=lambda each: (each[1], each[0][1], each[0][0]))[:MOST]


def _joined(levels: dict[int, list[tuple[float, float, float, float]]]) -> list[tuple[float, float, float, float]]:
    """Pieces (start, end, thickness from, to) of nearly the same level, joined where they touch or are dashes of one line."""
    groups: list[list[tuple[float, float, float, float]]] = []
    last = -10
    for level in sorted(levels):
        if level - last > 1 or not groups:
            groups.append([])
            last = level
        groups[-1] += levels[level]
    result = []
    for group in groups:
        group.sort()
        start, end, low, high = group[0]
        for a, b, c, d in group[1:]:
            if a - end <= max(BRIDGE, min(b - a, 10.0)):
                end, low, high = max(end, b), min(low, c), max(high, d)
            else:
                result.append((start, end, low, high))
                start, end, low, high = a, b, c, d
        result.append((start, end, low, high))
    return [each for each in result if each[1] - each[0] >= SHORTEST]


def pictures(marks: Marks, matrix: Matrix, width: float, height: float) -> list[list[float]]:
    """Boxes of images and of drawn curves (a seal may be either) that are large enough to matter, clipped to the sheet."""
    rects = [moved(p.rect, matrix) for p in marks.pictures] + _clusters([moved(r, matrix) for r in marks.curves])
    result = []
    for x0, y0, x1, y1 in rects:
        x0, y0, x1, y1 = max(0.0, x0), max(0.0, y0), min(width, x1), min(height, y1)
        if min(x1 - x0, y1 - y0) >= PICTURE_SIDE:
            result.append([round(v, 1) for v in (x0, y0, x1, y1)])
    return result[:PICTURES]


def _clusters(rects: list[Rect]) -> list[Rect]:
    """Boxes that overlap or nearly touch as one; more than a few hundred curves are taken as one drawing."""
    if len(rects) > 400:
        return [_around(rects)]
    clusters: list[Rect] = []
    for rect in rects:
        near = [c for c in clusters if _near(c, rect)]
        clusters = [c for c in clusters if c not in near] + [_around([rect, *near])]
    return clusters


def _near(a: Rect, b: Rect) -> bool:
    return a[0] - 8 <= b[2] and b[0] <= a[2] + 8 and a[1] - 8 <= b[3] and b[1] <= a[3] + 8


def _around(rects: list[Rect]) -> Rect:
    return min(r[0] for r in rects), min(r[1] for r in rects), max(r[2] for r in rects), max(r[3] for r in rects)
