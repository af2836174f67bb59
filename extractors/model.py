"""The shared language of all stages: frozen values from a page's lines to a document's fields.

Two frames of coordinates, never mixed:
  * sheet pixels: an upright, straightened, flattened view of a page or of one card cut out of it. Lines, seals and rules live
    here; x grows to the right, y downwards. All layout work happens here.
  * page fractions: 0..1 of the page *as uploaded* (before any rotation or straightening). `Evidence` lives here.
`Sheet.evidence` is the only way from the one to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import mul
from types import MappingProxyType
from typing import Any, Literal

Source = Literal["ocr", "text", "qr", "person"]
SURE = 0.9
"""A field at or above this confidence counts as surely read; below it, a finding `low_confidence` names it."""


@dataclass(frozen=True, slots=True)
class Box:
    """Axis-aligned rectangle; its owner says in which frame (sheet pixels, or 0..1 of the page)."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def cx(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def cy(self) -> float:
        return (self.y0 + self.y1) / 2

    def union(self, other: Box) -> Box:
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def overlap_x(self, other: Box) -> float:
        """Length shared along x, 0 when apart."""
        return max(0.0, min(self.x1, other.x1) - max(self.x0, other.x0))

    def overlap_y(self, other: Box) -> float:
        """Length shared along y, 0 when apart."""
        return max(0.0, min(self.y1, other.y1) - max(self.y0, other.y0))


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all; raises ValueError when there is none."""
    first, *rest = boxes
    for box in rest:
        first = first.union(box)
    return first


@dataclass(frozen=True, slots=True)
class Evidence:
    """A spot that a person can look at: file name, page counted from 1, box in 0..1 of the page as uploaded."""

    file: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text on one line of a sheet, or a part of one.

    `edges` are the n+1 x positions (sheet pixels) between its n characters; `confidences` its n character confidences
    0..1 (empty: all equal `confidence`, as for native text). `confidence` is the lowest of them smoothed by the reader.
    `others`: per character the second likeliest reading of the OCR network ("" for none); empty tuple for native text.
    """

    text: str
    box: Box
    confidence: float
    edges: tuple[float, ...] = ()
    confidences: tuple[float, ...] = ()
    others: tuple[str, ...] = ()
    source: Source = "ocr"

    def part(self, start: int, end: int) -> Line:
        """The characters start..end as a line of its own, with its own box and confidence (the weakest character)."""
        if not (0 <= start < end <= len(self.text)):
            raise ValueError(f"no characters {start}..{end} in a line of {len(self.text)}")
        confidences = self.confidences[start:end]
        if len(self.edges) == len(self.text) + 1:
            edges = self.edges[start : end + 1]
        else:
            step = self.box.width / len(self.text)
            edges = tuple(self.box.x0 + step * i for i in range(start, end + 1))
        return Line(
            self.text[start:end],
            Box(edges[0], self.box.y0, edges[-1], self.box.y1),
            min(confidences) if confidences else self.confidence,
            edges,
            confidences,
            self.others[start:end],
            self.source,
        )


@dataclass(frozen=True, slots=True)
class Seal:
    """A stamp: its box on the sheet, the text read from it ("" when it could not be read) and how sure that is."""

    box: Box
    text: str
    confidence: float
    shape: Literal["round", "oval", "square"] = "round"
    colour: Literal["red", "blue", "black"] = "red"


