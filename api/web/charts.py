"""Charts as numbers for a template to draw as SVG: places on a plane of `WIDE` by `HIGH`, rounded; no colours, no words of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

WIDE, HIGH = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 74, 8, 10, 26
"""Margins, for the words of the axes."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How fen stand on the upright axis. `ticks`: (place, fen) of its lines."""

    low: float
    high: float
    ticks: tuple[tuple[float, int], ...]

    def y(self, fen: float) -> float:
        """The place of an amount."""
        return round(TOP + (HIGH - TOP - BOTTOM) * (self.high - fen) / (self.high - self.low), 1)


def scale(amounts: Sequence[float]) -> Scale:
    """An axis from zero (or below, where an amount is) to above the largest, in round steps.

    >>> [fen for _, fen in scale([0, 1310000]).ticks]
    [0, 500000, 1000000, 1500000]
    """
    top, low = max([*amounts, 0.0]), min([*amounts, 0.0])
    step = _round((top - low) / 3 or 1.0)
    first, last = floor(low / step), -floor(-top / step) or 1
    made = Scale(first * step, last * step, ())
    return Scale(made.low, made.high, tuple((made.y(n * step), int(n * step)) for n in range(first, last + 1)))


def _round(raw: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** floor(log10(raw))
    return next(power * each for each in (1, 2, 5, 10) if power * each >= raw)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, `kind` for its style."""

    x: float
    y: float
    wide: float
    high: float
    kind: str


def bars(groups: Sequence[Sequence[tuple[str, int]]], axis: Scale) -> list[Bar]:
    """Bars side by side in groups: each is (kind, fen)."""
    slot = (WIDE - LEFT - RIGHT) / max(len(groups), 1)
    found = []
    for n, group in enumerate(groups):
        wide = min(slot * 0.8 / max(len(group), 1), 46)
        start = LEFT + slot * n + (slot - wide * len(group)) / 2
        for k, (kind, fen) in enumerate(group):
            top, foot = axis.y(max(fen, 0)), axis.y(min(fen, 0))
            found.append(Bar(round(start + wide * k, 1), top, round(wide, 1), round(foot - top, 1), kind))
    return found


def labels(names: Sequence[str], most: int = 12) -> list[tuple[float, str]]:
    """The words below groups, each in the middle of its own; of many only every second, third, … is said."""
    slot = (WIDE - LEFT - RIGHT) / max(len(names), 1)
    every = -(-len(names) // most)
    return [(round(LEFT + slot * (n + 0.5), 1), name) for n, name in enumerate(names) if n % every == 0]


def line(points: Sequence[tuple[float, int]], axis: Scale) -> str:
    """A stepped line through (0..1 of the width, fen): a balance holds until the next one."""
    inner = WIDE - LEFT - RIGHT
    found: list[str] = []
    last = None
    for share, fen in points:
        x, y = round(LEFT + inner * share, 1), axis.y(fen)
        found += [f"{x},{last}"] if last is not None else []
        found.append(f"{x},{y}")
        last = y
    return " ".join(found)
