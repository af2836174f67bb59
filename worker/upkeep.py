"""What the sweeper sees to once a minute."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable

from sqlalchemy import Engine

from intake import accounts, audit, checkpoints, idempotency, machines, retention, storage, throttle
from intake.database import reading, writing
from intake.settings import Settings
from intake.storage import Blobs
from intake.vault import Vault

SELDOM_S = 3600.0

def tasks(settings: Settings, engine: Engine, vault: Vault, blobs: Blobs) -> tuple[Callable[[], None], ...]:
    """Each may fail by itself and is tried again a minute later."""

    def orphans() -> None:
        storage.collect(engine, blobs)

    def checkpoint() -> None:
        with reading(engine) as tx:
            head = checkpoints.newest(tx)
            grown = audit.size(tx) > (0 if head is None else head[0])
        if grown:
            with writing(engine) as tx:
                checkpoints.checkpoint(tx, vault)

    def old_rows() -> None:
        with writing(engine) as tx:
            idempotency.prune(tx)
            machines.sweep(tx)
            throttle.sweep(tx)
            accounts.sweep(tx)

    def retained() -> None:
        retention.sweep(engine, vault, blobs, settings)
        retention.finish(engine, blobs)

    return _seldom(orphans), checkpoint, old_rows, _seldom(retained)


def _seldom(task: Callable[[], None]) -> Callable[[], None]:
    """Once an hour, the first time at once: it lists all blobs."""
    due = 0.0

    @functools.wraps(task)
    def done() -> None:
        nonlocal due
        if time.monotonic() >= due:
            task()
            due = time.monotonic() + SELDOM_S

    return done
