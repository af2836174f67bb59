"""Hostile files through the running service: none stops a part, each ends in a report or a named error, neighbours notice nothing.

    make hostile          120 generated files, 4 good packets beside them
    make hostile FULL=1   300 and 20, and every file of `../shared/hostile` where that folder is

Half of the files are mutants of good papers (cut, flipped, shuffled), half are built to hurt (bombs, lies in headers, endless nesting).
The networks are replaced (YUSHEN_BLIND_S) unless `--networks` is given. The last line is JSON; exit code 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import random
import struct
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.clients import Client, History
from benchmarks.ledger import open_work
from benchmarks.served import Service
from intake import database
from intake.database import reading
from intake.errors import CODES
from intake.tables import cases, files, work

ROOT = Path(__file__).resolve().parent.parent
PACKETS = ROOT / "samples" / "packets"
COLLECTION = ROOT.parent / "shared" / "hostile"
SECONDS = 30.0


def mutants(chance: random.Random, number: int) -> Iterator[tuple[str, bytes]]:
    """Good papers, damaged."""
    good = [path for path in sorted(PACKETS.rglob("*")) if path.suffix.lower() in (".jpg", ".png", ".pdf")]
    for n in range(number):
        path = chance.choice(good)
        data = bytearray(path.read_bytes())
        kind = chance.choice(("cut", "flip", "shuffle", "zero"))
        if kind == "cut":
            del data[chance.randrange(8, len(data)) :]
        elif kind == "flip":
            for _ in range(chance.choice((1, 10, 200))):
                data[chance.randrange(4, len(data))] ^= 1 << chance.randrange(8)
        else:
            at, size = chance.randrange(16, len(data) - 200), chance.randrange(50, 4000)
            part = data[at : at + size]
            data[at : at + size] = bytes(len(part)) if kind == "zero" else bytes(chance.sample(part, len(part)))
        yield f"{kind}-{n}{path.suffix}", bytes(data)


def built(chance: random.Random, number: int) -> Iterator[tuple[str, bytes]]:
    """Files made to hurt, each a little other."""
    makers = (_nested_forms, _flate_bomb, _lying_png, _lying_bmp, _many_objects, _huge_page, _own_kid, _text_bomb)
    for n in range(number):
        maker = makers[n % len(makers)]
        yield f"{maker.__name__[1:]}-{n}", maker(chance)


def _pdf(objects: list[bytes]) -> bytes:
    """The objects, counted from 1, as a PDF whose catalogue is the first."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for n, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def _paged(content: bytes, resources: bytes = b"<<>>", more: list[bytes] | None = None, size: bytes = b"0 0 595 842") -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources %s>>" % (size, resources)
    head = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page]
    return _pdf([*head, b"<</Length %d>>stream\n%s\nendstream" % (len(content), content), *(more or [])])


def _form(content: bytes, resources: bytes) -> bytes:
    head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources %s/Length %d>>" % (resources, len(content))
    return head + b"stream\n" + content + b"\nendstream"


def _nested_forms(chance: random.Random) -> bytes:
    """Forms that each draw the next one many times."""
    depth, times = chance.randrange(6, 30), chance.randrange(2, 12)
    forms = [_form(b"/F Do " * times, b"<</XObject<</F %d 0 R>>>>" % (n + 1)) for n in range(5, 5 + depth)]
    return _paged(b"/F Do", b"<</XObject<</F 5 0 R>>>>", [*forms, _form(b"0 0 1 1 re f", b"<<>>")])


def _flate_bomb(chance: random.Random) -> bytes:
    """A content stream that unpacks to hundreds of megabytes."""
    packed = zlib.compress(zlib.compress(b"0 0 1 1 re f\n" * chance.randrange(2_000_000, 6_000_000), 9), 9)
    stream = b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>"
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream])


def _lying_png(chance: random.Random) -> bytes:
    """A picture that says it is far larger than its bytes."""
    side = chance.randrange(9_000, 60_000)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress(bytes(1 << 16), 9)
    header = struct.pack(">IIBBBBB", side, side, chance.choice((1, 8)), 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _lying_bmp(chance: random.Random) -> bytes:
    side = chance.randrange(1000, 1 << 20)
    bits = chance.choice((1, 24, 32, 7))
    return b"BM" + struct.pack("<IHHIIiiHHIIiiII", 0, 0, 0, 54, 40, side, -side, 1, bits, 0, 0, 0, 0, 0, 0) + bytes(999)


def _many_objects(chance: random.Random) -> bytes:
    """Tens of thousands of pages that are one."""
    number = chance.randrange(600, 30_000)
    kids = b"3 0 R " * number
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, number), page])


def _huge_page(chance: random.Random) -> bytes:
    return _paged(b"0 0 1 1 re f", size=b"0 0 %d %d" % (chance.randrange(10**4, 10**9), chance.randrange(1, 10**9)))


def _own_kid(chance: random.Random) -> bytes:
    """A tree of pages that holds itself."""
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count %d>>" % chance.randrange(1, 10**6)])


