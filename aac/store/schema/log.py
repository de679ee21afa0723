"""What another place has to be told of this database: every row in the order stored, and which of them it told us."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from aac.store.schema.columns import client_id, created, metadata, numbered

_SEQ = BigInteger().with_variant(Integer, "sqlite")

# Filled by triggers (aac/store/telling.py). row_key: the row's id, or its number where it has no id; links between rows
# stand under the row that they belong to.
changes = Table(
    "changes",
    metadata,
    numbered(),
    Column("table_name", Text, nullable=False),
    Column("row_key", Text, nullable=False),
    Index(None, "table_name", "row_key"),
    sqlite_autoincrement=True,
)

# The latest row holds: it is this database's own name among those that write into the same log.
lineages = Table("lineages", metadata, numbered(), client_id(), created(), sqlite_autoincrement=True)

# The changes first_seq to last_seq came out of the log, and need not go there.
taken_in = Table(
    "taken_in",
    metadata,
    Column("first_seq", _SEQ, primary_key=True, autoincrement=False),
    Column("last_seq", _SEQ, nullable=False),
)

BOOKKEEPING = (changes, lineages, taken_in)
