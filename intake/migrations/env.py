"""Run by Alembic for each migration, on the connection that `migrate` holds: its transaction is the caller's."""

from __future__ import annotations

from alembic import context

from intake.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, compare_type=True)
context.run_migrations()
