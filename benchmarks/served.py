"""A service of one's own for a run: in a temporary folder, on a free port, its parts findable so that they can be killed."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from intake import database, machines, people, vault
from intake.migrations import migrate
from intake.scope import MACHINE_SCOPES
from intake.settings import Settings, from_environment
from worker import process

ROOT = Path(__file__).resolve().parent.parent
MARKS = {"api": "api.cli api", "sweeper": "api.cli sweeper", "worker": "api.cli worker --one", "queue": "valkey-server"}


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Service:
    """`yushen serve` with settings of its own; `skewed`: workers besides, whose clocks go wrong by so many seconds."""

    folder: Path
    settings: dict[str, str]
    workers: int = 2
    skewed: tuple[int, ...] = ()
    port: int = field(default_factory=free_port)
    supervisor: subprocess.Popen[bytes] | None = None
    others: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = {"YUSHEN_DATA": str(self.folder / "data"), "YUSHEN_PORT": str(self.port), **self.settings}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YUSHEN_")}
        self.environment = kept | own | {"OMP_NUM_THREADS": "1"}
        self.url = f"http://127.0.0.1:{self.port}"

    def read(self) -> Settings:
        """The settings as the service reads them."""
        return from_environment(self.environment)

    def prepare(self) -> str:
        """Database, a bank with a branch, and a machine of it: the token that speaks for it."""
        settings = self.read()
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = database.connect(settings.url)
        migrate(engine)
        vault.opened(settings).prepare(engine)
        with database.writing(engine) as tx:
            bank = people.add_organisation(tx, "bank", "bank", actor="command")
            branch = people.add_organisation(tx, "branch", "branch", bank=bank, actor="command")
            client = machines.add_client(tx, branch, "case system", frozenset(MACHINE_SCOPES), actor="command")
            token = machines.store(tx, client, "token", frozenset(MACHINE_SCOPES), timedelta(days=1))
        engine.dispose()
        return token

    def start(self) -> None:
        """Starts the supervisor and the workers whose clocks go wrong."""
        command = [sys.executable, "-m", "api.cli", "serve", "--workers", str(self.workers)]
        self.supervisor = self._spawn(command)
        self.keep()

    def keep(self) -> None:
        """Starts again what has no supervisor: it, and the workers with wrong clocks."""
        if self.supervisor is not None and self.supervisor.poll() is not None:
            self.supervisor = self._spawn([sys.executable, "-m", "api.cli", "serve", "--workers", str(self.workers)])
        for seconds in self.skewed:
            known = self.others.get(seconds)
            if known is None or known.poll() is not None:
                self.others[seconds] = self._spawn([sys.executable, "-m", "benchmarks.skewed", str(seconds)])

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "serve.log").open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, preexec_fn=process.die_with_parent)

    def ready(self, seconds: float = 60) -> float:
        """Waits until requests are served; how long that took. Raises TimeoutError."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            try:
                if httpx.get(f"{self.url}/ready", timeout=1).status_code == 200:
                    return time.monotonic() - begun
            except httpx.HTTPError:
                time.sleep(0.05)
        raise TimeoutError(f"not ready: {self.log()[-2000:]}")

    def log(self) -> str:
        """What the parts said."""
        return (self.folder / "serve.log").read_text(encoding="utf-8", errors="replace")

    def pids(self, kind: str) -> list[int]:
        """Processes of a part: api, sweeper, worker (those with wrong clocks too), queue, supervisor, alone (workers without one)."""
        assert self.supervisor is not None
        if kind == "supervisor":
            return [self.supervisor.pid]
        if kind == "alone":
            return [each.pid for each in self.others.values() if each.poll() is None]
        found = [pid for pid in children(self.supervisor.pid) if MARKS[kind] in command_of(pid)]
        return found + ([each.pid for each in self.others.values() if each.poll() is None] if kind == "worker" else [])

    def kill(self, kind: str, chance: random.Random, number: int = signal.SIGKILL) -> int | None:
        """Sends a signal to one process of a part; with `worker+children` to its children too. The process, None when there was none."""
        living = self.pids(kind.split("+")[0])
        if not living:
            return None
        victim = chance.choice(living)
        family = [victim, *children(victim)] if kind.endswith("+children") else [victim]
        for pid in family:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        return victim

    def stop(self) -> float:
        """Asks the supervisor to end; how long it took."""
        begun = time.monotonic()
        for each in (self.supervisor, *self.others.values()):
            if each is not None and each.poll() is None:
                each.send_signal(signal.SIGTERM)
                each.send_signal(signal.SIGCONT)
        for each in (self.supervisor, *self.others.values()):
            if each is not None:
                try:
                    each.wait(30)
                except subprocess.TimeoutExpired:
                    each.kill()
        return time.monotonic() - begun


def children(pid: int) -> list[int]:
    """Processes that this one started and that still live."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(word) for task in tasks for word in (task / "children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def command_of(pid: int) -> str:
    """Its command line, "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def resident_mb(pid: int) -> float:
    """Memory that it holds, 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, IndexError):
        return 0.0


def processor_s(pid: int) -> float:
    """Processor seconds that it has used, 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0.0
