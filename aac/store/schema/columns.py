"""What the tables have in common: how things are named, numbered and dated.

Times are UTC as ISO 8601 text with milliseconds; their order is not relied upon (a clock may step back): `seq` is.
Ids are text: UUIDs made by the client for annotations, so that a repeated request stores one row.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def numbered() -> Column[int]:
    """`seq`: the order in which the rows were stored."""
    return Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def own_id() -> Column[str]:
    """`id`, by which a row is known."""
    return Column("id", Text, primary_key=True)


def client_id() -> Column[str]:
    """The same where `seq` is the key."""
    return Column("id", Text, nullable=False, unique=True)


def created() -> Column[str]:
    """`created_utc`."""
    return Column("created_utc", Text, nullable=False)


def reference(name: str, target: str, nullable: bool = False) -> Column[str]:
    """The id of a row of another table; target: "table.column"."""
    return Column(name, Text, ForeignKey(target), nullable=nullable)
