"""All tables, as they are at the first release."""

from __future__ import annotations

from alembic import op

from intake.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """All tables."""
    metadata.create_all(op.get_bind())
