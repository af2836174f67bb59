"""What is done with a piece of work: pages are read, a case is checked, a report is printed. Each ends in one transaction.

Everything is sealed before it is put away and opened in memory only. A result whose work is another's by then is thrown away.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import OperationalError

from extractors.fileread import FileRead, read_file
from extractors.model import FileRecord
from extractors.ocr import Engine as Ocr
from extractors.pages import Unreadable
from intake import ids, lookup, reports, work
from intake.database import reading, writing
from intake.errors import NotFound
from intake.files import remark
from intake.settings import Settings
from intake.storage import Blobs
from intake.tables import files
from intake.vault import Box, Vault
from worker import casefile, parts

CHINA = ZoneInfo("Asia/Shanghai")
AWAY_S = 60.0
"""How long a finished result waits for a database that is away."""
Progress = Callable[[int], None]
"""Told how many pages of this piece are read."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a worker works with. `ocr` loads the networks at its first page."""

    settings: Settings
    engine: Engine
    vault: Vault
    blobs: Blobs
    ocr: Ocr


def do(tools: Tools, claim: work.Claim, progress: Progress) -> list[str]:
    """Does it, finishes it and gives the ids of what is to be done next. Raises work.Lost when it is of no use any more."""
    try:
        {"read": read, "check": check, "paper": paper}[claim.kind](tools, claim, progress)
    except NotFound:
        raise work.Lost from None
    with reading(tools.engine) as tx:
        return work.queued(tx, most=tools.settings.part_pages)


def read(tools: Tools, claim: work.Claim, progress: Progress) -> None:
    """Pages of a file → what stands on them. The claim on a long file keeps its first pages and shares out the others."""
    with reading(tools.engine) as tx:
        box = tools.vault.box(tx, claim.case_id)
        file = tx.execute(select(files).where(files.c.id == claim.file_id, files.c.removed_at.is_(None))).first()
    if file is None:
        raise work.Lost
    begun = max(1, claim.first_page)

    def until(pages: int) -> int:
        if pages > tools.settings.pdf_pages:
            raise Unreadable("too_many_pages")
        if claim.first_page:
            return min(claim.last_page, pages)
        return work.split(tools.engine, claim, pages, tools.settings.part_pages).last_page

    def seen(_name: str, page: int, _pages: int) -> None:
        progress(page - begun + 1)

    data = box.open(tools.blobs.get(file.blob), file.blob)
    try:
        done = read_file(data, file.kind, file.id, file.sha256, tools.ocr, seen, first=begun, until=until)
    except Unreadable as unreadable:
        done = FileRead(FileRecord(file.id, file.sha256, 0, unreadable.error), ())
    _put_read(tools, box, claim, done)


def _put_read(tools: Tools, box: Box, claim: work.Claim, done: FileRead) -> None:
    record = done.record
    error = record.error.code if record.error else None
    quality = _unclear(done)

    def say(tx: Connection, blob: str) -> None:
        work.finish_read(tx, claim, blob, record.pages, error)
        if quality:
            remark(tx, claim.file_id, quality)

    _keep(tools, box, claim, parts.dump(done), say)


def _unclear(done: FileRead) -> str:
    """The pages that nobody can rely on (`1:blurred+dark`), known before the whole case is checked: whoever took the picture is still
    there."""
    if not any(ref.quality.unreadable for ref in done.record.page_refs):
        return ""
    from extractors.classify import extracted, groups_of
    from validators.rules.file import unclear

    papers = extracted(groups_of(done.sheets))
    return " ".join(f"{ref.page}:{'+'.join(reasons)}" for ref, reasons, _ in unclear(done.record.page_refs, papers))


def _keep(tools: Tools, box: Box, claim: work.Claim, data: bytes, say: Callable[[Connection, str], None]) -> None:
    """Puts a result away and says so in one transaction; without the one the other does not stay. Tries again for a minute while the
    database is away. Raises work.Lost."""
    blob = f"{claim.case_id}/{ids.new('blob')}"
    tools.blobs.put(blob, box.seal(data, blob))
    tries_until = time.monotonic() + AWAY_S
    while True:
        try:
            with writing(tools.engine) as tx:
                if not work.has(tx, claim, blob):  # a commit whose answer did not come may have counted
                    say(tx, blob)
            return
        except work.Lost:
            tools.blobs.delete(blob)
            raise
        except OperationalError:
            if time.monotonic() > tries_until:
                raise
            time.sleep(0.5)


def check(tools: Tools, claim: work.Claim, progress: Progress) -> None:
    """All that was read of a case, with what people put right → its report."""
    from worker.pipeline import check_reads

    with reading(tools.engine) as tx:
        case = casefile.load(tx, tools.vault, claim.case_id)
    if case.row.inputs != claim.inputs:
        raise work.Lost
    version = case.row.report + 1
    declaration, day = casefile.declared(case)
    reads = casefile.reads(case, tools.blobs)
    source = casefile.source(case, tools.blobs)
    made = check_reads(reads, declaration, as_of=day or today(), source=source, version=version, people=case.people).report
    data = json.dumps(made, ensure_ascii=False, sort_keys=True).encode()
    codes = sorted({each["code"] for each in made["findings"] if each.get("decision") != "waived"})
    verdict, findings, sha256 = str(made["verdict"]), len(made["findings"]), hashlib.sha256(data).hexdigest()

    def say(tx: Connection, blob: str) -> None:
        work.finish_check(tx, claim, work.Made(version, verdict, findings, blob, sha256))  # holds the case, as whoever comes next must
        reports.note(tx, claim.case_id, version, codes)
        lookup.keep(tx, tools.vault, claim.case_id, made["parties"])

    _keep(tools, case.box, claim, data, say)


def paper(tools: Tools, claim: work.Claim, progress: Progress) -> None:
    """A report → the same as HTML or PDF, with pictures cut from the files."""
    from worker.paper import as_html, as_pdf
    from worker.paper.packet import Printable

    with reading(tools.engine) as tx:
        case = casefile.load(tx, tools.vault, claim.case_id)
        report = casefile.report(tx, tools.blobs, case.box, claim.case_id, claim.inputs)
    printable = Printable(report, casefile.source(case, tools.blobs))
    data = as_pdf(printable) if claim.form == "pdf" else as_html(printable).encode()
    _keep(tools, case.box, claim, data, lambda tx, blob: work.finish_paper(tx, claim, blob))


def today() -> date:
    """The day in China, by which papers expire."""
    return datetime.now(CHINA).date()
