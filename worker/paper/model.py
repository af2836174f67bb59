"""What a report on paper shows, in the order in which it is read: plain values, the same for HTML and PDF.

Texts are as a person reads them, in Chinese. `tone` is one of bad, warn, note, mild, good, none: its colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from worker.crops import Spot


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its colour: a verdict, a status, a weight, an outcome."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Count:
    """A figure of the summary; `anchor`: the part of the report that tells more."""

    label: str
    figure: str
    tone: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of a value; `differs`: they are what another value does not have."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture and what it shows; `spot` finds its pixels."""

    spot: Spot
    alt: str
    place: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values of a finding, beside its picture."""

    heading: str
    pieces: tuple[Piece, ...]
    raw: str
    place: str
    shot: Shot | None


@dataclass(frozen=True, slots=True)
class Told:
    """A finding. `lone`: pictures of pages where no value has a spot. `more`: how many values are not shown."""

    number: int
    code: str
    weight: Word
    title: str
    sentence: str
    ask: str
    sides: tuple[Side, ...]
    lone: tuple[Shot, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one weight."""

    id: str
    weight: Word
    meaning: str
    findings: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A paper, as a name that leads to it."""

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row of the table of what has to be there."""

    label: str
    party: str
    status: Word
    mandatory: bool
    papers: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rule that was considered, and what became of it."""

    rule: str
    sentence: str
    outcome: Word
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of a paper. `proposal`: a likelier reading, for a person to accept, as pieces against the value."""

    label: str
    value: str
    raw: str
    sure: Word
    source: str
    place: str
    proposal: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a table: the value, what is printed where that differs, and whether it must be looked at."""

    text: str
    raw: str = ""
    doubt: bool = False
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table inside a paper: lines of a statement, transactions. `rest`: how many rows are not shown."""

    caption: str
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    rest: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the packet."""

    anchor: str
    label: str
    party: str
    place: str
    doubts: int
    entries: tuple[Entry, ...]
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A box drawn on a page: 0..1 of the page as shown, its colour, and the number of the finding ("" for a field)."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    number: str


@dataclass(frozen=True, slots=True)
class PageView:
    """A small view of a page with all that was found on it."""

    shot: Shot
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of the packet."""

    name: str
    pages: str
    sha256: str
    error: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the product, since when, and on what ground."""

    label: str
    value: str
    since: str
    source: str


@dataclass(frozen=True, slots=True)
class PaperReport:
    """The whole report."""

    case_id: str
    product: str
    as_of: str
    checked_at: str
    version: str
    verdict: Word
    verdict_sentence: str
    lacking: tuple[str, ...]
    counts: tuple[Count, ...]
    loan: tuple[tuple[str, str], ...]
    assumptions: tuple[str, ...]
    parties: tuple[tuple[str, ...], ...]
    completeness: tuple[Wanted, ...]
    groups: tuple[Group, ...]
    unchecked: tuple[Outcome, ...]
    checks: tuple[Outcome, ...]
    papers: tuple[Paper, ...]
    pages: tuple[PageView, ...]
    pages_left: int
    notice: str
    policy: tuple[tuple[str, str], ...]
    limits: tuple[Limit, ...]
    files: tuple[FileRow, ...]
    timings: tuple[tuple[str, str], ...]
