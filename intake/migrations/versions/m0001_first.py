"""All tables, as they are at the first release, and PostgreSQL's guard of their rows."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from intake.rowguard import policies
from intake.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """All tables."""
    connection = op.get_bind()
    metadata.create_all(connection)
    if connection.dialect.name == "postgresql":
        for statement in policies():
            connection.execute(text(statement))
