"""The one way to the database: short transactions, each whole or not at all, on SQLite (WAL) or PostgreSQL.

Every use case is `with writing(db) as tx:` or `with reading(db, scope) as tx:`. SQLite's default transactions begin without the
write lock and lose updates of two writers without an error; here a writing transaction begins with it (BEGIN IMMEDIATE).
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, DateTime, Dialect, Engine, Row, Table, create_engine, event, insert, text, update
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

_LINES: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()
BUSY_SECONDS = 20
"""How long a writer of SQLite waits for another one."""

POSTGRESQL = {"connect_timeout": 5, "options": "-c jit=off"}
"""Row security makes every plan look dear, and compiling one takes longer than running it."""


class Moment(TypeDecorator[datetime]):
    """An aware UTC time. SQLite gives back naive ones, and a naive one going in is a mistake (ValueError)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What is stored: UTC, without its zone where the database has no such type."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Who:
    """As whom the database is read where it guards its rows itself (PostgreSQL): see `scope.Scope`. `organisation` "*": all rows,
    for workers, sweeper and commands."""

    organisation: str = "*"


EVERYTHING = Who()


def connect(url: str, *, pool: int = 8) -> Engine:
    """The engine of this process. Never carried over a fork: each process connects for itself."""
    if url.startswith("sqlite"):
        options = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        engine = create_engine(url, poolclass=QueuePool, pool_size=pool, max_overflow=4, connect_args=options)
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        engine = create_engine(url, pool_size=pool, max_overflow=4, pool_pre_ping=True, connect_args=POSTGRESQL)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return engine


def _sqlite_connected(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin transactions by itself, and too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reads") else "BEGIN IMMEDIATE")


@contextlib.contextmanager
def writing(engine: Engine, who: Who = EVERYTHING) -> Iterator[Connection]:
    """A transaction that changes something; committed at the end of the block, rolled back when it raises."""
    with _in_line(engine), engine.connect() as connection, connection.begin():
        _tell(connection, who)
        yield connection


def _in_line(engine: Engine) -> contextlib.AbstractContextManager[object]:
    """SQLite's writers poll for the lock, ever more seldom, and some wait for seconds: those of one process stand in line instead."""
    if engine.dialect.name != "sqlite":
        return contextlib.nullcontext()
    return _LINES.setdefault(engine, threading.Lock())


@contextlib.contextmanager
def reading(engine: Engine, who: Who = EVERYTHING) -> Iterator[Connection]:
    """A transaction that only reads: one consistent view, never waiting for writers."""
    with engine.connect().execution_options(reads=True) as connection, connection.begin():
        _tell(connection, who)
        yield connection


def _tell(connection: Connection, who: Who) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config('yushen.organisation', :o, true)"), {"o": who.organisation})


def count(tx: Connection, name: str = "seq") -> int:
    """The next number of a counter, from 1: in the order of commits, since its row stays locked until then."""
    from intake.tables import counters

    raised = update(counters).where(counters.c.name == name).values(value=counters.c.value + 1).returning(counters.c.value)
    value = tx.execute(raised).scalar()
    if value is None:
        tx.execute(insert(counters).values(name=name, value=1))
    return 1 if value is None else int(value)


def insert_if_absent(tx: Connection, table: Table, **values: Any) -> None:
    """A row, unless its key is there already: no error, and no gap between looking and writing for another one to write in."""
    from sqlalchemy.dialects import postgresql, sqlite

    made = postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)
    tx.execute(made.values(**values).on_conflict_do_nothing())


def insert_or_hold(tx: Connection, table: Table, **values: Any) -> Row[Any]:
    """The row of this key, made if it is not there, held until the transaction ends.

    One statement, since in PostgreSQL another transaction may delete the row between an insert that found it and a look at it.
    """
    from sqlalchemy.dialects import postgresql, sqlite

    made = (postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)).values(**values)
    key = list(table.primary_key)
    held = made.on_conflict_do_update(index_elements=key, set_={each.name: made.excluded[each.name] for each in key})
    return tx.execute(held.returning(table)).one()


def now() -> datetime:
    """This machine's time, aware UTC. Never compared with another machine's to decide whether it lives (see work.py)."""
    return datetime.now(UTC)
