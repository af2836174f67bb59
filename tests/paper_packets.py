"""Packets on disk with their checked result, for tests of the report on paper: real files, documents without reading them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PIL import Image, ImageDraw

from extractors.model import Box, Document, Evidence, FileRecord, PageRef
from tests import builders
from validators import registry, report
from validators.model import NOTHING, Case, Finding, Party
from worker.packet import Folder
from worker.pipeline import Checked

NOW = datetime(2026, 11, 23, 1, 30, 5, tzinfo=UTC)
RED = (200, 20, 20)
SPOT = Box(0.3, 0.2, 0.5, 0.24)


def sheet(size: tuple[int, int] = (1000, 1400), box: Box = SPOT) -> Image.Image:
    """A page with lines of grey and a red bar where `box` is."""
    page = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(page)
    for y in range(40, size[1] - 20, 50):
        draw.rectangle((60, y, size[0] - 60, y + 14), fill=(190, 190, 190))
    draw.rectangle((box.x0 * size[0], box.y0 * size[1], box.x1 * size[0] - 1, box.y1 * size[1] - 1), fill=RED)
    return page


def jpeg(page: Image.Image) -> bytes:
    """A picture file."""
    out = io.BytesIO()
    page.save(out, "JPEG", quality=90)
    return out.getvalue()


def pdf(pages: Iterable[Image.Image]) -> bytes:
    """A scanned PDF."""
    first, *rest = pages
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=120)
    return out.getvalue()


def record(folder: Path, name: str, data: bytes, pages: int = 1) -> FileRecord:
    """Writes a file of the packet and tells what it is."""
    (folder / name).write_bytes(data)
    refs = tuple(PageRef(name, n) for n in range(1, pages + 1))
    return FileRecord(name, hashlib.sha256(data).hexdigest(), pages, page_refs=refs)


def at(document: Document, box: Box = SPOT, turn: int = 0) -> Document:
    """The document with all its evidence at one box of its first page, its pages turned."""
    spot = Evidence(document.pages[0].file, document.pages[0].page, box)
    fields = {name: replace(field, evidence=spot) for name, field in document.fields.items()}
    return replace(document, fields=MappingProxyType(fields), pages=tuple(replace(ref, turn=turn) for ref in document.pages))


def checked(case: Case, folder: Path, *more: Finding, case_id: str = "c-1", timings: Mapping[str, float] = NOTHING) -> Checked:
    """What the pipeline hands over for a case; `more`: findings besides those of the rules."""
    findings, checks = registry.run(case)
    told = (*findings, *more)
    made = report.build(case, told, checks, timings or {"reading": 1.25, "total": 1.5}, NOW, case_id=case_id)
    return Checked(made, case, told, Folder(folder))


def contradicting(folder: Path, *, holder: str = "张伟", stranger: str = "张玮", more: Any = ()) -> Checked:
    """A packet of a card, an income proof that names someone else, a photo turned upside down, and a broken file."""
    folder.mkdir(exist_ok=True)
    files = [
        record(folder, "card.jpg", jpeg(sheet())),
        record(folder, "proof.pdf", pdf([sheet(), sheet()]), 2),
        record(folder, "turned.jpg", jpeg(sheet().rotate(180))),
        builders.bad_file("broken.pdf"),
    ]
    card = at(builders.card(holder, file="card.jpg"))
    proof = at(builders.proof(stranger, file="proof.pdf", pages=(2,), monthly_income=builders.unsure("15000.00")))
    turned = at(builders.marriage(holder, file="turned.jpg"), Box(0.5, 0.76, 0.7, 0.8), turn=2)
    party = Party("borrower", "borrower", holder, builders.MAN, "married", inferred=False)
    owners = {d.id: "borrower" for d in (card, proof, turned)}
    case = builders.case(card, proof, turned, *more, parties=(party,), party_of=owners, files=files)
    return checked(case, folder)


def clean(folder: Path) -> Checked:
    """A packet in which nothing is wrong, but not every rule could be checked (no loan was declared)."""
    folder.mkdir(exist_ok=True)
    names = ("card", "proof", "statement")
    files = [record(folder, f"{name}.jpg", jpeg(sheet((1000, 1400 + i)))) for i, name in enumerate(names)]
    papers = (builders.card(file="card.jpg"), builders.proof(file="proof.jpg"), builders.statement(file="statement.jpg"))
    party = Party("borrower", "borrower", "张伟", builders.MAN, "single", inferred=False)
    case = builders.case(*map(at, papers), parties=(party,), party_of={p.id: "borrower" for p in papers}, files=files)
    return checked(case, folder)
