"""Drawn packets for a benchmark, and the pipeline run over them: read for real, or from what an earlier run recorded."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from extractors import record
from extractors.fileread import FileRead
from extractors.model import FileError, FileRecord, PageRef, PdfTraits, Quality
from worker.packet import load
from worker.pipeline import Reader, check_files, read_one

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "benchmarks" / "work"
MODELS = ROOT / ".models"
Replay = Literal["no", "same", "any"]
"""Read afresh; take a record of the same reading code; take the newest record whatever code made it."""
READING = (
    "fileread", "pages", "pageread", "reading", "ocr", "networks", "straighten", "quality", "seals", "closer", "dashes", "codes", "ruling",
    "ink", "stamps", "marks", "unbend", "model", "record", "pixels", "classify", "doctype", "layout", "sandbox",
)  # fmt: skip
"""Modules of extractors/ that decide what a sheet holds; decoding/ besides. The types' anchors and close-ups do too, but are left out
so that a change in one type's extraction can be replayed: after a change of anchors or close-ups, run without --replay."""


@dataclass(frozen=True)
class Drawn:
    """A packet on disk and its truth."""

    folder: Path
    truth: Path


def drawn(part: str, seed: int, count: int) -> list[Drawn]:
    """`count` packets of a part, drawn now where they are not there yet; drawn anew when the generator has changed."""
    out = WORK / f"{part}-{seed}"
    stamp, version = out / "generator.txt", code_version((ROOT / "samples").glob("**/*.[pt]y*"))
    if not stamp.is_file() or stamp.read_text() != version:
        for old in out.glob("packets/*"):
            _remove(old)
        out.mkdir(parents=True, exist_ok=True)
        stamp.write_text(version)
    for index in range(1, count + 1):
        name = f"{part}-{seed}-{index:03d}"
        if not (out / "truth" / f"{name}.json").is_file() or not (out / "packets" / name).is_dir():
            _draw(out, part, seed, index)
    return given(out)[:count]


def given(out: Path) -> list[Drawn]:
    """The packets of a folder that holds packets/ and truth/, or packets with a folder truth beside them."""
    packets = out / "packets" if (out / "packets").is_dir() else out
    found = [Drawn(packets / truth.stem, truth) for truth in sorted((out / "truth").glob("*.json"))]
    return [each for each in found if each.folder.is_dir()]


def _draw(out: Path, part: str, seed: int, index: int) -> None:
    print(f"drawing packet {index} of part {part}, seed {seed}", file=sys.stderr)
    command = ["-m", "samples", "make", "--part", part, "--seed", str(seed), "--first", str(index), "--count", "1", "--out", str(out)]
    subprocess.run([sys.executable, *command], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def code_version(paths: Iterable[Path]) -> str:
    """A hash of these files of the project, names and content."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def reading_version() -> str:
    """A hash of the code that decides what a sheet holds."""
    folder = ROOT / "extractors"
    return code_version([*(folder / f"{name}.py" for name in READING), *(folder / "decoding").glob("*.py")])


# --- running ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What one packet gave. `reading_s` are seconds spent reading its files when they were read; `replayed` files were not."""

    drawn: Drawn
    report: Mapping[str, Any]
    pages: int
    reading_s: float
    checking_s: float
    replayed: int


def run(packets: list[Drawn], reader: Reader, replay: Replay) -> Iterator[Run]:
    """Reads and checks the packets one after the other; what is read is recorded."""
    version = reading_version()
    for one in packets:
        packet = load(one.folder)
        as_of = date.fromisoformat(json.loads(one.truth.read_text(encoding="utf-8"))["as_of"])
        files, seconds, replayed = [], 0.0, 0
        for path in packet.files:
            name = path.relative_to(packet.folder).as_posix()
            kept = None if replay == "no" else _recorded(path, name, version, replay)
            if kept is None:
                kept = _read(path, name, reader, version)
            else:
                replayed += 1
            files.append(kept[0])
            seconds += kept[1]
        begun = perf_counter()
        checked = check_files(packet, files, as_of=as_of)
        pages = sum(file.record.pages for file in files)
        yield Run(one, checked.report, pages, seconds, perf_counter() - begun, replayed)


def _read(path: Path, name: str, reader: Reader, version: str) -> tuple[FileRead, float]:
    begun = perf_counter()
    read = read_one(path, name, reader)
    seconds = perf_counter() - begun
    row = {
        "name": name,
        "seconds": round(seconds, 3),
        "record": asdict(read.record),
        "sheets": record.dump(read.sheets),
    }
    target = _record_of(path, name, version)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    return read, seconds


def _recorded(path: Path, name: str, version: str, replay: Replay) -> tuple[FileRead, float] | None:
    target = _record_of(path, name, version)
    if not target.is_file() and replay == "any":
        older = sorted(target.parent.parent.glob(f"*/{target.name}"), key=lambda each: each.stat().st_mtime)
        target = older[-1] if older else target
    if not target.is_file():
        return None
    row = json.loads(target.read_text(encoding="utf-8"))
    return FileRead(_file_record(row["record"]), record.load(row["sheets"])), row["seconds"]


def _record_of(path: Path, name: str, version: str) -> Path:
    return WORK / "records" / version / f"{hashlib.sha256(name.encode() + path.read_bytes()).hexdigest()[:32]}.json"


def _file_record(row: Mapping[str, Any]) -> FileRecord:
    error, pdf = row["error"], row["pdf"]
    refs = tuple(PageRef(r["file"], r["page"], _quality(r["quality"]), r["turn"]) for r in row["page_refs"])
    return FileRecord(
        row["name"],
        row["sha256"],
        row["pages"],
        FileError(**error) if error else None,
        PdfTraits(**{**pdf, "signs": tuple(pdf["signs"])}) if pdf else None,
        refs,
    )


def _quality(row: Mapping[str, Any]) -> Quality:
    return Quality(tuple(row["unreadable"]), tuple(row["warnings"]), row["measures"])
