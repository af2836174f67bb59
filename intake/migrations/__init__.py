"""The database's form, changed step by step. `migrate` brings any database to the newest step; safe to call from many at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from intake.database import writing
from intake.tables import counters

LOCK = 0x59757368
"""Of PostgreSQL, held while migrating."""


def migrate(engine: Engine) -> None:
    """Brings the database to the newest form and makes the counters."""
    with writing(engine) as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(configuration(tx), "head")
        _counters(tx)


def version(tx: Connection) -> str:
    """The newest step that the database has taken."""
    return str(MigrationContext.configure(tx).get_current_revision())


def configuration(tx: Connection) -> Config:
    """Alembic's configuration, which reads no file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = tx
    return config


def _counters(tx: Connection) -> None:
    held = set(tx.execute(select(counters.c.name)).scalars())
    insert = insert_postgresql if tx.dialect.name == "postgresql" else insert_sqlite
    for name in {"seq", "audit"} - held:
        tx.execute(insert(counters).values(name=name, value=0).on_conflict_do_nothing())
