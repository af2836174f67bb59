"""All tables, as they are at the first release, and PostgreSQL's guard of their rows. The statements stand beside this file."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """All tables."""
    connection = op.get_bind()
    written = Path(__file__).with_name(f"m0001_{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in written.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
