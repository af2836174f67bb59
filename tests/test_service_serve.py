"""`yushen serve`: there quickly, ends cleanly, takes everything with it when it is killed, and comes back by itself."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.clients import Client, History
from benchmarks.ledger import faults, open_work
from benchmarks.served import Service, children, command_of
from intake import database
from worker.supervise import Part, Supervisor

BLIND = {"YUSHEN_BLIND_S": "0.01", "YUSHEN_FREE_BYTES": "0", "YUSHEN_LEASE_S": "3"}
CHANCE = random.Random(1)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path, BLIND, workers=1)
    yield made
    made.stop()


def family(pid: int) -> set[int]:
    """A process and all below it."""
    found, new = set(), {pid}
    while new:
        found |= new
        new = {child for each in new for child in children(each)} - found
    return found


def gone(pids: set[int], seconds: float = 10) -> set[int]:
    """Those that still run after a while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and (left := {pid for pid in pids if command_of(pid)}):
        time.sleep(0.05)
    return left


def drained(service: Service, seconds: float = 90) -> None:
    engine, until = database.connect(service.read().url), time.monotonic() + seconds
    while open_work(engine) and time.monotonic() < until:
        time.sleep(0.1)
    engine.dispose()


def test_it_serves_ends_cleanly_and_starts_again_after_kill_9(service: Service) -> None:
    token, history = service.prepare(), History()
    service.start()
    service.ready()
    client = Client(service.url, token, history, 1)
    for _ in range(3):
        client.packet()
    assert service.supervisor is not None
    before = family(service.supervisor.pid)
    assert len(before) >= 5, "API, sweeper, worker, queue and their supervisor"
    os.kill(service.supervisor.pid, signal.SIGKILL)
    service.supervisor.wait()
    assert gone(before) == set(), "children outlive a killed parent"
    service.start()
    service.ready()
    for _ in range(2):
        client.packet()
    drained(service)
    engine = database.connect(service.read().url)
    assert not any(faults(service.read(), engine, history).values())
    engine.dispose()
    after = family(service.supervisor.pid)
    assert service.stop() < 20 and service.supervisor.returncode == 0
    assert gone(after, 1) == set()
    log = service.log()
    assert log.rstrip().endswith("stopped") and "Traceback" not in log
    for part in ("queue: embedded", "api: ready", "sweeper: ready", "worker 1: ready"):
        assert part in log


def test_a_killed_worker_is_replaced_and_its_work_done(service: Service) -> None:
    service.settings["YUSHEN_BLIND_S"] = "0.5"
    service.environment |= service.settings
    token, history = service.prepare(), History()
    service.start()
    service.ready()
    Client(service.url, token, history, 2).packet()
    killed = service.kill("worker+children", CHANCE) or service.kill("worker", CHANCE)
    drained(service)
    engine = database.connect(service.read().url)
    assert killed and not any(faults(service.read(), engine, history).values())
    engine.dispose()
    assert "SIGKILL), starts again" in service.log()


def supervised(tmp_path: Path, code: str, seconds: float, monkeypatch: pytest.MonkeyPatch, silent_s: float = 20.0) -> list[str]:
    """What a supervisor says of one part that runs this program, in so many seconds."""
    import sys

    monkeypatch.setattr("worker.supervise.SILENT_S", silent_s)
    monkeypatch.setattr("worker.supervise.START_S", 30.0)
    monkeypatch.setattr("worker.process.stop_on_signals", lambda stopping: None)
    said: list[str] = []
    made = Supervisor([Part("part", [sys.executable, "-c", code])], said.append)
    import threading

    threading.Timer(seconds, made.stopping.set).start()
    made.run()
    return said


def test_a_part_that_hangs_is_ended_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hang = "import os,time; os.write(int(os.environ['SUPERVISOR_PULSE']), b'r'); time.sleep(60)"
    said = supervised(tmp_path, hang, 3.0, monkeypatch, silent_s=0.5)
    assert "ready" in said[0] and "no sign of life" in said[1] and "SIGKILL" in said[2]


def test_a_part_that_dies_at_once_comes_back_ever_more_slowly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = supervised(tmp_path, "raise SystemExit(3)", 4.0, monkeypatch)
    assert 2 <= sum("code 3" in each for each in said) <= 4
    assert "starts again in 0.5 s" in said[0] and said[-1] == "stopped"
