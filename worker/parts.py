"""What was read of a file, as bytes to be kept and as one file again: a long one is read in parts, by several workers."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import replace

from extractors import record
from extractors.fileread import DAMAGED, FileRead
from extractors.model import FileError, FileRecord, PageRef, PdfTraits

GIVEN_UP = FileError("internal_retry_exhausted", "多次尝试仍无法读取，请将其打印或扫描为新的 PDF 或图片后上传。")
"""What is said of a file, or of pages, that ended their reader each time."""


def dump(read: FileRead) -> bytes:
    """What was read, packed. The same reading gives the same bytes."""
    text = json.dumps({"record": record.dump_record(read.record), "sheets": record.dump(read.sheets)}, ensure_ascii=False)
    return zlib.compress(text.encode(), 3)


def load(data: bytes) -> FileRead:
    """What `dump` packed. Raises ValueError for another schema."""
    row = json.loads(zlib.decompress(data))
    return FileRead(record.load_record(row["record"]), record.load(row["sheets"]))


def given_up(sha256: str, first: int, last: int, pages: int) -> FileRead:
    """What stands in the place of pages that could not be read by any attempt; `pages` of the whole file, 0 when even that is unknown."""
    numbers = range(max(1, first), (last or pages) + 1)
    return FileRead(FileRecord("", sha256, pages, GIVEN_UP, None, tuple(PageRef("", n, DAMAGED) for n in numbers)), ())


def whole(name: str, parts: Sequence[FileRead]) -> FileRead:
    """The parts of one file, in the order of its pages, as the file that people know as `name`. It has an error only when no part
    gave a page."""
    records = [part.record for part in parts]
    error = next((each.error for each in records if each.error), None) if all(each.error for each in records) else None
    refs = tuple(replace(ref, file=name) for each in records for ref in each.page_refs)
    made = FileRecord(name, records[0].sha256, max(each.pages for each in records), error, _traits(records), refs)
    return FileRead(made, tuple(replace(sheet, file=name) for part in parts for sheet in part.sheets))


def _traits(records: Sequence[FileRecord]) -> PdfTraits | None:
    """The structure is the same for every part; signs on pages are those of any."""
    found = [each.pdf for each in records if each.pdf is not None]
    return replace(found[0], signs=tuple(dict.fromkeys(sign for each in found for sign in each.signs))) if found else None
