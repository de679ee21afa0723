"""Who annotates, what they agreed to, and what they took back."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from aac.store.schema.columns import client_id, created, metadata, numbered, own_id, reference

annotators = Table("annotators", metadata, own_id(), created())

consents = Table(
    "consents",
    metadata,
    numbered(),
    client_id(),
    reference("annotator_id", "annotators.id"),
    Column("version", Text, nullable=False),
    Column("language", Text, nullable=False),
    created(),
    Index(None, "annotator_id"),
    sqlite_autoincrement=True,
)

# A row whose id stands here was erased: the database refuses to take it again.
tombstones = Table(
    "tombstones",
    metadata,
    Column("row_id", Text, primary_key=True),
    Column("table_name", Text, nullable=False),
    Column("erasure_id", Text, nullable=False),
    created(),
    Index(None, "erasure_id"),
)
