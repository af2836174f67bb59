"""Load: how quickly the API answers while workers hold all cores, with how much memory, and how the reading scales.

    make load             the short form: 400 uploads, 2,000 cases, one packet each way
    make load FULL=1      10,000 uploads, 100,000 cases

The real networks read all the while. Figures mean something only on a machine that does nothing else. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from benchmarks.clients import Client, History, crowd, picture
from benchmarks.ledger import open_work
from benchmarks.served import Service, processor_s, resident_mb
from intake import database
from intake.database import now, writing
from intake.tables import cases, organisations

UPLOAD = 300 << 10
CLIENTS = 8
PACKETS = Path(__file__).resolve().parent.parent / "samples" / "packets"
AT_ONCE = 2000


def latency(folder: Path, uploads: int, old_cases: int) -> dict[str, Any]:
    """Uploads of 300 kB by eight clients while two workers read with the real networks; a ninth reads cases all the while."""
    service = Service(folder, {"YUSHEN_FREE_BYTES": "0"}, workers=os.cpu_count() or 2)
    token = service.prepare()
    engine = database.connect(service.read().url)
    filled = fill(engine, old_cases)
    service.start()
    service.ready()
    history = History()
    busy(service, token)
    memory: list[float] = []
    reads: list[float] = []
    over = threading.Event()
    watching = threading.Thread(target=_look, args=(service, token, history, reads, memory, over), daemon=True)
    watching.start()
    (api,) = service.pids("api")
    begun, used = time.monotonic(), processor_s(api)
    for each in crowd(service.url, token, history, CLIENTS, 7, lambda: len(history.promises) >= uploads, large):
        each.join()
    took, used = time.monotonic() - begun, processor_s(api) - used
    working = open_work(engine)
    over.set()
    watching.join()
    service.stop()
    seconds = sorted(each.seconds for each in history.promises)
    return {
        "cases": filled,
        "uploads": len(seconds),
        "uploads_per_s": round(len(seconds) / took, 1),
        "upload_ms": _spread(seconds),
        "api_processor_ms_an_upload": round(1000 * used / len(seconds), 1),
        "case_read_ms": _spread(sorted(reads)),
        "api_mb": {"after_a_fifth": round(memory[len(memory) // 5]), "at_end": round(memory[-1]), "most": round(max(memory))},
        "workers_busy_at_end": working > 0,
    }


def large(chance: random.Random) -> bytes:
    """A picture of 300 kB."""
    data = picture(chance)
    return data + chance.randbytes(UPLOAD - len(data))


def busy(service: Service, token: str) -> None:
    """Enough pages for the workers to be at it all the time: the sample packets, again and again."""
    client = Client(service.url, token, History(), 99)
    for _ in range(3):
        case = client.open()
        for path in _papers("poor_photos"):
            client.upload(case, path.name, path.read_bytes() + os.urandom(16))


def fill(engine: Any, number: int) -> int:
    """So many cases that lie in the database already, each with its key."""
    with writing(engine) as tx:
        branch = tx.execute(select(organisations).where(organisations.c.kind == "branch")).one()
    for start in range(0, number, AT_ONCE):
        rows = [_old(branch, -1 - n) for n in range(start, min(number, start + AT_ONCE))]
        with writing(engine) as tx:
            tx.execute(insert(cases), rows)
    return number


def _old(branch: Any, seq: int) -> dict[str, Any]:
    moment = now()
    return {
        "id": f"case_old{-seq:017d}xx", "seq": seq, "bank_id": branch.bank_id, "branch_id": branch.id, "opened_by": "load",
        "stage": "closed", "declared_sealed": b"", "inputs": 1, "created_at": moment, "updated_at": moment,
    }  # fmt: skip


def _look(service: Service, token: str, history: History, reads: list[float], memory: list[float], over: threading.Event) -> None:
    client = Client(service.url, token, History(), 5)
    chance = random.Random(5)
    while not over.wait(0.05):
        memory.append(sum(resident_mb(pid) for pid in service.pids("api")))
        if history.cases:
            begun = time.monotonic()
            answer = client.http.get(f"/v1/cases/{chance.choice(history.cases)}")
            if answer.is_success:
                reads.append(time.monotonic() - begun)


def _spread(ordered: list[float]) -> dict[str, float | None]:
    def at(share: float) -> float | None:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else None

    return {"median": at(0.5), "p99": at(0.99), "most": at(1.0)}


def _papers(name: str) -> list[Path]:
    return sorted(path for path in (PACKETS / name).iterdir() if path.suffix.lower() in (".jpg", ".png", ".pdf"))


def reading(folder: Path, workers: int, rounds: int) -> dict[str, float]:
    """Pages a second of so many workers with the real networks, warm; packets uploaded before the clock starts to count."""
    service = Service(folder, {"YUSHEN_FREE_BYTES": "0", "YUSHEN_WORKERS": str(workers)}, workers=workers)
    token = service.prepare()
    engine = database.connect(service.read().url)
    service.start()
    service.ready()
    client = Client(service.url, token, History(), 1)
    _hand_in(client, workers)  # each worker loads its networks
    _until(lambda: open_work(engine) == 0)
    begun = time.monotonic()
    packets = _hand_in(client, rounds)
    _until(lambda: open_work(engine) == 0)
    took = time.monotonic() - begun
    service.stop()
    return {"packets": packets, "seconds": round(took, 2), "packets_per_minute": round(60 * packets / took, 1)}


def _hand_in(client: Client, rounds: int) -> int:
    for number in range(rounds):
        for name in ("complete", "problems"):
            case = client.open()
            for path in _papers(name):
                client.upload(case, f"{number}-{path.name}", path.read_bytes())
    return 2 * rounds


def _until(done: Callable[[], bool], seconds: float = 900) -> None:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("the work does not end")
        time.sleep(0.1)


def alone(rounds: int) -> dict[str, float]:
    """The same packets by `yushen check`'s own pipeline in this process, one thread, warm."""
    from datetime import date

    from extractors.ocr import PaddleEngine
    from worker.packet import load
    from worker.pipeline import Reader, check_packet

    models = Path(os.environ.get("YUSHEN_MODELS", PACKETS.parent.parent / ".models"))
    packets = [load(PACKETS / name) for name in ("complete", "problems")]
    with Reader(models, PaddleEngine(models, threads=1)) as reader:
        for packet in packets:
            check_packet(packet, reader, as_of=date(2026, 11, 23))
        begun = time.monotonic()
        for _ in range(rounds):
            for packet in packets:
                check_packet(packet, reader, as_of=date(2026, 11, 23))
        took = time.monotonic() - begun
    return {"packets": 2 * rounds, "seconds": round(took, 2), "packets_per_minute": round(120 * rounds / took, 1)}


def main() -> int:
    """Runs the measurements that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--uploads", type=int, default=400)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("latency", "reading"))
    arguments = parser.parse_args()
    if arguments.full:
        arguments.uploads, arguments.cases, arguments.rounds = 10_000, 100_000, 10
    told: dict[str, Any] = {}
    if arguments.only != "reading":
        with tempfile.TemporaryDirectory(prefix="yushen-load-") as folder:
            told["latency"] = latency(Path(folder), arguments.uploads, arguments.cases)
    if arguments.only != "latency":
        told["check"] = alone(arguments.rounds)
        for workers in (1, 2):
            with tempfile.TemporaryDirectory(prefix="yushen-load-") as folder:
                told[f"workers_{workers}"] = reading(Path(folder), workers, arguments.rounds)
        one, two = told["workers_1"]["packets_per_minute"], told["workers_2"]["packets_per_minute"]
        told["two_over_one"] = round(two / one, 2)
        told["overhead_percent"] = round(100 * (told["check"]["packets_per_minute"] / one - 1), 1)
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
