"""What can be wrong with a packet: small functions that plant one problem into a draft before anything is drawn.

A function returns what is said of the problem in the truth (`documents`: order keys, `fields`, `detail`), or None where the
draft has no place for it. `entails` are codes of findings that follow from the problem and are no false alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from samples.story import Draft

Said = dict[str, Any] | None
Function = Callable[[Draft, Random], Said]


@dataclass(frozen=True)
class Plant:
    code: str
    apply: Function
    entails: tuple[str, ...]


PLANTS: dict[str, list[Plant]] = {}
"""By finding code: the ways to plant it."""


def plants(code: str, *entails: str) -> Callable[[Function], Function]:
    """Registers a way to plant the finding `code`."""

    def register(function: Function) -> Function:
        PLANTS.setdefault(code, []).append(Plant(code, function, entails))
        return function

    return register


def said(documents: Sequence[str], fields: Sequence[str] = (), **detail: Any) -> dict[str, Any]:
    return {"documents": list(documents), "fields": list(fields), "detail": detail}


def plant(draft: Draft, rng: Random, code: str) -> bool:
    """Plants one problem of this code and notes it; False where the draft has no place for it."""
    ways = PLANTS[code]
    for way in rng.sample(ways, len(ways)):
        spoken = way.apply(draft, rng)
        if spoken is not None:
            draft.problems.append({"code": code, **spoken, "entails": sorted(way.entails)})
            return True
    return False
