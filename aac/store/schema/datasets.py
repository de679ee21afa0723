"""Imported sets, frozen versions, and the split that a prompt keeps."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from aac.store.schema.columns import client_id, created, metadata, numbered, own_id, reference

imports = Table(
    "imports",
    metadata,
    numbered(),
    client_id(),
    Column("source", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("dialect", Text),
    created(),
    sqlite_autoincrement=True,
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("import_id", Text, ForeignKey("imports.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    reference("correction_id", "corrections.id"),
    Index(None, "correction_id"),
)

dataset_versions = Table(
    "dataset_versions",
    metadata,
    own_id(),
    Column("name", Text, nullable=False),
    Column("rows_sha256", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    created(),
)

dataset_version_rows = Table(
    "dataset_version_rows",
    metadata,
    Column("version_id", Text, ForeignKey("dataset_versions.id"), primary_key=True),
    Column("row_id", Text, primary_key=True),
    Index(None, "row_id"),
)

# event: "published" (with where), "withdrawn" (with why), or "erased": published, and a row of it was erased since.
dataset_version_events = Table(
    "dataset_version_events",
    metadata,
    numbered(),
    reference("version_id", "dataset_versions.id"),
    Column("event", Text, nullable=False),
    Column("note", Text, nullable=False),
    created(),
    Index(None, "version_id"),
    sqlite_autoincrement=True,
)

# The first split of every prompt that was ever in a version; shipped prompts have theirs in the shipped files.
prompt_splits = Table(
    "prompt_splits",
    metadata,
    Column("text", Text, primary_key=True),
    Column("split", Text, nullable=False),
    reference("version_id", "dataset_versions.id"),
)
