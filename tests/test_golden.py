"""Golden packets: what was read of the sample packets, recorded, goes through documents, rules and report, and must come out as kept.

    UPDATE_GOLDEN=1 pytest tests/test_golden.py        reads the packets again with the real networks and keeps records and reports
    UPDATE_GOLDEN=report pytest tests/test_golden.py   keeps the reports anew from the records as they are (a rule has changed)

Either way look at the difference before it is committed: it is what a bank would see change.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from extractors import record
from extractors.fileread import FileRead
from tests.conftest import MODELS
from worker.packet import load
from worker.pipeline import Reader, check_files, read_one

ROOT = Path(__file__).parent.parent
PACKETS = ROOT / "samples" / "packets"
GOLDEN = ROOT / "tests" / "golden"
UPDATE = os.environ.get("UPDATE_GOLDEN", "")
DAY = date(2026, 11, 23)
NAMES = ("complete", "poor_photos", "problems")
TOLERANCE = {"box": 0.002, "confidence": 0.005}
"""How far floats may differ where the same arithmetic runs on another processor."""


def records(name: str) -> Path:
    return GOLDEN / f"{name}.records.json.gz"


def keep(name: str) -> None:
    """Reads a packet with the real networks and records what was read."""
    packet = load(PACKETS / name)
    with Reader(MODELS) as reader:
        reads = [read_one(path, path.relative_to(packet.folder).as_posix(), reader) for path in packet.files]
    rows = [{"file": record.dump_record(read.record), "sheets": record.dump(read.sheets)} for read in reads]
    GOLDEN.mkdir(exist_ok=True)
    records(name).write_bytes(gzip.compress(json.dumps(rows, ensure_ascii=False).encode(), mtime=0))


@cache
def read(name: str) -> Sequence[FileRead]:
    """What was read of a packet, from its record."""
    rows = json.loads(gzip.decompress(records(name).read_bytes()))
    return [FileRead(record.load_record(row["file"]), record.load(row["sheets"])) for row in rows]


def report_of(name: str, reads: Sequence[FileRead]) -> dict[str, Any]:
    """The report without what differs from run to run."""
    report = check_files(load(PACKETS / name), reads, as_of=DAY).report
    return {key: value for key, value in report.items() if key not in ("checked_at", "timings")}


def differences(kept: Any, now: Any, path: str = "", tolerance: float = 0.0) -> Iterator[str]:
    """Where two reports differ, a line each; numbers within their tolerance do not."""
    if isinstance(kept, Mapping) and isinstance(now, Mapping):
        for key in sorted(kept.keys() | now.keys()):
            if key not in kept or key not in now:
                yield f"{path}.{key}: only {'now' if key in now else 'kept'}"
            else:
                yield from differences(kept[key], now[key], f"{path}.{key}", TOLERANCE.get(key, 0.0))
    elif isinstance(kept, list) and isinstance(now, list):
        if len(kept) != len(now):
            yield f"{path}: {len(kept)} kept, {len(now)} now"
        for n, (a, b) in enumerate(zip(kept, now, strict=False)):
            yield from differences(a, b, f"{path}[{n}]", tolerance)
    elif isinstance(kept, float) and isinstance(now, float | int):
        if abs(kept - now) > tolerance:
            yield f"{path}: {kept} kept, {now} now"
    elif kept != now:
        yield f"{path}: {kept!r} kept, {now!r} now"


@pytest.mark.parametrize("name", NAMES)
def test_recorded_packet_gives_the_kept_report(name: str) -> None:
    if UPDATE == "1":
        keep(name)
        read.cache_clear()
    now = json.loads(json.dumps(report_of(name, read(name)), ensure_ascii=False))
    target = GOLDEN / f"{name}.report.json"
    if UPDATE:
        target.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return
    kept = json.loads(target.read_text(encoding="utf-8"))
    found = list(differences(kept, now))
    assert not found, "\n".join(found[:40]) + f"\n{len(found)} differences; if they are meant: UPDATE_GOLDEN=report"


@pytest.mark.parametrize("name", NAMES)
def test_records_are_of_the_packets_as_they_are(name: str) -> None:
    packet = load(PACKETS / name)
    on_disk = {path.relative_to(packet.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in packet.files}
    assert {each.record.name: each.record.sha256 for each in read(name)} == on_disk, "drawn anew: UPDATE_GOLDEN=1"


def test_the_same_input_gives_the_same_report_in_any_process() -> None:
    """Byte for byte, whatever the order in which sets and dicts are hashed."""
    script = (
        "import json; from tests.test_golden import NAMES, read, report_of\n"
        "print(json.dumps([report_of(name, read(name)) for name in NAMES], ensure_ascii=False))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2026")
    }
    assert len(runs) == 1
    assert len(runs.pop()) > 10_000


def test_a_difference_is_noticed() -> None:
    kept = {"a": {"box": [0.1, 0.2]}, "b": ["x"], "verdict": "complete"}
    assert list(differences(kept, {"a": {"box": [0.101, 0.2]}, "b": ["x"], "verdict": "complete"})) == []
    assert len(list(differences(kept, {"a": {"box": [0.11, 0.2]}, "b": ["x", "y"], "verdict": "incomplete", "c": 1}))) == 4


def test_goldens_are_not_rewritten_by_the_tests_that_check_them() -> None:
    assert not (UPDATE and os.environ.get("CI")), "UPDATE_GOLDEN is set in CI: the golden tests would pass whatever comes out"
    for script in (".ci/run", "Makefile"):
        text = (ROOT / script).read_text(encoding="utf-8")
        for rule in text.split("\n\n"):
            assert "UPDATE_GOLDEN=" not in rule or rule.startswith("golden:"), f"{script} rewrites goldens outside of `make golden`"
