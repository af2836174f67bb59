"""All parts of the service under one supervisor: starts them, starts them again, ends those that hang, and ends with them.

A part that was killed comes back at once, or after a second when that happens again and again; one that dies before it is ready comes
back ever more slowly. No part outlives the
supervisor, however that ends (see process.py), and nothing of theirs needs to be tidied before the next start.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from intake.settings import Settings
from worker import process

SILENT_S = 20.0
"""A part whose pulse has stopped for so long is ended. Longer than a lease: its work is another's by then."""
START_S = 60.0
GRACE_S = 20.0
"""How long parts may take to end by themselves: the time of a page."""
STEADY_S = 10.0
PAUSES_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
Say = Callable[[str], None]


@dataclass
class Part:
    """One child. `before` runs ahead of each start, `after` once its process has ended."""

    name: str
    command: Sequence[str]
    pulses: bool = True
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    process: subprocess.Popen[bytes] | None = None
    pipe: int = -1
    ready: bool = False
    started: float = 0.0
    heard: float = 0.0
    deaths: int = 0
    start_at: float = 0.0

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self.process is not None


@dataclass
class Supervisor:
    """Runs until it is asked to stop. `say` prints one line per change of a part."""

    parts: Sequence[Part]
    say: Say
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Starts all parts, keeps them, and ends them."""
        process.stop_on_signals(self.stopping)
        self._selector = selectors.DefaultSelector()
        try:
            while not self.stopping.is_set():
                self._look(time.monotonic())
                self._listen(0.1)
        finally:
            self._end()

    def _look(self, now: float) -> None:
        for part in self.parts:
            if part.process is None:
                if now >= part.start_at:
                    self._start(part, now)
            elif (code := part.process.poll()) is not None:
                self._ended(part, code, now)
            elif part.pulses and now - part.heard > (SILENT_S if part.ready else START_S):
                self.say(f"{part.name}: no sign of life for {SILENT_S:.0f} s, ended")
                part.process.kill()
                part.heard = now

    def _start(self, part: Part, now: float) -> None:
        part.before()
        near, far = os.pipe()
        environment = self.environment | ({process.PULSE: str(far)} if part.pulses else {})
        part.process = subprocess.Popen(
            part.command, env=environment, pass_fds=(far,), stdin=subprocess.DEVNULL, preexec_fn=process.die_with_parent
        )
        os.close(far)
        os.set_blocking(near, False)
        part.pipe, part.started, part.heard, part.ready = near, now, now, not part.pulses
        self._selector.register(near, selectors.EVENT_READ, part)

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            part: Part = key.data
            said = os.read(key.fd, 4096)
            if not said:
                self._selector.unregister(key.fd)
                continue
            part.heard = time.monotonic()
            if not part.ready:
                part.ready = True
                self.say(f"{part.name}: ready (process {part.process.pid if part.process else '?'})")

    def _ended(self, part: Part, code: int, now: float) -> None:
        if part.pipe in self._selector.get_map():
            self._selector.unregister(part.pipe)
        os.close(part.pipe)
        assert part.process is not None
        threading.Thread(target=part.after, daemon=True).start()
        part.process = None
        part.deaths = 0 if now - part.started > STEADY_S else part.deaths + 1
        pauses = PAUSES_S[: 3 if part.ready else None]
        pause = pauses[min(part.deaths, len(pauses) - 1)]
        part.start_at = now + pause
        self.say(f"{part.name}: ended ({_how(code)}), starts again{f' in {pause:g} s' if pause else ''}")

    def _end(self) -> None:
        """The parts in reverse order, the queue last; what does not end in time is killed."""
        live = [part for part in reversed(self.parts) if part.process is not None]
        deadline = time.monotonic() + GRACE_S
        for part in (each for each in live if each.pulses):
            _signal(part, signal.SIGTERM)
        for part in live:
            if not part.pulses:
                _signal(part, signal.SIGTERM)
            assert part.process is not None
            try:
                part.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                part.process.kill()
                part.process.wait()
        self.say("stopped")


def _signal(part: Part, number: signal.Signals) -> None:
    if part.process is not None and part.process.poll() is None:
        part.process.send_signal(number)


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"code {code}"


def serve(settings: Settings, say: Say, *, api: bool = True, sweeper: bool = True, workers: int | None = None) -> None:
    """The whole service on this machine, or a part of it (`yushen worker`: `api` and `sweeper` False)."""
    parts = []
    if api and not settings.redis_url:
        parts.append(_queue(settings, say))
    program = [sys.executable, "-m", "api.cli"]
    if api:
        parts.append(Part("api", [*program, "api"]))
    if sweeper:
        parts.append(Part("sweeper", [*program, "sweeper"]))
    number = workers if workers is not None else settings.workers or os.cpu_count() or 1
    released = _release(settings)
    parts += [Part(f"worker {n}", [*program, "worker", "--one"], after=released) for n in range(1, number + 1)]
    Supervisor(parts, say).run()


def _release(settings: Settings) -> Callable[[], None]:
    """What an ended worker held goes to another at once, without waiting until the sweeper has seen it silent for a lease."""

    def after() -> None:
        from sqlalchemy.exc import OperationalError

        from intake import database, work

        engine = database.connect(settings.url, pool=1)
        try:
            with database.reading(engine) as tx:
                claims = work.running(tx)
            work.release(engine, claims, process.gone, settings.attempts)
        except OperationalError:
            return  # the sweeper will
        finally:
            engine.dispose()

    return after


def _queue(settings: Settings, say: Say) -> Part:
    from worker.queue import server_command, socket_path

    def free() -> None:
        socket_path(settings).unlink(missing_ok=True)

    say("queue: embedded, in memory")
    return Part("queue", server_command(settings), pulses=False, before=free)
