"""A worker: claims work, does it, beats while it lives; waits for the bell, and looks by itself where nobody rings.

The networks are loaded once and kept. A beat tells the database that the worker lives, in a thread of its own: a native call cannot be
asked to say so. A worker whose claim was given to another works on to the end of the call and throws its result away.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import OperationalError

from extractors.sandbox import SandboxUnavailable
from intake import database, storage, vault, work
from intake.settings import Settings, SettingWrong
from worker import jobs, process
from worker.jobs import Tools
from worker.queue import Bell, opened

BEAT_S = 1.0
LOOK_S = 2
"""How long an idle worker waits for the bell before it looks by itself."""
NICE = 10
"""The API goes first: its p99 halves, and reading loses nothing."""
_LOG = logging.getLogger(__name__)


@dataclass
class Worker:
    """One worker process. `stopping` is set by a signal: the piece at hand is given back, nothing more is claimed."""

    tools: Tools
    bell: Bell
    name: str = field(default_factory=process.worker_name)
    stopping: threading.Event = field(default_factory=threading.Event)
    since: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Until it is stopped, or has grown too large: the supervisor then starts another."""
        self.bell.tidy()
        while not self.stopping.is_set():
            try:
                worked = self.once()
            except OperationalError as error:
                _LOG.warning("the database does not answer: %s", type(error.orig).__name__)
                self.stopping.wait(1.0)
                continue
            if worked and _resident_bytes() > self.tools.settings.worker_rss:
                _LOG.warning("worker is replaced: it holds more memory than YUSHEN_WORKER_RSS")
                return
            if not worked and not self.stopping.is_set():
                self.bell.wait(LOOK_S)

    def in_time(self) -> bool:
        """Whether the piece at hand does not take too long: else the pulse stops, and the supervisor ends this process."""
        return time.monotonic() - self.since < self.tools.settings.work_s

    def once(self) -> bool:
        """Does one piece of work; False when there is none."""
        self.since = time.monotonic()
        claim = work.claim(self.tools.engine, self.name)
        if claim is None:
            return False
        with self._beating(claim) as done:
            self._do(claim, done)
        return True

    def _do(self, claim: work.Claim, done: list[int]) -> None:
        def progress(pages: int) -> None:
            done[0] = pages
            if self.stopping.is_set():
                raise Stopped

        try:
            self.bell.ring(jobs.do(self.tools, claim, progress))
        except work.Lost:
            work.abandon(self.tools.engine, claim)
        except (Stopped, SandboxUnavailable):
            work.give_back(self.tools.engine, claim)
            self.stopping.set()
        except OperationalError:
            raise  # the sweeper takes the work back: nobody could be told now
        except Exception as error:
            # No message: it may hold what was read. The place in the code is enough to find the mistake.
            _LOG.error("%s %s failed: %s at %s", claim.kind, claim.id, type(error).__name__, _place(error))
            work.fail(self.tools.engine, claim, self.tools.settings.attempts)

    @contextlib.contextmanager
    def _beating(self, claim: work.Claim) -> Iterator[list[int]]:
        """While the work lasts its beat is counted up; the list holds the pages done, for others to see."""
        done, over = [0], threading.Event()

        def beat() -> None:
            while not over.wait(BEAT_S):
                try:
                    if not work.beat(self.tools.engine, claim, done[0]):
                        return
                except OperationalError:
                    continue

        thread = threading.Thread(target=beat, name="beat", daemon=True)
        thread.start()
        try:
            yield done
        finally:
            over.set()
            thread.join()


class Stopped(Exception):
    """The worker is to end: what it was at is given back between two pages."""


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def run(settings: Settings) -> None:
    """The worker process: `yushen worker`."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # two workers with default threads lost 45 % of their speed
    os.nice(NICE)
    from extractors import networks, sandbox
    from worker.engine import engine_of

    networks.require(settings.models)
    sandbox.shared().start()
    if settings.production and (missing := sandbox.shared().status().missing):
        raise SettingWrong(f"this machine does not give the sandbox: {', '.join(missing)}; in production nothing is read without")
    tools = Tools(settings, database.connect(settings.url, pool=3), vault.opened(settings), storage.opened(settings), engine_of(settings))
    worker = Worker(tools, opened(settings))
    process.ready(worker.stopping, worker.in_time)
    try:
        worker.run()
    finally:
        sandbox.shared().close()
