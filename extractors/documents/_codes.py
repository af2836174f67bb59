"""Codes with a check digit as fields: how far the check digit vouches for a reading, and the likelier reading it supports.

Exchanging one character always breaks the check of a resident id number or a unified code, so a check that fits proves
a reading with one doubtful character right. A check that fails says that either the reading or the print is wrong: only
a reading without any doubt may put it on the print.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extractors.documents._fields import field
from extractors.documents._lines import characters, weighed
from extractors.layout import Text
from extractors.model import Field, Line, Sheet
from extractors.numbers import registration_number, resident_id, uscc

DOUBTFUL = 0.9
"""A character below this was not surely read."""
CLEAR = 0.97
VOUCHED, HALF_VOUCHED = 0.98, 0.9
"""Confidence when the check fits and at most one, or at most three, characters were doubtful."""
MISREAD = 0.8
WRONG_SHAPE = 0.5


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of code: its normal form, its check, its likelier readings (text, second readings), its lengths."""

    compact: Callable[[str], str]
    is_valid: Callable[[str], bool]
    proposals: Callable[[str, Sequence[str]], tuple[str, ...]]
    lengths: tuple[int, ...]
    letters: str = ""


RESIDENT_ID = Code(
    resident_id.compact,
    resident_id.is_valid,
    lambda text, others: resident_id.proposals(text, None, others),
    (18,),
    "X",
)
USCC = Code(uscc.compact, uscc.is_valid, uscc.proposals, (18,), uscc.ALPHABET)
REGISTRATION_NUMBER = Code(
    registration_number.compact, registration_number.is_valid, registration_number.proposals, (15, 13)
)


def code_field(sheet: Sheet, part: Line | Text, kind: Code, *, found: float = 1.0) -> Field:
    """The code that `part` prints. `proposal` only where one likelier reading stands alone."""
    each = [(kind.compact(char), sure, other) for char, sure, other in characters(part) if kind.compact(char)]
    value = "".join(char for char, _, _ in each)
    others = [other for _, _, other in each] if len(value) == len(each) else []
    sure = _confidence(value, [sure for _, sure, _ in each], kind)
    likelier = kind.proposals(value, others) if value else ()
    text = weighed(part)
    text = Text(text.text, text.box, sure, text.parts)
    return field(sheet, text, lambda _: value, found=found, proposal=likelier[0] if len(likelier) == 1 else None)


def _confidence(value: str, each: Sequence[float], kind: Code) -> float:
    weakest = min(each, default=0.0)
    doubtful = sum(c < DOUBTFUL for c in each)
    if len(value) not in kind.lengths or not all(c.isdigit() or c in kind.letters for c in value):
        return min(weakest, WRONG_SHAPE)
    if kind.is_valid(value):
        return max(weakest, VOUCHED if doubtful <= 1 else HALF_VOUCHED if doubtful <= 3 else 0.0)
    return weakest if weakest >= CLEAR else min(weakest, MISREAD)
