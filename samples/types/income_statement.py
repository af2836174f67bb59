"""Specimens of `income_statement`."""

from __future__ import annotations

from random import Random
from typing import Any

from samples import sheets
from samples.paper import Paper, Part
from samples.sheet_styles import STYLES

VARIANTS = {part: tuple(styles) for part, styles in STYLES.items()}


def make(rng: Random, part: Part, variant: str | None = None, **facts: Any) -> Paper:
    """One statement. Facts as `sheets.make` takes them: `book`, `company`, `uscc`, `as_of`, `plant`, `seal` …"""
    return sheets.make("income_statement", rng, part, variant, **facts)
