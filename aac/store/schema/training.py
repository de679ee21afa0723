"""Runs, the adapters that they made, their scores, which one speaks, and what was pushed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from aac.store.schema.columns import client_id, created, metadata, numbered, own_id, reference

runs = Table(
    "runs",
    metadata,
    own_id(),
    reference("version_id", "dataset_versions.id", nullable=True),
    Column("config", Text, nullable=False),
    created(),
    Column("options", Text),  # JSON: the preset's name, where it runs, where to push
)

# Who works on a run: the latest number holds, and whoever has an earlier one may write nothing more.
run_claims = Table(
    "run_claims",
    metadata,
    Column("run_id", Text, ForeignKey("runs.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("worker", Text, nullable=False),
    created(),
)

# state: queued, running, evaluating, pushing, done, failed or cancelled; the latest row of a run holds.
run_events = Table(
    "run_events",
    metadata,
    numbered(),
    reference("run_id", "runs.id"),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
    created(),
    Index(None, "run_id", "seq"),
    sqlite_autoincrement=True,
)

adapters = Table(
    "adapters",
    metadata,
    own_id(),
    Column("name", Text, nullable=False),
    Column("base_model", Text, nullable=False),
    Column("weights_sha256", Text, nullable=False),
    reference("run_id", "runs.id", nullable=True),
    created(),
    UniqueConstraint("base_model", "weights_sha256"),
)

evaluations = Table(
    "evaluations",
    metadata,
    numbered(),
    client_id(),
    reference("adapter_id", "adapters.id", nullable=True),
    reference("version_id", "dataset_versions.id", nullable=True),
    reference("run_id", "runs.id", nullable=True),
    Column("data_sha256", Text, nullable=False),
    Column("scores", Text, nullable=False),
    created(),
    Column("answers", Text),  # JSON list, in the order of the test split's prompts; NULL once one was erased
    sqlite_autoincrement=True,
)

# adapter_id NULL: the shipped adapter is active again. reason: what decided, or why a maintainer overrode it.
promotions = Table(
    "promotions",
    metadata,
    numbered(),
    client_id(),
    Column("base_model", Text, nullable=False),
    reference("adapter_id", "adapters.id", nullable=True),
    reference("evaluation_id", "evaluations.id", nullable=True),
    Column("reason", Text, nullable=False),
    created(),
    Column("kind", Text),  # "rule", "override" or "rollback"
    sqlite_autoincrement=True,
)

# state: "pushing", "done" or "failed" (with why); the latest row of an adapter holds.
push_events = Table(
    "push_events",
    metadata,
    numbered(),
    reference("adapter_id", "adapters.id"),
    Column("repository", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("commit_id", Text),
    created(),
    Index(None, "adapter_id", "seq"),
    sqlite_autoincrement=True,
)
