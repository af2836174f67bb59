"""Sheets and records of files as plain JSON and back: what was read can be kept, shown, and played again without the networks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from extractors.model import Box, Code, FileError, FileRecord, Line, PageRef, PdfTraits, Quality, Rule, Seal, Sheet

SCHEMA = 1


def dump(sheets: Sequence[Sheet]) -> str:
    """The sheets as JSON text; numbers rounded to a hundredth of a pixel."""
    rows = [_rounded(asdict(sheet)) | {"to_page": list(sheet.to_page), "bend": list(sheet.bend)} for sheet in sheets]
    return json.dumps({"schema": SCHEMA, "sheets": rows}, ensure_ascii=False)


def load(text: str) -> tuple[Sheet, ...]:
    """The sheets of a text that `dump` made. Raises ValueError for another schema."""
    data = json.loads(text)
    if data.get("schema") != SCHEMA:
        raise ValueError(f"recorded sheets of schema {data.get('schema')!r}, this program reads {SCHEMA}")
    return tuple(_sheet(row) for row in data["sheets"])


def dump_record(file: FileRecord) -> str:
    """The record of a file as JSON text."""
    return json.dumps({"schema": SCHEMA, **asdict(file)}, ensure_ascii=False)


def load_record(text: str) -> FileRecord:
    """The record of a text that `dump_record` made. Raises ValueError for another schema."""
    row = json.loads(text)
    if row.get("schema") != SCHEMA:
        raise ValueError(f"recorded file of schema {row.get('schema')!r}, this program reads {SCHEMA}")
    return FileRecord(
        row["name"],
        row["sha256"],
        row["pages"],
        FileError(**row["error"]) if row["error"] else None,
        PdfTraits(**{**row["pdf"], "signs": tuple(row["pdf"]["signs"])}) if row["pdf"] else None,
        tuple(PageRef(ref["file"], ref["page"], _quality(ref["quality"]), ref["turn"]) for ref in row["page_refs"]),
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 9 if abs(value) < 1 else 2)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    return value


def _box(row: dict[str, float]) -> Box:
    return Box(row["x0"], row["y0"], row["x1"], row["y1"])


def _sheet(row: dict[str, Any]) -> Sheet:
    return Sheet(
        row["file"],
        row["page"],
        row["index"],
        row["width"],
        row["height"],
        tuple(row["to_page"]),
        tuple(_line(each) for each in row["lines"]),
        tuple(Rule(_box(each["box"]), each["vertical"]) for each in row["rules"]),
        tuple(Seal(_box(s["box"]), s["text"], s["confidence"], s["shape"], s["colour"]) for s in row["seals"]),
        tuple(Code(each["text"], _box(each["box"])) for each in row["codes"]),
        _quality(row["quality"]),
        row["source"],
        tuple(row.get("bend", ())),
    )


def _quality(row: dict[str, Any]) -> Quality:
    return Quality(tuple(row["unreadable"]), tuple(row["warnings"]), row["measures"])


def _line(row: dict[str, Any]) -> Line:
    return Line(
        row["text"],
        _box(row["box"]),
        row["confidence"],
        tuple(row["edges"]),
        tuple(row["confidences"]),
        tuple(row["others"]),
        row["source"],
    )
