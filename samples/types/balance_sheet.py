"""Specimens of `balance_sheet`."""

from __future__ import annotations

import random
from typing import Any

from samples import sheets
from samples.paper import Paper, Part
from samples.sheet_styles import STYLES


def variants(part: Part) -> tuple[str, ...]:
    """Names of the layouts of a part."""
    return tuple(STYLES[part])


def make(rng: random.Random, part: Part, variant: str | None = None, **facts: Any) -> Paper:
    """One statement; `facts` as `sheets.make` takes them: `book`, `company`, `uscc`, `as_of`, `plant`, `seal`."""
    return sheets.make("balance_sheet", rng, part, variant, **facts)
