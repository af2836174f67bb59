"""Comparing what two papers say of one thing, without taking a slip of the reader for a contradiction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from rapidfuzz.distance import Levenshtein

from extractors.model import SURE, Field
from extractors.numbers import text

Likeness = Literal["same", "confusable", "unclear", "different"]
Judgement = Literal["same", "doubtful", "different", "unknown"]
MASKS = "*＊×✱"


def masked_same(a: str, b: str) -> bool:
    """Whether two texts agree where neither is masked (`张*`, `500103********123X`); False where none is masked.

    >>> masked_same("张*", "张伟"), masked_same("*伟", "张玮"), masked_same("张伟", "张伟"), masked_same("**", "张伟")
    (True, False, False, False)
    """
    pairs = list(zip(a, b, strict=False))
    shown = [(x, y) for x, y in pairs if x not in MASKS and y not in MASKS]
    return len(a) == len(b) and 0 < len(shown) < len(pairs) and all(x == y for x, y in shown)


def names_alike(a: str, b: str) -> Likeness:
    """How two names of persons compare; a masked character agrees with any."""
    left, right = text.person(a), text.person(b)
    return "same" if masked_same(left, right) else text.same(left, right)


def compare(a: Field | None, b: Field | None, how: Callable[[str, str], Likeness] = names_alike) -> Judgement:
    """What may be claimed of two readings.

    `different` only where both were surely read and no confusable character explains it; `doubtful` where a person
    must look; `unknown` where one of them was not read.
    """
    if a is None or b is None or not isinstance(a.value, str) or not isinstance(b.value, str):
        return "unknown"
    if not a.value or not b.value:
        return "unknown"
    likeness = how(a.value, b.value)
    if likeness == "same":
        return "same"
    if likeness != "different" or min(a.confidence, b.confidence) < SURE:
        return "doubtful"
    if b.value in (a.proposal,) or a.value in (b.proposal,):
        return "doubtful"
    return "different"


def near_names(a: str, b: str) -> bool:
    """Whether two names differ in one character only, so that one person may be meant.

    >>> near_names("张伟", "张玮"), near_names("张伟", "王芳"), near_names("张伟", "张伟伟"), near_names("张", "王")
    (True, False, True, False)
    """
    left, right = text.person(a), text.person(b)
    return min(len(left), len(right)) >= 2 and Levenshtein.distance(left, right) == 1


def near_numbers(a: str, b: str) -> bool:
    """Whether two id numbers differ in one or two places only.

    >>> near_numbers("11010519491231002X", "110105194912310021"), near_numbers("11010519491231002X", "1101")
    (True, False)
    """
    return len(a) == len(b) and 0 < sum(x != y for x, y in zip(a, b, strict=True)) <= 2
