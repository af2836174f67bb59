"""Fields out of what stands on a sheet: the value in the contract's form, as printed, how sure, and where.

A confidence is built from what can be wrong: the weakest character (`Text.confidence`), how the value was found
(`found`: 1.0 behind its label, less when the place was inferred), and whether it has a normal form at all. A number
that is clearly printed but fails its own check digit is *sure*: that it is wrong is for a rule to say. Support from
outside the characters (a check digit that fits, a QR code that says the same) may raise a confidence: `supported`; a
contradiction lowers it: `doubted`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from extractors.documents._lines import cut_rows, holes, settled, split_number, todays
from extractors.layout import Text
from extractors.model import Box, Field, Line, Sheet, Source
from extractors.numbers.text import normal, person

Normalise = Callable[[str], str]
"""Printed text → the contract's form; "" or ValueError when there is none."""

_AROUND = re.compile(r"^[^\w]+|[^\w]+$")
_STAIN = re.compile(r"^[^\w(*<《\"“]+|^_+")
_PERSON = re.compile(r"[㐀-鿿\U00020000-\U0003ffff]{2,8}|(?=.*·)[㐀-鿿\U00020000-\U0003ffff·]{2,25}|[A-Z][A-Za-z ,.'-]{2,60}")
NO_NAME = 0.8
LOST = 0.85
"""Highest confidence of a text in which a character seems to be missing."""
NOT_NORMAL = 0.3
"""Highest confidence of a field that could not be brought into its form."""


def field(
    sheet: Sheet,
    text: Text | Line,
    normalise: Normalise = normal,
    *,
    found: float = 1.0,
    raw: str | None = None,
    proposal: str | None = None,
) -> Field:
    """The field that `text` prints on `sheet`. `found` 0..1 caps the confidence by how surely this is the right place.

    `raw`: as printed, where that is not simply the text. Raises nothing: what has no normal form gets value "" and
    stays doubtful.
    """
    try:
        value = normalise(text.text)
    except (ValueError, ArithmeticError):
        value = ""
    sure = min(text.confidence, found) if value else min(text.confidence, found, NOT_NORMAL)
    printed = text.text if raw is None else raw
    return Field(value, printed, round(sure, 4), sheet.evidence(text.box), source_of(text), proposal)


def text_field(sheet: Sheet, text: Text | Line | None, *, found: float = 1.0) -> Field | None:
    """Running text (a name, an address): without punctuation that a stain put before it, doubtful where something seems lost.

    None where nothing stands.
    """
    if text is None:
        return None
    one = of_today(field(sheet, settled(text), lambda printed: _STAIN.sub("", normal(printed)), found=found))
    closed = one.text.count("(") == one.text.count(")")
    whole = closed and not holes(text) and not (isinstance(text, Text) and (cut_rows(text) or split_number(text)))
    return one if whole else doubted(one, LOST)


def person_field(sheet: Sheet, text: Text | Line | None, *, found: float = 1.0) -> Field | None:
    """The name of a person, doubtful where it is not like one; None where nothing stands."""
    if text is None:
        return None
    one = of_today(field(sheet, settled(text), lambda printed: _AROUND.sub("", person(printed)), found=found))
    return one if _PERSON.fullmatch(one.text) else doubted(one, NO_NAME)


def of_today(one: Field) -> Field:
    """A field in old forms of characters is doubtful: papers of today print today's, which are proposed."""
    likelier = todays(one.text)
    return one if likelier == one.text else replace(one, confidence=min(one.confidence, LOST), proposal=likelier)


_UNUSUAL = {"曰": "日", "函": "涵", "候": "侯", "末": "未", "穎": "颖"}
"""Characters that the network takes for others, and that names hardly ever hold: what stands there instead."""


NO_SURNAME = 0.8
"""Highest confidence of a person's name that does not begin as names do: other words may have run into it."""


def of_usual_names(one: Field | None) -> Field | None:
    """Names with a character that names hardly hold are doubtful: the usual one that looks like it is proposed.

    >>> of_usual_names(Field("孙函桐", "孙函桐", 0.99, None)).proposal
    '孙涵桐'
    """
    likelier = "".join(_UNUSUAL.get(char, char) for char in one.text) if one is not None else ""
    return one if one is None or likelier == one.text else replace(one, confidence=min(one.confidence, LOST), proposal=likelier)


def maybe(
    sheet: Sheet, text: Text | Line | None, normalise: Normalise = normal, *, found: float = 1.0, raw: str | None = None
) -> Field | None:
    """As `field`; None where nothing stands."""
    return None if text is None else field(sheet, text, normalise, found=found, raw=raw)


def flag(sheet: Sheet, holds: bool, confidence: float, box: Box | None = None, raw: str = "") -> Field:
    """A yes or no that was seen on the sheet, at `box` where there is a spot to show."""
    spot = sheet.evidence(box) if box else None
    return Field("true" if holds else "false", raw, round(confidence, 4), spot, sheet.source)


def source_of(text: Text | Line) -> Source:
    """`text` when every part comes from a PDF's text layer, else `ocr`."""
    parts = text.parts if isinstance(text, Text) else (text,)
    return "text" if parts and all(part.source == "text" for part in parts) else "ocr"


def supported(one: Field, at_least: float) -> Field:
    """The field, at least this sure, because something independent says the same; as it is when it has no value."""
    return replace(one, confidence=max(one.confidence, at_least)) if one.value else one


def doubted(one: Field, at_most: float) -> Field:
    """The field, at most this sure."""
    return replace(one, confidence=min(one.confidence, at_most))


def present(fields: Mapping[str, Field | None]) -> dict[str, Field]:
    """The fields that were found."""
    return {name: one for name, one in fields.items() if one is not None}
