"""What a document type is made of. Each file in extractors/documents/ holds one `TYPE`; a scan of the folder registers it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from extractors.model import Box, Field, Sheet

Form = Literal["text", "date", "money", "number", "id", "flag", "list"]
Want = Literal["seals", "codes", "rules"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A printed phrase that speaks for (weight > 0) or against (weight < 0) a type. Weights of one sheet are summed;
    1.0 makes a candidate. `title`: counts double when it stands alone on a line in the upper third."""

    text: str
    weight: float
    title: bool = False


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of the contract: name, Chinese label, form, and whether `missing_field` is said when it cannot be read."""

    name: str
    label: str
    form: Form
    mandatory: bool = False


def alone(sheets: Sequence[Sheet]) -> list[tuple[Sheet, ...]]:
    """Every sheet is a document of its own."""
    return [(sheet,) for sheet in sheets]


def never(so_far: tuple[Sheet, ...], sheet: Sheet) -> bool:
    """No unlabelled page continues this type."""
    return False


def whole(sheet: Sheet) -> tuple[Sheet, ...]:
    """The sheet holds one document of this type."""
    return (sheet,)


@dataclass(frozen=True, slots=True)
class CloseUp:
    """A part of a sheet (sheet pixels) to be read again; `one_line`: it is known to hold one line, no need to detect it; `cell`: it
    is a table's cell, empty so far, in which at most a dash or a sum stands."""

    box: Box
    one_line: bool = False
    cell: bool = False


def satisfied(sheet: Sheet) -> tuple[CloseUp, ...]:
    """No part of the sheet has to be looked at again."""
    return ()


def nothing(sheet: Sheet) -> float:
    """Nothing but the anchors speaks for the type."""
    return 0.0


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One kind of paper.

    `split`: cuts a sheet that holds several papers of this type (cards on one page) into sheets of their own.
    `continues`: whether a sheet that no type recognised, right after `so_far`, is a further page of it.
    `assemble`: groups all sheets of the packet recognised as this type, in packet order, into documents.
    `extract`: the fields of one document; pure; raises nothing for any input.
    `wants`: what besides text is to be looked for on its images (each costs time).
    `close_ups`: parts of a picture to be read again alone and larger, because something is still missing.
    `speaks`: points for the type from what anchors cannot say, such as forms of numbers (a card whose labels are lost).
    """

    id: str
    label: str
    anchors: tuple[Anchor, ...]
    fields: tuple[FieldSpec, ...]
    extract: Callable[[tuple[Sheet, ...]], Mapping[str, Field]]
    wants: frozenset[Want] = frozenset()
    split: Callable[[Sheet], tuple[Sheet, ...]] = whole
    continues: Callable[[tuple[Sheet, ...], Sheet], bool] = never
    assemble: Callable[[Sequence[Sheet]], list[tuple[Sheet, ...]]] = alone
    speaks: Callable[[Sheet], float] = nothing
    close_ups: Callable[[Sheet], tuple[CloseUp, ...]] = satisfied


@cache
def all_types() -> Mapping[str, DocumentType]:
    """Every registered type by id, in the order of the ids. Raises ValueError when two files claim one id."""
    package = importlib.import_module("extractors.documents")
    found: dict[str, DocumentType] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")):
        kind: DocumentType = importlib.import_module(f"extractors.documents.{module}").TYPE
        if kind.id in found:
            raise ValueError(f"two files in extractors/documents define {kind.id}")
        found[kind.id] = kind
    return dict(sorted(found.items()))
