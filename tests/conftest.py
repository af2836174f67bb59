"""Shared by all tests: the real OCR networks, loaded once per process, how hard hypothesis tries, and signals as they were."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from extractors.ocr import PaddleEngine

MODELS = Path(os.environ.get("YUSHEN_MODELS", Path(__file__).resolve().parent.parent / ".models"))

# The same examples on every run of CI: a rare find there would block a change that has nothing to do with it. Developers' runs stay random.
settings.register_profile("yushen", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("yushen")


@pytest.fixture(scope="session")
def engine() -> PaddleEngine:
    """The real networks. Where they are missing the test fails and says what to run: skipped, it would prove nothing."""
    return PaddleEngine(MODELS)


@pytest.fixture(autouse=True)
def signals_as_they_were() -> Iterator[None]:
    """What a part of the service does on SIGINT and SIGTERM ends with its test."""
    kept = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield
    for each, handler in kept.items():
        signal.signal(each, handler)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless chromium, started once per process."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("chromium is not installed; deploy/system.sh tests installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()
