"""What all effects are made of: pixels, smooth fields, light, and the description of an effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

import cv2
import numpy as np

Pixels = np.ndarray
Function = Callable[[Pixels, Random, float, float], Pixels]
Where = Literal["camera", "scan", "ruin"]


@dataclass(frozen=True)
class Effect:
    """`grey`: the result has no colour left. `capture`: it looks like a screen photographed."""

    name: str
    apply: Function
    grey: bool = False
    capture: bool = False


def source(rng: Random) -> np.random.Generator:
    return np.random.default_rng(rng.getrandbits(32))


def field(rng: Random, shape: tuple[int, int], cells: int) -> Pixels:
    """Smooth random field in 0..1, float32, about `cells` hills across."""
    small = source(rng).random((cells + 1, cells + 1), dtype=np.float32)
    grown: Pixels = np.clip(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), 0, 1)
    return grown


def clip(pixels: Pixels) -> Pixels:
    clipped: Pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    return clipped


def lit(pixels: Pixels, light: Pixels) -> Pixels:
    """Pixels under a light field of shape (h, w), 1 where nothing changes."""
    return clip(pixels.astype(np.float32) * light[..., None])


def grid(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Coordinates x, y in 0..1 as float32 arrays of the picture's size."""
    height, width = pixels.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    return xs / width, ys / height


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    """The picture after one JPEG round."""
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded: Pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return decoded


def blur(pixels: Pixels, sigma: float) -> Pixels:
    blurred: Pixels = cv2.GaussianBlur(pixels, (0, 0), sigma)
    return blurred


def scaled(pixels: Pixels, factor: float) -> Pixels:
    small: Pixels = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return small


def grey(pixels: Pixels) -> Pixels:
    made: Pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return made


def in_channels(plane: Pixels) -> Pixels:
    return np.repeat(plane[..., None], 3, axis=2)


def effects(*functions: Function, grey: bool = False, capture: bool = False) -> tuple[Effect, ...]:
    """Effects of functions by their names."""
    return tuple(Effect(function.__name__, function, grey, capture) for function in functions)