def _text_bomb(chance: random.Random) -> bytes:
    """A page with far more text than paper holds."""
    shown = b"BT /F 1 Tf " + b"(0123456789) Tj 1 0 Td " * chance.randrange(20_000, 200_000) + b"ET"
    return _paged(shown, b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>")


class Runs:
    """Sends files, each into a case of its own, and remembers what was answered."""

    def __init__(self, service: Service, token: str) -> None:
        self.client = Client(service.url, token, History(), 3)
        self.refused: Counter[str] = Counter()
        self.failures: list[str] = []

    def send(self, name: str, data: bytes) -> None:
        """One file; 5xx and codes that are not on the list are failures."""
        case = self.client.open()
        answer = self.client.http.post(
            f"/v1/cases/{case}/files", files={"files": (name, data)}, headers={"Idempotency-Key": f"{case}-{name}"[:200]}
        )
        if answer.status_code == 201:
            return
        code = answer.json().get("code", "")
        self.refused[code] += 1
        if answer.status_code >= 500 or code not in CODES:
            self.failures.append(f"{name}: {answer.status_code} {code}")


def good_packet(runs: Runs, name: str) -> str:
    """A sample packet; its case."""
    case = runs.client.open()
    for path in sorted((PACKETS / name).iterdir()):
        if path.suffix.lower() in (".jpg", ".png", ".pdf"):
            runs.client.upload(case, path.name, path.read_bytes())
    return case


def told_of(runs: Runs, case: str) -> dict[str, Any]:
    """A case's newest report without what differs from run to run."""
    report = runs.client.http.get(f"/v1/cases/{case}/reports/1").json()
    kept = {key: value for key, value in report.items() if key in ("verdict", "findings", "checks", "completeness", "supplement_notice")}
    for each in kept["findings"]:
        del each["key"]  # names the file by its id
    return kept | {"supplement_notice": kept["supplement_notice"].replace(case, "")}


def ended(engine: Any) -> tuple[Counter[str], list[str], float]:
    """How files ended, those that ended in no way they may, and the longest time of a piece of work."""
    how: Counter[str] = Counter()
    wrong = []
    with reading(engine) as tx:
        for row in tx.execute(select(files.c.id, files.c.state, files.c.error, cases.c.report).join(cases, cases.c.id == files.c.case_id)):
            how[row.error or row.state] += 1
            if row.state not in ("read", "failed") or (row.error or "corrupt_pdf") not in CODES or not row.report:
                wrong.append(f"{row.id}: {row.state} {row.error} report {row.report}")
        done = tx.execute(select(work.c.started_at, work.c.done_at).where(work.c.done_at.is_not(None), work.c.started_at.is_not(None)))
        spans = [(row.done_at - row.started_at).total_seconds() for row in done]
    return how, wrong, max(spans)


def run(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Everything through one service."""
    settings = {"YUSHEN_FREE_BYTES": "0"} | ({} if arguments.networks else {"YUSHEN_BLIND_S": "0.001"})
    service = Service(folder, settings, workers=2)
    token = service.prepare()
    engine = database.connect(service.read().url)
    service.start()
    service.ready()
    runs, chance = Runs(service, token), random.Random(arguments.seed)
    before = {name: good_packet(runs, name) for name in ("complete", "problems")}
    _wait(engine)
    bad = [*mutants(chance, arguments.files // 2), *built(chance, arguments.files - arguments.files // 2)]
    if arguments.collection and COLLECTION.is_dir():
        bad += [(p.name, p.read_bytes()) for p in sorted(COLLECTION.rglob("*")) if p.is_file() and p.stat().st_size < 60 << 20]
    beside: list[tuple[str, str]] = []
    for n, (name, data) in enumerate(bad):
        runs.send(name, data)
        if n % max(1, len(bad) // arguments.good) == 0 and len(beside) < arguments.good:
            sample = ("complete", "problems")[len(beside) % 2]
            beside.append((sample, good_packet(runs, sample)))
    _wait(engine)
    how, wrong, longest = ended(engine)
    differing = sum(told_of(runs, case) != told_of(runs, before[name]) for name, case in beside)
    deaths = sum(": ended (" in line for line in service.log().splitlines())
    service.stop()
    return {
        "files": len(bad), "refused": dict(runs.refused), "ended": dict(how), "longest_s": round(longest, 1), "good_beside": len(beside),
        "broken": {"restarts": deaths, "not_as_they_may": len(wrong), "server_errors": len(runs.failures), "good_ones_differ": differing,
                   "too_slow": int(longest > SECONDS)},
        "examples": [*wrong, *runs.failures][:5],
    }  # fmt: skip


def _wait(engine: Any, seconds: float = 1800) -> None:
    until = time.monotonic() + seconds
    while open_work(engine) and time.monotonic() < until:
        time.sleep(0.2)


def main() -> int:
    """Runs it; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=120)
    parser.add_argument("--good", type=int, default=4)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--collection", action="store_true", help="every file of ../shared/hostile too")
    parser.add_argument("--networks", action="store_true", help="with the real networks")
    parser.add_argument("--full", action="store_true")
    arguments = parser.parse_args()
    if arguments.full:
        arguments.files, arguments.good, arguments.collection = 300, 20, True
    with tempfile.TemporaryDirectory(prefix="yushen-hostile-") as folder:
        told = run(Path(folder), arguments)
    told["held"] = not any(told["broken"].values())
    print(json.dumps(told))
    return 0 if told["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
