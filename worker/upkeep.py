"""What the sweeper sees to once a minute."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from intake import audit, checkpoints, idempotency, storage
from intake.database import reading, writing
from intake.settings import Settings
from intake.storage import Blobs
from intake.vault import Vault


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

    def old_keys() -> None:
        with writing(engine) as tx:
            idempotency.prune(tx)

    return orphans, checkpoint, old_keys
