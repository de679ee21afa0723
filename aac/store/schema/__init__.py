"""The tables, by subject. Every one but the links between rows only grows: the migrations add triggers for that."""

from __future__ import annotations

from aac.store.schema.answers import generations, prompts
from aac.store.schema.columns import metadata
from aac.store.schema.datasets import (
    dataset_version_events,
    dataset_version_rows,
    dataset_versions,
    import_rows,
    imports,
    prompt_splits,
)
from aac.store.schema.judgements import corrections, ratings, votes
from aac.store.schema.log import BOOKKEEPING, changes, lineages, taken_in
from aac.store.schema.people import annotators, consents, tombstones
from aac.store.schema.queue import queue_generations, queue_items, queue_progress, setting_changes
from aac.store.schema.training import adapters, evaluations, promotions, push_events, run_claims, run_events, runs

__all__ = [
    "BOOKKEEPING",
    "adapters",
    "annotators",
    "changes",
    "consents",
    "corrections",
    "dataset_version_events",
    "dataset_version_rows",
    "dataset_versions",
    "evaluations",
    "generations",
    "import_rows",
    "imports",
    "lineages",
    "metadata",
    "promotions",
    "prompt_splits",
    "prompts",
    "push_events",
    "queue_generations",
    "queue_items",
    "queue_progress",
    "ratings",
    "run_claims",
    "run_events",
    "runs",
    "setting_changes",
    "taken_in",
    "tombstones",
    "votes",
]
