"""The sweeper: sees to it that all work that waits is rung for, and that work whose worker is gone is done by another.

A worker of the same machine is gone when its process is. Of others it believes no clock but its own monotonic one: a worker is gone
when its beat has stood still for a lease while *this* process looked on.
Several sweepers do no harm. Once a minute it does what else is due: blobs that belong to nothing, cases past their time, checkpoints of
the audit log, old keys.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from intake import work
from intake.database import reading
from intake.settings import Settings
from intake.work import Running
from worker import process
from worker.queue import Bell

EVERY_S = 1.0
UPKEEP_S = 60.0
_LOG = logging.getLogger(__name__)
Upkeep = Callable[[], None]


@dataclass
class Watch:
    """Which claims were seen, with which beat, and since when (this process' monotonic seconds)."""

    lease_s: float
    seen: dict[tuple[str, int], tuple[int, float]] = field(default_factory=dict)

    def silent(self, claims: Iterable[Running], at: float) -> list[Running]:
        """The claims whose beat has not changed for a lease."""
        present = {(each.id, each.attempt): each for each in claims}
        self.seen = {key: held for key, held in self.seen.items() if key in present}
        gone = []
        for key, each in present.items():
            beat, since = self.seen.get(key, (-1, at))
            if beat != each.beat:
                self.seen[key] = (each.beat, at)
            elif at - since >= self.lease_s:
                gone.append(each)
        return gone

    def forget(self) -> None:
        """Nothing was seen for a while: who was silent meanwhile may have been unable to speak."""
        self.seen.clear()


@dataclass
class Sweeper:
    """One sweeper process."""

    settings: Settings
    engine: Engine
    bell: Bell
    upkeep: tuple[Upkeep, ...] = ()
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until it is stopped."""
        watch = Watch(self.settings.lease_s)
        threading.Thread(target=self._keep_up, name="upkeep", daemon=True).start()
        looked = time.monotonic()
        while not self.stopping.is_set():
            if time.monotonic() - looked > self.settings.lease_s / 2:
                watch.forget()  # this process was stopped, or the database away: the workers' silence is ours
            try:
                self.sweep(watch)
                looked = time.monotonic()
            except OperationalError as error:
                _LOG.warning("the database does not answer: %s", type(error.orig).__name__)
            self.stopping.wait(EVERY_S)

    def sweep(self, watch: Watch) -> None:
        """Gives back what nobody does any more, and rings for what waits and has no ring."""
        with reading(self.engine) as tx:
            claims, waiting = work.running(tx), work.queued(tx)
        self.bell.ring(work.release(self.engine, claims, process.gone, self.settings.attempts), front=True)
        for each in watch.silent(claims, time.monotonic()):
            if work.take_back(self.engine, each, self.settings.attempts):
                _LOG.warning("work taken back from a worker that is gone: %s", each.id)
                self.bell.ring([each.id], front=True)
        rings = self.bell.length()
        if rings is not None and rings < len(waiting):
            self.bell.ring(waiting[: len(waiting) - rings])

    def _keep_up(self) -> None:
        while not self.stopping.wait(UPKEEP_S):
            for each in self.upkeep:
                try:
                    each()
                except Exception as error:
                    _LOG.error("upkeep %s failed: %s", getattr(each, "__name__", "?"), type(error).__name__)


def run(settings: Settings) -> None:
    """The sweeper process: `yushen sweeper`."""
    from intake import database, storage, vault
    from worker import deliver, upkeep
    from worker.queue import opened

    engine = database.connect(settings.url, pool=3)
    keys = vault.opened(settings)
    tasks = upkeep.tasks(settings, engine, keys, storage.opened(settings))
    sweeper = Sweeper(settings, engine, opened(settings), tasks)
    process.ready(sweeper.stopping)
    told = (engine, keys, settings, sweeper.stopping)
    threading.Thread(target=deliver.run, args=told, name="deliver", daemon=True).start()
    sweeper.run()
