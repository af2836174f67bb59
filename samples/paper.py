"""One drawn specimen: the paper as a born-digital PDF, and what is truly printed on it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Form = Literal["a4", "card", "sheet"]
Part = Literal["tuning", "retired", "test"]
"""`tuning` is developed on, `test` is reported on and looked at by no developer of the readers, `retired` are test parts that were."""
PARTS: tuple[Part, ...] = ("tuning", "retired", "test")
LOTS: Mapping[Part, str] = {"tuning": "tuning", "retired": "second test", "test": "third test"}
"""What stands for a part in the seeds of its lots: a retired part draws what it drew when it was the test part."""
SPECIMEN = "样本 SPECIMEN"
"""The mark that every drawn paper bears as text, where it covers no field."""


@dataclass(frozen=True)
class Paper:
    """A specimen and its ground truth.

    `type`: document type id of the contract. `pdf`: 1..n pages; an ID card has its front as page 1, its back as page 2.
    `truth`: contract field name to value in the contract's normal form, only of fields that are really printed;
    `transactions` is a list of mappings. `form`: `a4` for upright A4 pages, `card` for ID-1 cards, `sheet` for others.
    `size_mm`: width and height of a page. `sides`: of cards, one of `front`, `back`, `front+back`; else "".
    `part` and `variant` say which template drew it. `notes`: what the truth cannot say, such as seals left out.
    """

    type: str
    pdf: bytes
    truth: Mapping[str, Any]
    form: Form
    size_mm: tuple[float, float]
    part: Part = "tuning"
    variant: str = ""
    sides: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "truth", {name: _normal(value) for name, value in self.truth.items()})


def _normal(value: Any) -> Any:
    """Texts in the contract's form, NFKC; rows with all their texts so."""
    if isinstance(value, str):
        return unicodedata.normalize("NFKC", value)
    if isinstance(value, Mapping):
        return {name: _normal(inner) for name, inner in value.items()}
    return [_normal(inner) for inner in value] if isinstance(value, list) else value
