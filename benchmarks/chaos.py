"""Chaos: uploads while parts of the service are killed, stopped, flushed; then every promise is held against the database.

    make chaos                        2,000 uploads and 100 kills on SQLite, then on PostgreSQL
    make chaos FULL=1                 10,000 and 300
    python -m benchmarks.chaos --short    100 and 15: what CI runs (tests/test_service_chaos.py)

Everything is real but the networks: in their place stands a reader that sees no text (YUSHEN_BLIND_S), since what is tested is what
becomes of files, not what stands on them. The last line is JSON; exit code 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from benchmarks.clients import Client, History, crowd
from benchmarks.ledger import faults, open_work
from benchmarks.served import Service
from intake import database
from intake.database import reading
from intake.tables import work
from worker.queue import opened

SETTINGS = {"YUSHEN_BLIND_S": "0.03", "YUSHEN_ATTEMPTS": "1000", "YUSHEN_PART_PAGES": "2", "YUSHEN_FREE_BYTES": "0"}
"""Kills are the machine's fault here, not the files': no file is given up."""
VICTIMS = {"worker": 30, "worker+children": 22, "sweeper": 14, "queue": 14, "api": 14, "pause": 4, "supervisor": 2}
CLIENTS = 4
PAUSE_S = 11.0
"""A stopped worker wakes when its work is another's (lease 8 s), and before its supervisor ends it (20 s)."""


@dataclass
class Run:
    """One chaos run and what it counts."""

    service: Service
    engine: Engine
    chance: random.Random
    uploads: int
    kills: int
    history: History = field(default_factory=History)
    killed: Counter[str] = field(default_factory=Counter)
    waiting: dict[tuple[str, int], float] = field(default_factory=dict)
    freed: dict[tuple[str, int], float] = field(default_factory=dict)
    recovered: list[float] = field(default_factory=list)
    flushes: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def enough(self) -> bool:
        """Whether uploads and kills are all there."""
        return len({each.file_id for each in list(self.history.promises)}) >= self.uploads and sum(self.killed.values()) >= self.kills

    def nemesis(self, every_s: float) -> None:
        """Kills, evenly over the uploads."""
        while sum(self.killed.values()) < self.kills:
            time.sleep(every_s * self.chance.uniform(0.5, 1.5))
            self.service.keep()
            kind = self.chance.choices(list(VICTIMS), list(VICTIMS.values()))[0]
            self.strike(kind)

    def strike(self, kind: str) -> None:
        """One kill. Whose work it ends is remembered, to see when that runs again."""
        held = self._held() if kind.startswith(("worker", "alone")) else {}
        number = signal.SIGSTOP if kind == "pause" else signal.SIGKILL
        victim = self.service.kill("worker" if kind == "pause" else kind, self.chance, number)
        if victim is None:
            return
        self.killed[kind] += 1
        for key, worker in held.items():
            if worker.endswith(f":{victim}"):
                self.waiting[key] = time.monotonic()
        if kind == "pause":
            threading.Timer(PAUSE_S, _wake, (victim,)).start()

    def _held(self) -> dict[tuple[str, int], str]:
        with contextlib.suppress(OperationalError), reading(self.engine) as tx:
            rows = tx.execute(select(work.c.id, work.c.attempt, work.c.worker).where(work.c.state == "running"))
            return {(row.id, row.attempt): str(row.worker) for row in rows}
        return {}

    def watch(self) -> None:
        """Sees when work of killed workers waits for another one (`freed`), and when it runs again: in between it stands in the line."""
        while not self.over.wait(0.1):
            ids = [id for id, _ in list(self.waiting)]
            with contextlib.suppress(OperationalError), reading(self.engine) as tx:
                rows = {row.id: row for row in tx.execute(select(work.c.id, work.c.attempt, work.c.state).where(work.c.id.in_(ids)))}
                for (id, attempt), since in list(self.waiting.items()):
                    row = rows.get(id)
                    if row is not None and (row.attempt > attempt or row.state == "queued"):
                        self.freed.setdefault((id, attempt), time.monotonic() - since)
                    if row is not None and row.attempt > attempt:
                        self.recovered.append(time.monotonic() - since)
                        del self.waiting[id, attempt]
                    elif row is None or row.state in ("done", "dropped"):
                        del self.waiting[id, attempt]  # it had finished just before

    def drain(self, patience_s: float = 60.0) -> float:
        """Waits until all work is done, as long as it goes on; how long that took. What is left then is told by the ledger."""
        begun = changed = time.monotonic()
        least = 10**9
        while time.monotonic() - changed < patience_s:
            self.service.keep()
            left = open_work(self.engine)
            if left == 0:
                break
            if left < least:
                least, changed = left, time.monotonic()
            time.sleep(0.25)
        return time.monotonic() - begun


