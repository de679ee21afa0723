"""What people say of answers."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from aac.store.schema.columns import client_id, created, metadata, numbered, reference

# A row supersedes the same person's earlier one of the same generation and card. With neither verdict nor usefulness
# it takes that back. `previous` repeats what was superseded, so that counts of what holds need no search.
ratings = Table(
    "ratings",
    metadata,
    numbered(),
    client_id(),
    reference("annotator_id", "annotators.id"),
    reference("generation_id", "generations.id"),
    reference("item_id", "queue_items.id", nullable=True),
    Column("card_index", Integer, nullable=False),  # -1: the whole set; else among the cards that `parser_version` read
    Column("verdict", Text),
    Column("reasons", Text, nullable=False),
    Column("usefulness", Integer),
    Column("contestant", Text, nullable=False),
    Column("supersedes", Text, ForeignKey("ratings.id"), unique=True),
    Column("previous", Text),
    Column("consent_version", Text, nullable=False),
    Column("day", Text, nullable=False),
    created(),
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
    numbered(),
    client_id(),
    reference("annotator_id", "annotators.id"),
    reference("item_id", "queue_items.id"),
    reference("left_generation_id", "generations.id"),
    reference("right_generation_id", "generations.id"),
    Column("left_contestant", Text, nullable=False),
    Column("right_contestant", Text, nullable=False),
    Column("choice", Text),
    Column("supersedes", Text, ForeignKey("votes.id"), unique=True),
    Column("consent_version", Text, nullable=False),
    Column("day", Text, nullable=False),
    created(),
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
    numbered(),
    client_id(),
    reference("annotator_id", "annotators.id", nullable=True),
    reference("generation_id", "generations.id", nullable=True),
    reference("item_id", "queue_items.id", nullable=True),
    reference("prompt_id", "prompts.id"),
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
    created(),
    Index(None, "annotator_id", "generation_id", "seq"),
    Index(None, "generation_id"),
    Index(None, "prompt_id"),
    Index(None, "day"),
    Index(None, "author", "source"),
    Index(None, "theme", "card_count", "previous_card_count"),
    sqlite_autoincrement=True,
)
