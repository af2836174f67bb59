"""A financial statement as columns of amounts, and what can be said when a total and its lines differ.

A difference is a claim about the paper only where the reading leaves no other explanation. Three can be told apart:
  * a figure was not surely read: the difference is shown, for a person to look at;
  * a line may have been overlooked, or stands there without an amount: likewise, or nothing can be said;
  * neither: every figure is sure, and the same lines add up in another column of the sheet, or come from a PDF's text,
    or exceed their total (an overlooked line would only make that worse): the paper is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from extractors.model import SURE, Document, Field
from validators.amounts import fen, firm, fragment, grain, unit_factor
from validators.papers import COLUMNS, LINES
from validators.statement_lines import ANY, Identity, Ways, identities, plain, stranger

_DECIMALS = re.compile(r"[.．。,，]\d{1,2}\D*$")
_MANY, _NEARLY_ALL = 5, 0.7
_FAR = 8
MOST_SUMS = 50_000
"""More ways to add a column up than this prove nothing any more."""

Standing = Literal["fits", "broken", "doubtful", "unreadable", "absent"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a statement: its fields by line (contract id, or printed name), and their names in the document."""

    document: Document
    name: str
    fields: Mapping[str, Field]
    names: Mapping[str, str]
    grain: int

    def amount(self, line: str) -> int | None:
        """The line's amount in fen; None when it was not read."""
        field = self.fields.get(line)
        return None if field is None else fen(field.value)

    def unread(self, line: str) -> bool:
        """Whether something stands in the line's place that is no amount."""
        return line in self.fields and self.amount(line) is None

    def torn(self, line: str) -> bool:
        """Whether a picture's amount lacks the decimals that nearly all others of the column have: a piece of one."""
        field = self.fields[line]
        if field.source == "text" or _DECIMALS.search(field.raw):
            return False
        read = [other for other in self.fields.values() if fen(other.value)]
        return len(read) >= _MANY and sum(bool(_DECIMALS.search(other.raw)) for other in read) >= _NEARLY_ALL * len(read)

    def stands(self, line: str, expected: int) -> bool:
        """Whether the line's amount may stand against what wants `expected` in its place."""
        field = self.fields[line]
        return not self.torn(line) and firm(field.confidence, field.source, self.amount(line) or 0, expected)

    @property
    def label(self) -> str:
        return COLUMNS.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a total stands to its lines. `lines`: those that count; `gap` in fen: total less sum; `because`: lines to look at."""

    standing: Standing
    lines: tuple[str, ...] = ()
    gap: int = 0
    because: tuple[str, ...] = ()


def columns(document: Document) -> dict[str, Column]:
    """The columns of a statement by name (`end`, `begin`, `current`, …), in the order of `COLUMNS`."""
    found: dict[str, dict[str, str]] = {}
    for name in document.fields:
        line, _, column = name.rpartition(".")
        if line and column in COLUMNS:
            key = plain(line.removeprefix("other:")) if line.startswith("other:") else line
            found.setdefault(column, {})[key] = name
    return {name: _column(document, name, found[name]) for name in COLUMNS if name in found}


def _column(document: Document, name: str, names: dict[str, str]) -> Column:
    unit = document.fields.get("unit")
    factor = unit_factor(f"{unit.value}{unit.raw}" if unit else "")
    fields = {line: document.fields[field] for line, field in names.items()}
    grains = [grain(field.raw, factor) for field in fields.values() if fen(field.value)]
    return Column(document, name, MappingProxyType(fields), MappingProxyType(names), min(grains, default=1))


def applicable(sheet: Mapping[str, Column], kind: str) -> tuple[Identity, ...]:
    """The identities that a sheet of this kind has to meet: cash flow statements come in two forms."""
    form = ""
    if kind == "cash_flow_statement":
        form = "totals" if any("operating_inflow" in column.fields for column in sheet.values()) else "net"
    return identities(kind, form)


def judge(identity: Identity, column: Column, sheet: Mapping[str, Column]) -> Verdict:
    """How a total stands to its lines in one column of a sheet."""
    lines = tuple(line for line in identity.terms if column.amount(line))
    target = column.amount(identity.total)
    if target is None:
        return Verdict("unreadable" if column.unread(identity.total) else "absent", because=(identity.total,))
    strangers = tuple(line for line in column.fields if stranger(line) and column.amount(line))
    tolerance = column.grain * max(1, len(lines))
    sums = _sums(column, {line: identity.terms[line] for line in lines} | dict.fromkeys(strangers, ANY))
    if sums and min(abs(target - each) for each in sums) <= tolerance:
        return Verdict("fits" if lines or not target else "absent", lines)
    gap = target - sum(identity.terms[line][0] * (column.amount(line) or 0) for line in lines)
    return _why(identity, column, sheet, Verdict("broken", lines, gap), bool(sums))


def _sums(column: Column, terms: Mapping[str, Ways]) -> set[int]:
    """All that the lines can add up to; empty when there are too many ways."""
    sums = {0}
    for line, ways in terms.items():
        amount = column.amount(line) or 0
        sums = {each + way * amount for each in sums for way in ways}
        if len(sums) > MOST_SUMS:
            return set()
    return sums


def _why(identity: Identity, column: Column, sheet: Mapping[str, Column], found: Verdict, decided: bool) -> Verdict:
    """Whether a difference speaks of the paper or of its reading."""
    blank = tuple(line for line in identity.terms if column.unread(line))
    missing = tuple(sorted(line for line in identity.core if column.amount(line) is None))
    if not found.lines or blank or missing:
        return Verdict("unreadable", found.lines, found.gap, tuple(dict.fromkeys(blank + missing)) or (identity.total,))
    shaky = tuple(line for line in (identity.total, *found.lines) if not _firm(identity, column, line, found.gap, sheet))
    shaky += tuple(line for line in identity.terms if _overlooked(identity, line, column, sheet, found.gap))
    if shaky or not decided or not _complete(identity, column, sheet, found):
        return Verdict("doubtful", found.lines, found.gap, shaky)
    return found


def _overlooked(identity: Identity, line: str, column: Column, sheet: Mapping[str, Column], gap: int) -> bool:
    """Whether a line without an amount here has one of the difference's size in another column of the picture.

    Many a cell is rightly blank; one that was overlooked holds about what the other column holds, and fills the gap.
    The contract's own lines are seldom blank in one column alone, so "about" is taken widely there.
    """
    if line in column.fields or not any(way * gap > 0 for way in identity.terms[line]):
        return False
    others = [(other.amount(line) or 0, other.fields[line].source) for other in sheet.values() if line in other.fields]
    about = 20 if line in LINES else 6
    return any(source != "text" and amount and 1 / about <= abs(gap / amount) <= about for amount, source in others)


def _firm(identity: Identity, column: Column, line: str, gap: int, sheet: Mapping[str, Column]) -> bool:
    field, amount = column.fields[line], column.amount(line) or 0
    if field.confidence < SURE or column.torn(line):
        return False
    is_total = line == identity.total
    mended = amount - gap if is_total else amount + identity.terms[line][0] * gap
    if _shrunk(column, line, mended, sheet):
        return False
    # Of many lines one ends like any round difference: that lost digits explain it says something of the total only.
    return (not is_total and fragment(amount, mended)) or column.stands(line, mended)


def _shrunk(column: Column, line: str, mended: int, sheet: Mapping[str, Column]) -> bool:
    """Whether a picture's amount may be what is left of the one that would mend the sum: that one is longer by lost digits, or
    by far, and of the size that the line has in another column."""
    amount = abs(column.amount(line) or 0)
    lost = fragment(amount, mended) or abs(mended) > _FAR * amount
    if column.fields[line].source == "text" or not amount or abs(mended) < amount or not lost:
        return False
    others = [abs(other.amount(line) or 0) for other in sheet.values() if other is not column]
    return any(0 < max(other / abs(mended), abs(mended) / other) < (other / amount) ** 0.5 for other in others if other > amount)


def _complete(identity: Identity, column: Column, sheet: Mapping[str, Column], found: Verdict) -> bool:
    """Whether no line can have been overlooked that would explain the difference."""
    involved = (identity.total, *found.lines)
    if all(column.fields[line].source == "text" for line in involved):
        return True
    if identity.full and all(column.amount(line) is not None for line in identity.full):
        return True
    if found.gap < 0 and all(ways[0] >= 0 for ways in identity.terms.values()):
        return True
    return any(_holds(identity, other, sheet) for other in sheet.values() if other is not column)


def _holds(identity: Identity, column: Column, sheet: Mapping[str, Column]) -> bool:
    """Whether the total of a column is the plain sum of at least two of its lines, so that its lines are all there."""
    lines = [line for line in identity.terms if column.amount(line)]
    target = column.amount(identity.total)
    if not target or len(lines) < 2:
        return False
    sums = _sums(column, {line: identity.terms[line] for line in lines})
    return bool(sums) and min(abs(target - each) for each in sums) <= column.grain * len(lines)


def verdicts(document: Document) -> Iterator[tuple[Identity, Column, Verdict]]:
    """Every identity of a statement in every column."""
    sheet = columns(document)
    for identity in applicable(sheet, document.type):
        for column in sheet.values():
            yield identity, column, judge(identity, column, sheet)
