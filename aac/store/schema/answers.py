"""What was asked, and what models answered."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, Table, Text

from aac.store.schema.columns import created, metadata, own_id, reference

# source: "person" (typed by `annotator_id`), "list" (uploaded), "shipped" or "import".
prompts = Table(
    "prompts",
    metadata,
    own_id(),
    Column("text", Text, nullable=False),
    Column("source", Text, nullable=False),
    reference("annotator_id", "annotators.id", nullable=True),
    created(),
    Index(None, "text"),
    Index(None, "annotator_id"),
)

# contestant: the base model, with the adapter's name and the first digits of its weights' hash where it had one.
generations = Table(
    "generations",
    metadata,
    own_id(),
    reference("prompt_id", "prompts.id"),
    Column("contestant", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("adapter", Text),
    Column("adapter_sha256", Text),
    Column("request", Text, nullable=False),
    Column("raw_text", Text, nullable=False),
    Column("parser_version", Integer, nullable=False),
    Column("finish", Text, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("duration_s", Float, nullable=False),
    created(),
    Index(None, "prompt_id"),
    Index(None, "contestant"),
)
