"""Which sheets make which document, as people put it right: another type, joined, split. Reads nothing again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.classify import Group
from validators.corrections import Correction, Corrections, keys_of
from validators.papers import TYPES

Keyed = tuple[str, Group]
SURE = 2.0
"""Points of a document whose type a person told."""


def regrouped(groups: Sequence[Group], corrections: Corrections) -> tuple[Keyed, ...]:
    """The documents-to-be with their keys, after all corrections of type, join and split. One that names a document or a page that is
    not there (any longer) changes nothing."""
    firsts = [(group.sheets[0].file, group.sheets[0].page) for group in groups]
    keyed = list(zip(keys_of(firsts, corrections.file_ids), groups, strict=True))
    for row in corrections.of("type", "join", "split"):
        keyed = {"type": _retyped, "join": _joined, "split": _split}[row.kind](keyed, row, corrections)
    return tuple(keyed)


def _retyped(keyed: list[Keyed], row: Correction, corrections: Corrections) -> list[Keyed]:
    type = str(row.content["type"])
    if type not in TYPES:
        return keyed
    return [(key, replace(group, type=type, points=SURE) if key == row.document else group) for key, group in keyed]


def _joined(keyed: list[Keyed], row: Correction, corrections: Corrections) -> list[Keyed]:
    by_key = dict(keyed)
    other = str(row.content["other"])
    if other == row.document or not {row.document, other} <= set(by_key):
        return keyed
    whole = replace(by_key[row.document], sheets=(*by_key[row.document].sheets, *by_key[other].sheets))
    return [(key, whole if key == row.document else group) for key, group in keyed if key != other]


def _split(keyed: list[Keyed], row: Correction, corrections: Corrections) -> list[Keyed]:
    names = {id: name for name, id in corrections.file_ids.items()}
    page = (names.get(str(row.content["file"]), ""), int(row.content["page"]))
    done: list[Keyed] = []
    for key, group in keyed:
        cut = next((n for n, sheet in enumerate(group.sheets) if (sheet.file, sheet.page) == page), 0)
        if key != row.document or cut == 0:
            done.append((key, group))
            continue
        done.append((key, replace(group, sheets=group.sheets[:cut])))
        done.append((_free(keyed, row, page[1]), replace(group, sheets=group.sheets[cut:])))
    return done


def _free(keyed: Sequence[Keyed], row: Correction, page: int) -> str:
    """A key that no document has, for one that begins on this page."""
    taken = {key for key, _ in keyed}
    return next(key for n in range(1, len(taken) + 2) if (key := f"{row.content['file']}:{page}:{n}") not in taken)
