"""Where things lie on pages: boxes of a report (0..1 of the page as uploaded) on pictures that are turned upright or cut out."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
AROUND, LEAST_WIDE, LEAST_HIGH = 0.6, 0.22, 0.035
"""What a cut shows beside its spot: so much of the spot's height all around, and never less than these shares of the page."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of an upright page to be shown: `address` of its picture, and `mark`, the spot on it (0..1 of the picture)."""

    address: str
    mark: Box


def upright(box: Box, turn: int) -> Box:
    """The box on the page after it was turned back by `turn` quarters.

    >>> upright((0.1, 0.2, 0.3, 0.6), 1)
    (0.2, 0.7, 0.6, 0.9)
    >>> upright((0.1, 0.2, 0.3, 0.6), 2)
    (0.7, 0.4, 0.9, 0.8)
    """
    x0, y0, x1, y1 = box
    found = ((x0, y0, x1, y1), (y0, 1 - x1, y1, 1 - x0), (1 - x1, 1 - y1, 1 - x0, 1 - y0), (1 - y1, x0, 1 - y0, x1))[turn % 4]
    return tuple(round(each, 6) for each in found)  # type: ignore[return-value]


def cut(picture: str, box: Box, turn: int) -> Cut:
    """The spot with its surroundings, upright. `picture`: the address of its page."""
    x0, y0, x1, y1 = upright(box, turn)
    margin = AROUND * (y1 - y0)
    wide, high = max(x1 - x0 + 2 * margin, LEAST_WIDE), max(y1 - y0 + 2 * margin, LEAST_HIGH)
    left, top = _within((x0 + x1 - wide) / 2, wide), _within((y0 + y1 - high) / 2, high)
    wide, high = min(wide, 1.0), min(high, 1.0)
    around = upright((left, top, left + wide, top + high), -turn)
    mark = ((x0 - left) / wide, (y0 - top) / high, (x1 - left) / wide, (y1 - top) / high)
    text = ",".join(f"{each:.4f}" for each in around)
    return Cut(f"{picture}?side=900&turn={turn}&box={text}", tuple(round(each, 4) for each in mark))  # type: ignore[arg-type]


def _within(start: float, length: float) -> float:
    return max(0.0, min(start, 1.0 - min(length, 1.0)))


def parsed(text: str) -> Box | None:
    """Four numbers of 0..1 with commas between, a box that holds something; None for anything else."""
    parts = text.split(",")
    try:
        numbers = tuple(float(each) for each in parts)
    except ValueError:
        return None
    whole = len(numbers) == 4 and all(0.0 <= each <= 1.0 for each in numbers)
    return numbers if whole and numbers[2] - numbers[0] > 1e-3 and numbers[3] - numbers[1] > 1e-3 else None  # type: ignore[return-value]
