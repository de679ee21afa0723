"""What waits to be judged, who saw it, and the settings that a page changes."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text

from aac.store.schema.columns import client_id, created, metadata, numbered, reference

# kind: "rate" (one answer), "review" (a shipped set) or "compare" (two answers).
# contestants: JSON list of [model, adapter], one a slot, empty where the generations are there from the start.
queue_items = Table(
    "queue_items",
    metadata,
    numbered(),
    client_id(),
    Column("kind", Text, nullable=False),
    reference("prompt_id", "prompts.id"),
    Column("contestants", Text, nullable=False),
    created(),
    Index(None, "kind", "seq"),
    sqlite_autoincrement=True,
)

queue_generations = Table(
    "queue_generations",
    metadata,
    Column("item_id", Text, ForeignKey("queue_items.id"), primary_key=True),
    Column("slot", Integer, primary_key=True),
    reference("generation_id", "generations.id"),
    Column("disagreement", Float),  # 0–100, how unlike the other slots' answers; known with the last slot
    Index(None, "generation_id"),
)

# outcome: "served", "done" or "skipped".
queue_progress = Table(
    "queue_progress",
    metadata,
    numbered(),
    client_id(),
    reference("item_id", "queue_items.id"),
    reference("annotator_id", "annotators.id"),
    Column("outcome", Text, nullable=False),
    created(),
    Index(None, "item_id", "outcome", "annotator_id"),
    Index(None, "annotator_id", "outcome", "item_id"),
    sqlite_autoincrement=True,
)

# The latest row of a name holds.
setting_changes = Table(
    "setting_changes",
    metadata,
    numbered(),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    created(),
    Index(None, "name", "seq"),
    sqlite_autoincrement=True,
)
