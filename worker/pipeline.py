"""The line from a packet's files to its report, readable in one screen. The command line calls it, and the service's jobs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any

from extractors.classify import extracted, groups_of
from extractors.fileread import File, FileRead, Seen, read_files
from extractors.model import FileError, FileRecord, Sheet
from extractors.ocr import Engine
from intake import guard
from intake.errors import FileRefused
from validators import parties, registry, report
from validators.corrections import NOBODY, Corrections, claims, corrected, reassigned
from validators.model import Case, Declaration, Finding
from worker.packet import Folder, Packet
from worker.regroup import regrouped


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked packet: the report as data, and what its paper forms need besides. `source`: a file's name → its bytes."""

    report: Mapping[str, Any]
    case: Case
    findings: tuple[Finding, ...]
    source: Callable[[str], bytes]


ABREAST = 2
"""Pages read at a time by a process that has the machine for itself: each more holds 100 MB, and two fill the processors."""


class Reader:
    """Holds the OCR engine, loaded at the first page that needs it and used for all packets after.

    An engine that is given reads one page at a time, unless `abreast` says that it serves several threads."""

    def __init__(self, models: Path, engine: Engine | None = None, abreast: int | None = None) -> None:
        from extractors import networks, sandbox

        networks.require(models)
        sandbox.shared().start()
        self._models = models
        self._engine = engine
        self.abreast = abreast or (min(ABREAST, os.cpu_count() or 1) if engine is None else 1)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        from extractors import sandbox

        sandbox.shared().close()

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            from extractors.ocr import PaddleEngine

            self._engine = PaddleEngine(self._models)
        return self._engine


def check_packet(
    packet: Packet, reader: Reader, *, product: str | None = None, as_of: date, seen: Seen | None = None
) -> Checked:
    """Reads and checks one packet. A file or page that cannot be read becomes a finding; the rest is processed."""
    begun = perf_counter()
    files = read_all(_named(packet), reader, seen)
    return check_files(packet, files, product=product, as_of=as_of, reading_s=perf_counter() - begun)


def check_files(
    packet: Packet, files: Sequence[FileRead], *, product: str | None = None, as_of: date, reading_s: float = 0.0
) -> Checked:
    """Checks a packet whose files were read before: just now, or from a record. `reading_s`: what reading took, for the timings."""
    declaration = replace(packet.declaration, product=product) if product else packet.declaration
    return check_reads(files, declaration, as_of=as_of, source=Folder(packet.folder), reading_s=reading_s)


def check_reads(
    files: Sequence[FileRead],
    declaration: Declaration,
    *,
    as_of: date,
    source: Callable[[str], bytes],
    version: int = 1,
    reading_s: float = 0.0,
    people: Corrections = NOBODY,
) -> Checked:
    """What was read of the files of a case, checked against what was declared: its `version`-th report. `people`: what they put right
    and decided; where they can say something, documents and findings bear keys to name them by."""
    begun = perf_counter()
    keyed = regrouped(groups_of([sheet for file in files for sheet in file.sheets]), people)
    documents = extracted([group for _, group in keyed])
    keys = {document.id: key for document, (key, _) in zip(documents, keyed, strict=True)}
    sorted_out = perf_counter()
    put_right = partial(corrected, corrections=people, keys=keys)
    case = parties.assemble(documents, [file.record for file in files], declaration, as_of, corrected=put_right)
    case = reassigned(case, people, keys)
    findings, checks = registry.run(case)
    findings = (*findings, *claims(case, people, keys))
    checked = perf_counter()
    timings = {
        "reading": round(reading_s, 3),
        "extracting": round(sorted_out - begun, 3),
        "checking": round(checked - sorted_out, 3),
        "total": round(reading_s + checked - begun, 3),
    }
    now = datetime.now(UTC)
    said = report.Said(keys, people.decisions) if people.file_ids else None
    made = report.build(case, findings, checks, timings, now, case_id=declaration.case_id, report_version=version, said=said)
    return Checked(made, case, findings, source)


def read_all(named: Iterable[tuple[Path, str]], reader: Reader, seen: Seen | None = None) -> list[FileRead]:
    """Files and their names, each let in or refused, then read, several pages at a time where the reader may."""
    return read_files((_admitted(path, name) for path, name in named), lambda: reader.engine, seen, abreast=reader.abreast)


def read_one(path: Path, name: str, reader: Reader, seen: Seen | None = None) -> FileRead:
    """One file of a packet."""
    return read_all([(path, name)], reader, seen)[0]


def _named(packet: Packet) -> list[tuple[Path, str]]:
    return [(path, path.relative_to(packet.folder).as_posix()) for path in packet.files]


def _admitted(path: Path, name: str) -> File | FileRead:
    """The file, or why it may not come in. No more of it is held than may."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        data = file.read(max(guard.LOCAL.pdf_bytes, guard.LOCAL.image_bytes) + 1)
    try:
        kind = guard.admit(data, name, guard.LOCAL)
    except FileRefused as refused:
        return FileRead(FileRecord(name, sha256, 0, FileError(refused.code, refused.sentence)), ())
    return File(data, kind.id, name, sha256)


def sheets_of(packet: Packet, reader: Reader) -> tuple[Sheet, ...]:
    """All sheets of a packet, for recording and for the accuracy benchmark."""
    return tuple(sheet for file in read_all(_named(packet), reader) for sheet in file.sheets)