def _wake(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def queue_gone(run: Run, seconds: float) -> None:
    """The queue is flushed, and then does not answer for so long; uploads go on."""
    for _ in range(50):  # it may just have been killed
        with contextlib.suppress(RedisError):
            opened(run.service.read())._short.flushall()
            run.flushes += 1
            break
        time.sleep(0.1)
    stopped = run.service.pids("queue")
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in stopped:
        _wake(pid)


def chaos(folder: Path, url: str, arguments: argparse.Namespace, restart: Callable[[], None] | None) -> dict[str, Any]:
    """One run on one database; `restart` kills and starts the database server."""
    service = Service(folder, SETTINGS | ({"YUSHEN_DATABASE_URL": url} if url else {}), workers=1, skewed=(3600, -3600))
    token = service.prepare()
    engine = database.connect(service.read().url)
    service.start()
    cold = service.ready()
    run = Run(service, engine, random.Random(arguments.seed), arguments.uploads, arguments.kills)
    begun = time.monotonic()
    watching = threading.Thread(target=run.watch, daemon=True)
    watching.start()
    clients = crowd(service.url, token, run.history, CLIENTS, arguments.seed, run.enough)
    disturbing = threading.Thread(target=_disturb, args=(run, arguments, restart), daemon=True)
    disturbing.start()
    run.nemesis(arguments.every)
    disturbing.join()
    for each in clients:
        each.join(600)
    loaded = time.monotonic() - begun
    service.kill("supervisor", run.chance)  # everything at once, at the end, with work still waiting
    drained = run.drain()
    run.over.set()
    watching.join()
    stopped = service.stop()
    broken = faults(service.read(), engine, run.history)
    broken |= {"uploads_missing": 0 if run.enough() else 1, "never_flushed": 0 if run.flushes else 1}
    if any(broken.values()):
        print(service.log()[-6000:], file=sys.stderr)
    return _told(run, broken, {"cold_start_s": cold, "load_s": loaded, "drain_s": drained, "stop_s": stopped})


def _disturb(run: Run, arguments: argparse.Namespace, restart: Callable[[], None] | None) -> None:
    """Besides the kills: a flushed and silent queue, and a database server that is killed."""
    time.sleep(5)
    queue_gone(run, arguments.silence)
    for _ in range(arguments.restarts if restart else 0):
        restart()  # type: ignore[misc]
        run.killed["database"] += 1
        time.sleep(10)


def _told(run: Run, broken: dict[str, int], times: dict[str, float]) -> dict[str, Any]:
    seconds = sorted(each.seconds for each in run.history.promises)
    free, again = sorted(run.freed.values()), sorted(run.recovered)
    return {
        "uploads": len({each.file_id for each in run.history.promises}),
        "promises": len(run.history.promises),
        "cases": len(run.history.cases),
        "kills": sum(run.killed.values()),
        "killed": dict(run.killed),
        "broken": broken,
        "taken_back_s": {"times": len(free), "median": _at(free, 0.5), "worst": _at(free, 1.0)},
        "running_again_s": {"times": len(again), "median": _at(again, 0.5), "worst": _at(again, 1.0)},
        "upload_s": {"median": _at(seconds, 0.5), "p99": _at(seconds, 0.99), "worst": _at(seconds, 1.0)},
        "refusals": {f"{status} {code}": n for (status, code), n in Counter(run.history.refusals).items()},
        **{name: round(value, 1) for name, value in times.items()},
    }


def _at(ordered: list[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else None


RECOVERY_S = 15.0
"""Within which work of a killed worker runs again."""


def recovery(folder: Path, url: str, rounds: int, *, supervised: bool = True) -> dict[str, Any]:
    """Only this: a worker is killed in the midst of a long piece of work; after how long does another have it? Not `supervised`: nobody
    sees it die, as when its machine goes, and the sweeper has to find out. `url`: of an empty database, "" for SQLite in the folder."""
    settings = SETTINGS | {"YUSHEN_BLIND_S": "1.5"} | ({"YUSHEN_DATABASE_URL": url} if url else {})
    service = Service(folder, settings, workers=2 if supervised else 1, skewed=() if supervised else (0,))
    token = service.prepare()
    engine = database.connect(service.read().url)
    service.start()
    service.ready()
    run = Run(service, engine, random.Random(1), 0, 0)
    watching = threading.Thread(target=run.watch, daemon=True)
    watching.start()
    client = Client(service.url, token, run.history, 1)
    while len(run.recovered) < rounds and sum(run.killed.values()) < 5 * rounds:  # one that had just finished its work tells nothing
        wanted = [f":{pid}" for pid in service.pids("worker")] if supervised else [f":{service.others[0].pid}"]
        client.packet()
        client.packet()
        while not any(worker.endswith(tuple(wanted)) for worker in run._held().values()):
            client.packet()
        run.strike("worker" if supervised else "alone")
        run.drain()
    run.over.set()
    service.stop()
    again = sorted(run.recovered)
    return {"kills": sum(run.killed.values()), "times": len(again), "median_s": _at(again, 0.5), "worst_s": _at(again, 1.0)}


@contextlib.contextmanager
def servers(names: str) -> Iterator[dict[str, tuple[Callable[[str], str], Callable[[], None] | None]]]:
    """Database name → what makes an empty one and tells its address, and how the server is killed and started again."""
    found: dict[str, tuple[Callable[[str], str], Callable[[], None] | None]] = {}
    with contextlib.ExitStack() as stack:
        if "sqlite" in names:
            found["sqlite"] = (lambda _: "", None)
        if "postgresql" in names:
            from tests.service_postgres import running

            server = stack.enter_context(running({"fsync": "on"}))

            found["postgresql"] = (server.new_database, server.kill)
        yield found


def asked(words: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--silence", type=float, default=60.0, help="seconds without the queue")
    parser.add_argument("--restarts", type=int, default=3, help="kills of the database server")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between kills")
    parser.add_argument("--rounds", type=int, help="of the measurement of recovery, default 10; 0: none")
    parser.add_argument("--full", action="store_true", help="10,000 uploads, 300 kills")
    parser.add_argument("--short", action="store_true", help="100 uploads, 15 kills on each database: what CI runs")
    arguments = parser.parse_args(words)
    if arguments.full:
        arguments.uploads, arguments.kills = 10_000, 300
    if arguments.short:
        arguments.uploads, arguments.kills, arguments.silence, arguments.restarts = 100, 15, 4.0, 1
    if arguments.rounds is None:
        arguments.rounds = 1 if arguments.short else 10
    return arguments


def told_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Runs it; `held` says whether every promise was kept."""
    told: dict[str, Any] = {"seed": arguments.seed, "held": True}
    with servers(arguments.databases) as found:
        for name, (new_database, restart) in found.items():
            with tempfile.TemporaryDirectory(prefix="yushen-chaos-") as folder:
                told[name] = chaos(Path(folder), new_database("chaos"), arguments, restart)
            told["held"] &= not any(told[name]["broken"].values())
            print(json.dumps({name: told[name]}), file=sys.stderr, flush=True)
            for kind in ("recovery", "recovery_unseen") if arguments.rounds else ():
                with tempfile.TemporaryDirectory(prefix="yushen-chaos-") as folder:
                    again = recovery(Path(folder), new_database(kind), arguments.rounds, supervised=kind == "recovery")
                told[name][kind] = again
                told["held"] &= again["times"] > 0 and again["worst_s"] <= RECOVERY_S
    return told


def main() -> int:
    """Runs what the arguments say; the last line is JSON."""
    told = told_of(asked())
    print(json.dumps(told))
    return 0 if told["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
