"""What the columns of all tables have in common: names of keys, ids, order, the case they belong to, times."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String

from intake.database import Moment

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
Seq = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database counts up; SQLite counts only plain INTEGER keys."""


def identity() -> Column[str]:
    """A random id (ids.py), the key."""
    return Column("id", String(40), primary_key=True)


def counted() -> Column[int]:
    """A key that the database counts up."""
    return Column("seq", Seq, primary_key=True, autoincrement=True)


def of_case(**options: bool) -> Column[str]:
    """The case that a row belongs to; `nullable` and `index` as of a column."""
    return Column("case_id", String(40), ForeignKey("cases.id"), nullable=options.get("nullable", False), index=options.get("index", True))


def moment(name: str = "created_at", nullable: bool = False) -> Column[object]:
    """An aware UTC time."""
    return Column(name, Moment, nullable=nullable)
