"""The OCR engine of a worker: loaded at its first page, one thread per network; and the stand-in that chaos runs put in its place."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from extractors.ocr import EMPTY, Engine, Image, Quads, Reading
from intake.settings import Settings, SettingWrong


class Lazy:
    """The networks, loaded when the first page comes: a worker is there at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: Engine | None = None

    def load(self) -> Engine:
        """The engine, loaded by now."""
        if self._engine is None:
            from extractors.ocr import PaddleEngine

            self._engine = PaddleEngine(self._settings.models, threads=1)
        return self._engine

    def detect(self, image: Image, long_side: int) -> Quads:
        return self.load().detect(image, long_side)

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        return self.load().recognise(crops)


class Blind:
    """Sees no text on any page, and takes its time for it: for chaos and load runs, where everything else is real."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def detect(self, image: Image, long_side: int) -> Quads:
        time.sleep(self._seconds)
        return np.zeros((0, 4, 2), np.float32)

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        return [EMPTY] * len(crops)


def engine_of(settings: Settings) -> Engine:
    """The engine that the settings ask for. Raises SettingWrong for a blind one in production."""
    if not settings.blind_s:
        return Lazy(settings)
    if settings.production:
        raise SettingWrong("YUSHEN_BLIND_S is for chaos runs: a service in production must read")
    return Blind(settings.blind_s)