@dataclass(frozen=True, slots=True)
class Code:
    """A QR or bar code: its content and its box on the sheet."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Rule:
    """A printed straight line of a table on the sheet, as a thin box; `vertical` by its longer side."""

    box: Box
    vertical: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """What a camera or scanner did to a page. `unreadable` lists reasons that make it useless, `warnings` the rest.

    Reasons: "blurred", "dark", "glare", "cropped", "small", "blank". Warnings also: "photocopy", "screen_capture".
    """

    unreadable: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict, hash=False)


Bend = tuple[float, ...]
"""A smooth shift of points: the middle x, y and the unit in sheet pixels, then the coefficients along x and those along y of the
terms x^i·y^j, in the order of `BEND_POWERS`; empty for none."""
BEND_DEGREE = 5
BEND_POWERS = tuple((i, j) for i in range(BEND_DEGREE + 1) for j in range(BEND_DEGREE + 1 - i))


def bent(bend: Bend, x: float, y: float) -> tuple[float, float]:
    """Where a point of the flattened sheet lay before it was flattened."""
    if not bend:
        return x, y
    middle_x, middle_y, unit = bend[:3]
    xs, ys = [1.0], [1.0]
    for _ in range(BEND_DEGREE):
        xs.append(xs[-1] * (x - middle_x) / unit)
        ys.append(ys[-1] * (y - middle_y) / unit)
    terms = [xs[i] * ys[j] for i, j in BEND_POWERS]
    along, down = bend[3 : 3 + len(terms)], bend[3 + len(terms) :]
    return x + unit * sum(map(mul, terms, along)), y + unit * sum(map(mul, terms, down))


@dataclass(frozen=True, slots=True)
class Sheet:
    """An upright view of a page, or of one region of it, with all that was read on it.

    `to_page`: the nine numbers, row by row, of the homography from sheet pixels to 0..1 of the page as uploaded. `bend`: how the
    paper lay bent, to be put back before that (as `bent` takes it); empty for one that lay flat.
    """

    file: str
    page: int
    index: int
    width: float
    height: float
    to_page: tuple[float, ...]
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...] = ()
    seals: tuple[Seal, ...] = ()
    codes: tuple[Code, ...] = ()
    quality: Quality = Quality()
    source: Source = "ocr"
    bend: Bend = ()

    @property
    def turn(self) -> int:
        """Quarter turns clockwise that the sheet's text makes on the page as uploaded."""
        ends = [self.to_page_point(x, self.height / 2) for x in (0.0, self.width)]
        across, down = ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]
        if abs(across) >= abs(down):
            return 0 if across >= 0 else 2
        return 1 if down > 0 else 3

    def to_page_point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the sheet as 0..1 of the page as uploaded, not clipped."""
        a, b, c, d, e, f, g, h, i = self.to_page
        x, y = bent(self.bend, x, y)
        w = g * x + h * y + i
        return (a * x + b * y + c) / w, (d * x + e * y + f) / w

    def evidence(self, box: Box) -> Evidence:
        """Where a box on this sheet stands on the page as uploaded, clipped to the page, rounded to 4 places."""
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        points = [self.to_page_point(x, y) for x, y in corners]
        xs, ys = ([min(1.0, max(0.0, point[axis])) for point in points] for axis in (0, 1))
        return Evidence(
            self.file,
            self.page,
            Box(round(min(xs), 4), round(min(ys), 4), round(max(xs), 4), round(max(ys), 4)),
        )


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a document.

    `value` in the contract's normal form ("" when something stands there that could not be normalised); `raw` as printed.
    `proposal`: a likelier reading that a check digit supports, for a person to accept; never put into `value`.
    `transactions` and other lists hold a tuple of mappings.
    """

    value: str | tuple[Mapping[str, Any], ...]
    raw: str
    confidence: float
    evidence: Evidence | None
    source: Source = "ocr"
    proposal: str | None = None

    @property
    def text(self) -> str:
        """The value where it is a string; raises TypeError for a list."""
        if not isinstance(self.value, str):
            raise TypeError("this field is a list")
        return self.value


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page of a file, counted from 1, how well it could be seen, and how its text is turned (as `Sheet.turn`)."""

    file: str
    page: int
    quality: Quality = Quality()
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One logical paper: its type, the pages it stands on, and its fields by name (contract names)."""

    id: str
    type: str
    pages: tuple[PageRef, ...]
    confidence: float
    fields: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class FileError:
    """Why a file could not be read: a code of the closed list, and a Chinese sentence that says what to do."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PdfTraits:
    """What a PDF's structure tells about its making; all may be empty. `signs` are plain codes for `tamper_suspected`."""

    producer: str = ""
    creator: str = ""
    created: str = ""
    modified: str = ""
    revisions: int = 1
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of the packet: its name, hash, number of pages, and either nothing wrong or why it could not be read."""

    name: str
    sha256: str
    pages: int
    error: FileError | None = None
    pdf: PdfTraits | None = None
    page_refs: tuple[PageRef, ...] = ()
