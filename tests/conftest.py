"""Shared by all tests: the real OCR networks, loaded once per process, and how hard hypothesis tries."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from extractors.ocr import PaddleEngine

MODELS = Path(os.environ.get("YUSHEN_MODELS", Path(__file__).resolve().parent.parent / ".models"))

settings.register_profile("yushen", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("yushen")


@pytest.fixture(scope="session")
def engine() -> PaddleEngine:
    """The real networks. Where they are missing the test fails and says what to run: skipped, it would prove nothing."""
    return PaddleEngine(MODELS)

# The same examples on every run of CI: a rare find there would block a change that has nothing to do with it. Developers' runs stay random.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
