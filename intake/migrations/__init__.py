"""The database's form, changed step by step. `migrate` brings any database to the newest step; safe to call from many at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from intake.database import insert_if_absent, writing
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
    for name in ("seq", "audit"):
        insert_if_absent(tx, counters, name=name, value=0)
