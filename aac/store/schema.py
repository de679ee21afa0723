"""The tables. Every table but the links between rows only grows; the migrations add triggers that refuse the rest.

Times are UTC as ISO 8601 text with milliseconds; their order is not relied upon (a clock may step back): `seq` is.
Ids are text: UUIDs made by the client for annotations, so that a repeated request stores one row.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_BIG = BigInteger().with_variant(Integer, "sqlite")


def _seq() -> Column[int]:
    return Column("seq", _BIG, primary_key=True, autoincrement=True)


def _id() -> Column[str]:
    return Column("id", Text, primary_key=True)


def _client_id() -> Column[str]:
    return Column("id", Text, nullable=False, unique=True)


def _created() -> Column[str]:
    return Column("created_utc", Text, nullable=False)


def _ref(name: str, target: str, nullable: bool = False) -> Column[str]:
    return Column(name, Text, ForeignKey(target), nullable=nullable)


annotators = Table("annotators", metadata, _id(), _created())

consents = Table(
    "consents",
    metadata,
    _seq(),
    _client_id(),
    _ref("annotator_id", "annotators.id"),
    Column("version", Text, nullable=False),
    Column("language", Text, nullable=False),
    _created(),
    Index(None, "annotator_id"),
    sqlite_autoincrement=True,
)

# source: "person" (typed by `annotator_id`), "list" (uploaded), "shipped" or "import".
prompts = Table(
    "prompts",
    metadata,
    _id(),
    Column("text", Text, nullable=False),
    Column("source", Text, nullable=False),
    _ref("annotator_id", "annotators.id", nullable=True),
    _created(),
    Index(None, "text"),
    Index(None, "annotator_id"),
)

# contestant: the base model, with the adapter's name and the first digits of its weights' hash where it had one.
generations = Table(
    "generations",
    metadata,
    _id(),
    _ref("prompt_id", "prompts.id"),
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
    _created(),
    Index(None, "prompt_id"),
    Index(None, "contestant"),
)

# kind: "rate" (one answer), "review" (a shipped set) or "compare" (two answers).
# contestants: JSON list of [model, adapter], one a slot, empty where the generations are there from the start.
queue_items = Table(
    "queue_items",
    metadata,
    _seq(),
    _client_id(),
    Column("kind", Text, nullable=False),
    _ref("prompt_id", "prompts.id"),
    Column("contestants", Text, nullable=False),
    _created(),
    Index(None, "kind", "seq"),
    sqlite_autoincrement=True,
)

queue_generations = Table(
    "queue_generations",
    metadata,
    Column("item_id", Text, ForeignKey("queue_items.id"), primary_key=True),
    Column("slot", Integer, primary_key=True),
    _ref("generation_id", "generations.id"),
    Column("disagreement", Float),  # 0–100, how unlike the other slots' answers; known with the last slot
    Index(None, "generation_id"),
)

# outcome: "served", "done" or "skipped".
queue_progress = Table(
    "queue_progress",
    metadata,
    _seq(),
    _client_id(),
    _ref("item_id", "queue_items.id"),
    _ref("annotator_id", "annotators.id"),
    Column("outcome", Text, nullable=False),
    _created(),
    Index(None, "item_id", "outcome", "annotator_id"),
    Index(None, "annotator_id", "outcome", "item_id"),
    sqlite_autoincrement=True,
)

# A row supersedes the same person's earlier one of the same generation and card. With neither verdict nor usefulness
# it takes that back. `previous` repeats what was superseded, so that counts of what holds need no search.
ratings = Table(
    "ratings",
    metadata,
    _seq(),
    _client_id(),
    _ref("annotator_id", "annotators.id"),
    _ref("generation_id", "generations.id"),
    _ref("item_id", "queue_items.id", nullable=True),
    Column("card_index", Integer, nullable=False),  # -1: the whole set; else among the cards that `parser_version` read
    Column("verdict", Text),
    Column("reasons", Text, nullable=False),
    Column("usefulness", Integer),
    Column("contestant", Text, nullable=False),
    Column("supersedes", Text, ForeignKey("ratings.id"), unique=True),
    Column("previous", Text),
    Column("consent_version", Text, nullable=False),
    Column("day", Text, nullable=False),
    _created(),
    Column("parser_version", Integer),
    CheckConstraint("verdict IN ('keep', 'fix', 'wrong')", name="verdict"),
    CheckConstraint("usefulness BETWEEN 1 AND 5", name="usefulness"),
    Index(None, "annotator_id", "generation_id", "card_index", "seq"),
    Index(None, "generation_id", "card_index"),
    Index(None, "contestant", "verdict", "previous", "reasons"),
    Index(None, "day"),
    sqlite_autoincrement=True,
)

votes = Table(
    "votes",
    metadata,
    _seq(),
    _client_id(),
    _ref("annotator_id", "annotators.id"),
    _ref("item_id", "queue_items.id"),
    _ref("left_generation_id", "generations.id"),
    _ref("right_generation_id", "generations.id"),
    Column("left_contestant", Text, nullable=False),
    Column("right_contestant", Text, nullable=False),
    Column("choice", Text),
    Column("supersedes", Text, ForeignKey("votes.id"), unique=True),
    Column("consent_version", Text, nullable=False),
    Column("day", Text, nullable=False),
    _created(),
    CheckConstraint("choice IN ('left', 'right', 'tie', 'both_bad')", name="choice"),
    Index(None, "annotator_id", "item_id", "seq"),
    Index(None, "left_generation_id"),
    Index(None, "right_generation_id"),
    sqlite_autoincrement=True,
)

# cards: JSON list of {written_text, spoken_text, image_id, origin}; NULL takes the earlier correction back.
# author: "person" or "import"; an imported set has neither annotator nor generation and supersedes nothing.
corrections = Table(
    "corrections",
    metadata,
    _seq(),
    _client_id(),
    _ref("annotator_id", "annotators.id", nullable=True),
    _ref("generation_id", "generations.id", nullable=True),
    _ref("item_id", "queue_items.id", nullable=True),
    _ref("prompt_id", "prompts.id"),
    Column("author", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("theme", Text, nullable=False),  # of `columns`, for counting
    Column("cards", Text),
    Column("card_count", Integer, nullable=False),
    Column(
        "previous_card_count", Integer, nullable=False
    ),  # of what it supersedes: counts of what holds need no search
    Column("supersedes", Text, ForeignKey("corrections.id"), unique=True),
    Column("consent_version", Text),
    Column("day", Text, nullable=False),
    _created(),
    Index(None, "annotator_id", "generation_id", "seq"),
    Index(None, "generation_id"),
    Index(None, "prompt_id"),
    Index(None, "day"),
    Index(None, "author", "source"),
    Index(None, "theme", "card_count", "previous_card_count"),
    sqlite_autoincrement=True,
)

imports = Table(
    "imports",
    metadata,
    _seq(),
    _client_id(),
    Column("source", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("dialect", Text),
    _created(),
    sqlite_autoincrement=True,
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("import_id", Text, ForeignKey("imports.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    _ref("correction_id", "corrections.id"),
    Index(None, "correction_id"),
)

# A row whose id stands here was erased: the database refuses to take it again.
tombstones = Table(
    "tombstones",
    metadata,
    Column("row_id", Text, primary_key=True),
    Column("table_name", Text, nullable=False),
    Column("erasure_id", Text, nullable=False),
    _created(),
    Index(None, "erasure_id"),
)

dataset_versions = Table(
    "dataset_versions",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("rows_sha256", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    _created(),
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
    _seq(),
    _ref("version_id", "dataset_versions.id"),
    Column("event", Text, nullable=False),
    Column("note", Text, nullable=False),
    _created(),
    Index(None, "version_id"),
    sqlite_autoincrement=True,
)

# The first split of every prompt that was ever in a version; shipped prompts have theirs in the shipped files.
prompt_splits = Table(
    "prompt_splits",
    metadata,
    Column("text", Text, primary_key=True),
    Column("split", Text, nullable=False),
    _ref("version_id", "dataset_versions.id"),
)

# The latest row of a name holds.
setting_changes = Table(
    "setting_changes",
    metadata,
    _seq(),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    _created(),
    Index(None, "name", "seq"),
    sqlite_autoincrement=True,
)

adapters = Table(
    "adapters",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("base_model", Text, nullable=False),
    Column("weights_sha256", Text, nullable=False),
    _ref("run_id", "runs.id", nullable=True),
    _created(),
    UniqueConstraint("base_model", "weights_sha256"),
)

runs = Table(
    "runs",
    metadata,
    _id(),
    _ref("version_id", "dataset_versions.id", nullable=True),
    Column("config", Text, nullable=False),
    _created(),
    Column("options", Text),  # JSON: the preset's name, where it runs, where to push
)

# Who works on a run: the latest number holds, and whoever has an earlier one may write nothing more.
run_claims = Table(
    "run_claims",
    metadata,
    Column("run_id", Text, ForeignKey("runs.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("worker", Text, nullable=False),
    _created(),
)

# state: queued, running, evaluating, pushing, done, failed or cancelled; the latest row of a run holds.
run_events = Table(
    "run_events",
    metadata,
    _seq(),
    _ref("run_id", "runs.id"),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
    _created(),
    Index(None, "run_id", "seq"),
    sqlite_autoincrement=True,
)

evaluations = Table(
    "evaluations",
    metadata,
    _seq(),
    _client_id(),
    _ref("adapter_id", "adapters.id", nullable=True),
    _ref("version_id", "dataset_versions.id", nullable=True),
    _ref("run_id", "runs.id", nullable=True),
    Column("data_sha256", Text, nullable=False),
    Column("scores", Text, nullable=False),
    _created(),
    Column("answers", Text),  # JSON list, one an answer, in the order of the test split's prompts
    sqlite_autoincrement=True,
)

# adapter_id NULL: the shipped adapter is active again. reason: what decided, or why a maintainer overrode it.
promotions = Table(
    "promotions",
    metadata,
    _seq(),
    _client_id(),
    Column("base_model", Text, nullable=False),
    _ref("adapter_id", "adapters.id", nullable=True),
    _ref("evaluation_id", "evaluations.id", nullable=True),
    Column("reason", Text, nullable=False),
    _created(),
    Column("kind", Text),  # "rule", "override" or "rollback"
    sqlite_autoincrement=True,
)

# state: "pushing", "done" or "failed" (with why); the latest row of an adapter holds.
push_events = Table(
    "push_events",
    metadata,
    _seq(),
    _ref("adapter_id", "adapters.id"),
    Column("repository", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("commit_id", Text),
    _created(),
    Index(None, "adapter_id", "seq"),
    sqlite_autoincrement=True,
)
