"""What the sums of a statement say about how well it was read. Never changes a value. Pure.

A total that is the sum of its lines to the last digit confirms them all: misread digits do not add up by chance. One that is not
casts doubt on all of its lines that no other sum confirms, as soon as one of them was not clearly read, or as the column's sums
fail in a way that no one figure explains. Clearly printed wrong sums stay as sure as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from functools import partial

from extractors.documents._statement_names import Kind
from extractors.documents._statement_proofs import Sum, sums
from extractors.model import Field
from extractors.numbers import money

CONFIRMED = 0.97
CLEAR = 0.97
"""At or above this a character was read clearly, and a sum that fails says nothing against it."""
DOUBTED = 0.8


def weighed(fields: MutableMapping[str, Field], order: Sequence[str], kind: Kind, columns: Mapping[str, float], grain: int) -> None:
    """Raises or lowers the confidence of the fields in place. `order`: lines as printed, side by side after each other; `columns`:
    how sure it is what each is, above which no sum can raise its fields; `grain`: fen in the last printed digit."""
    for column, sure in columns.items():
        anew = partial(sums, order=order, kind=kind, column=column, grain=grain)
        found = _Checked(anew(fields))
        doubted = _doubted(fields, found) | _turned(fields, found, anew)
        for name in found.confirmed:
            one = fields[name]
            if one.value and one.source == "ocr" and 0.5 <= one.confidence < min(CONFIRMED, sure):
                fields[name] = replace(one, confidence=min(CONFIRMED, sure))
        for name, proposal in doubted.items():
            one = fields[name]
            fields[name] = replace(one, confidence=min(one.confidence, DOUBTED), proposal=proposal or one.proposal)


class _Checked:
    """What the sums of a column say together."""

    def __init__(self, found: Sequence[Sum]) -> None:
        self.confirmed = {name for each in found if each.proves for name in each.fields}
        self.failing = [each for each in found if each.fails]
        self.fitting = sum(each.proves for each in found)

    @property
    def muddled(self) -> bool:
        """Whether no slip in one figure explains what fails: amounts were taken from another line or column."""
        shared = set.intersection(*(set(each.fields) for each in self.failing)) if self.failing else set()
        alike = len({abs(each.gap) for each in self.failing}) == 1
        return len(self.failing) > self.fitting or (len(self.failing) > 1 and not (shared - self.confirmed and alike))


def _doubted(fields: Mapping[str, Field], found: _Checked) -> dict[str, str | None]:
    """The names that failing sums cast doubt on: all of a sum's that no other sum confirms, where one of them was not clearly read
    or most is muddled. Where all are clear, the paper may be wrong."""
    doubted: dict[str, str | None] = {}
    for each in found.failing:
        printed = all(fields[name].source == "text" for name in each.fields)
        unclear = any(fields[name].confidence < CLEAR for name in each.fields)
        if (found.muddled and (len(found.failing) > 1 or not printed)) or (unclear and not printed):
            doubted |= dict.fromkeys(name for name in each.fields if name not in found.confirmed)
    return doubted


def _turned(
    fields: Mapping[str, Field], found: _Checked, anew: Callable[[Mapping[str, Field]], Sequence[Sum]]
) -> dict[str, str | None]:
    """The amounts that fit with the other sign, and that: a stroke beside an amount, or the dash of an empty cell, is easily read
    as one or overlooked."""
    turned: dict[str, str | None] = {}
    for name in {name for each in found.failing for name in each.fields} - found.confirmed:
        fen = money.from_contract(fields[name].text)
        if fen and fields[name].source == "ocr":
            other = replace(fields[name], value=money.to_contract(-fen))
            if any(each.proves and name in each.fields for each in anew({**fields, name: other})):
                turned[name] = other.text
    return turned
