"""One use case, one transaction: who acts, with which keys, and what is to be rung once it is committed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from intake.database import reading, writing
from intake.scope import Scope, who
from intake.vault import Vault


@dataclass(frozen=True, slots=True)
class Act:
    """What each use case works with. `rings`: ids of the work that came of it, for the doorbell after the commit."""

    tx: Connection
    vault: Vault
    scope: Scope
    rings: list[str] = field(default_factory=list)


@contextlib.contextmanager
def acting(engine: Engine, vault: Vault, scope: Scope) -> Iterator[Act]:
    """A transaction in which `scope` changes something; all of it or nothing."""
    with writing(engine, who(scope)) as tx:
        yield Act(tx, vault, scope)


@contextlib.contextmanager
def looking(engine: Engine, vault: Vault, scope: Scope) -> Iterator[Act]:
    """A transaction in which `scope` only reads."""
    with reading(engine, who(scope)) as tx:
        yield Act(tx, vault, scope)
