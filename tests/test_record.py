"""What was read can be kept and played again: sheets to JSON and back."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import record
from extractors.model import Box, Code, FileError, FileRecord, Line, PageRef, PdfTraits, Quality, Rule, Seal, Sheet

NUMBERS = st.floats(-5000, 5000)
BOXES = st.builds(Box, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SHARES = st.floats(0, 1)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    text = draw(TEXTS)
    n = len(text)
    edges = draw(st.one_of(st.just(()), st.tuples(*[NUMBERS] * (n + 1))))
    confidences = draw(st.one_of(st.just(()), st.tuples(*[SHARES] * n)))
    others = draw(st.one_of(st.just(()), st.tuples(*[TEXTS] * n)))
    return Line(text, draw(BOXES), draw(SHARES), edges, confidences, others, draw(st.sampled_from(["ocr", "text", "qr"])))


QUALITIES = st.builds(
    Quality,
    st.sampled_from([(), ("blurred", "dark")]),
    st.sampled_from([(), ("photocopy",)]),
    st.dictionaries(st.sampled_from(["score", "moire"]), NUMBERS),
)
SHEETS = st.builds(
    Sheet,
    file=TEXTS,
    page=st.integers(1, 5000),
    index=st.integers(0, 9),
    width=st.floats(1, 9000),
    height=st.floats(1, 9000),
    to_page=st.tuples(*[st.floats(-1e-3, 1e-3)] * 8, st.just(1.0)),
    lines=st.lists(lines(), max_size=4).map(tuple),
    rules=st.lists(st.builds(Rule, BOXES, st.booleans()), max_size=3).map(tuple),
    seals=st.lists(
        st.builds(Seal, BOXES, TEXTS, SHARES, st.sampled_from(["round", "oval", "square"]), st.sampled_from(["red", "blue", "black"])),
        max_size=2,
    ).map(tuple),
    codes=st.lists(st.builds(Code, TEXTS, BOXES), max_size=2).map(tuple),
    quality=QUALITIES,
    source=st.sampled_from(["ocr", "text"]),
)

FILES = st.builds(
    FileRecord,
    TEXTS,
    TEXTS,
    st.integers(0, 5000),
    st.none() | st.builds(FileError, TEXTS, TEXTS),
    st.none() | st.builds(PdfTraits, TEXTS, TEXTS, TEXTS, TEXTS, st.integers(1, 9), st.lists(TEXTS, max_size=2).map(tuple)),
    st.lists(st.builds(PageRef, TEXTS, st.integers(1, 99), QUALITIES, st.integers(0, 3)), max_size=3).map(tuple),
)


def near(a: object, b: object) -> bool:
    """Equal, with numbers as near as a record keeps them."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, abs_tol=0.0051, rel_tol=0)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(near(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(near(a[k], b[k]) for k in a)
    if hasattr(a, "__dataclass_fields__"):
        names = a.__dataclass_fields__
        return type(a) is type(b) and all(near(getattr(a, n), getattr(b, n)) for n in names)
    return a == b


@given(st.lists(SHEETS, max_size=3))
def test_sheets_come_back_as_they_were(sheets: list[Sheet]) -> None:
    back = record.load(record.dump(sheets))
    assert near(tuple(sheets), back)
    assert [sheet.to_page for sheet in back] == [sheet.to_page for sheet in sheets], "no rounding where a place on the page hangs on it"


@given(st.lists(SHEETS, max_size=2))
def test_a_record_of_a_record_is_the_same(sheets: list[Sheet]) -> None:
    once = record.dump(sheets)
    assert record.dump(record.load(once)) == once


@given(FILES)
def test_records_of_files_come_back_as_they_were(file: FileRecord) -> None:
    assert record.load_record(record.dump_record(file)) == file


def test_chinese_stands_in_it_as_people_read_it() -> None:
    sheet = Sheet("收入.jpg", 1, 0, 10, 10, (1, 0, 0, 0, 1, 0, 0, 0, 1), (Line("兹证明", Box(0, 0, 1, 1), 0.9),))
    assert "兹证明" in record.dump([sheet])


@pytest.mark.parametrize("text", ['{"schema": 99, "sheets": []}', '{"sheets": []}'])
def test_records_of_another_schema_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="schema"):
        record.load(text)
    with pytest.raises(ValueError, match="schema"):
        record.load_record(text)
    assert json.loads(record.dump([]))["schema"] == record.SCHEMA
