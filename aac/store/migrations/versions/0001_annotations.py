"""Prompts, generations, what people say of them, and dataset versions; nothing of it is ever edited."""

import sqlalchemy as sa
from alembic import op

from aac.store.append_only import guard, prepare

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "annotators",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotators")),
    )
    op.create_table(
        "dataset_versions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rows_sha256", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_versions")),
    )
    op.create_table(
        "imports",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=True),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_imports")),
        sa.UniqueConstraint("id", name=op.f("uq_imports_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "setting_changes",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_setting_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_setting_changes_name_seq"), "setting_changes", ["name", "seq"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("erasure_id", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_tombstones")),
    )
    op.create_index(op.f("ix_tombstones_erasure_id"), "tombstones", ["erasure_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("annotator_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotators.id"], name=op.f("fk_consents_annotator_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_consents")),
        sa.UniqueConstraint("id", name=op.f("uq_consents_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_consents_annotator_id"), "consents", ["annotator_id"], unique=False)
    op.create_table(
        "dataset_version_events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["dataset_versions.id"], name=op.f("fk_dataset_version_events_version_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_dataset_version_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_dataset_version_events_version_id"), "dataset_version_events", ["version_id"], unique=False
    )
    op.create_table(
        "dataset_version_rows",
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["dataset_versions.id"], name=op.f("fk_dataset_version_rows_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "row_id", name=op.f("pk_dataset_version_rows")),
    )
    op.create_index(op.f("ix_dataset_version_rows_row_id"), "dataset_version_rows", ["row_id"], unique=False)
    op.create_table(
        "prompt_splits",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("split", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["dataset_versions.id"], name=op.f("fk_prompt_splits_version_id")),
        sa.PrimaryKeyConstraint("text", name=op.f("pk_prompt_splits")),
    )
    op.create_table(
        "prompts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("annotator_id", sa.Text(), nullable=True),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotators.id"], name=op.f("fk_prompts_annotator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompts")),
    )
    op.create_index(op.f("ix_prompts_annotator_id"), "prompts", ["annotator_id"], unique=False)
    op.create_index(op.f("ix_prompts_text"), "prompts", ["text"], unique=False)
    op.create_table(
        "generations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("prompt_id", sa.Text(), nullable=False),
        sa.Column("contestant", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("adapter", sa.Text(), nullable=True),
        sa.Column("adapter_sha256", sa.Text(), nullable=True),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("raw_text", sa.Text(), nullable=False),
        sa.Column("parser_version", sa.Integer(), nullable=False),
        sa.Column("finish", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompts.id"], name=op.f("fk_generations_prompt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generations")),
    )
    op.create_index(op.f("ix_generations_contestant"), "generations", ["contestant"], unique=False)
    op.create_index(op.f("ix_generations_prompt_id"), "generations", ["prompt_id"], unique=False)
    op.create_table(
        "queue_items",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("prompt_id", sa.Text(), nullable=False),
        sa.Column("contestants", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompts.id"], name=op.f("fk_queue_items_prompt_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_queue_items")),
        sa.UniqueConstraint("id", name=op.f("uq_queue_items_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_queue_items_kind_seq"), "queue_items", ["kind", "seq"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("annotator_id", sa.Text(), nullable=True),
        sa.Column("generation_id", sa.Text(), nullable=True),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("prompt_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("cards", sa.Text(), nullable=True),
        sa.Column("card_count", sa.Integer(), nullable=False),
        sa.Column("previous_card_count", sa.Integer(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("consent_version", sa.Text(), nullable=True),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotators.id"], name=op.f("fk_corrections_annotator_id")),
        sa.ForeignKeyConstraint(["generation_id"], ["generations.id"], name=op.f("fk_corrections_generation_id")),
        sa.ForeignKeyConstraint(["item_id"], ["queue_items.id"], name=op.f("fk_corrections_item_id")),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompts.id"], name=op.f("fk_corrections_prompt_id")),
        sa.ForeignKeyConstraint(["supersedes"], ["corrections.id"], name=op.f("fk_corrections_supersedes")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_corrections")),
        sa.UniqueConstraint("id", name=op.f("uq_corrections_id")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_corrections_supersedes")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_corrections_annotator_id_generation_id_seq"),
        "corrections",
        ["annotator_id", "generation_id", "seq"],
        unique=False,
    )
    op.create_index(op.f("ix_corrections_author_source"), "corrections", ["author", "source"], unique=False)
    op.create_index(
        op.f("ix_corrections_theme_card_count_previous_card_count"),
        "corrections",
        ["theme", "card_count", "previous_card_count"],
        unique=False,
    )
    op.create_index(op.f("ix_corrections_day"), "corrections", ["day"], unique=False)
    op.create_index(op.f("ix_corrections_generation_id"), "corrections", ["generation_id"], unique=False)
    op.create_index(op.f("ix_corrections_prompt_id"), "corrections", ["prompt_id"], unique=False)
    op.create_table(
        "queue_generations",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("generation_id", sa.Text(), nullable=False),
        sa.Column("disagreement", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["generation_id"], ["generations.id"], name=op.f("fk_queue_generations_generation_id")),
        sa.ForeignKeyConstraint(["item_id"], ["queue_items.id"], name=op.f("fk_queue_generations_item_id")),
        sa.PrimaryKeyConstraint("item_id", "slot", name=op.f("pk_queue_generations")),
    )
    op.create_index(op.f("ix_queue_generations_generation_id"), "queue_generations", ["generation_id"], unique=False)
    op.create_table(
        "queue_progress",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("annotator_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotators.id"], name=op.f("fk_queue_progress_annotator_id")),
        sa.ForeignKeyConstraint(["item_id"], ["queue_items.id"], name=op.f("fk_queue_progress_item_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_queue_progress")),
        sa.UniqueConstraint("id", name=op.f("uq_queue_progress_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_queue_progress_annotator_id_outcome_item_id"),
        "queue_progress",
        ["annotator_id", "outcome", "item_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_queue_progress_item_id_outcome_annotator_id"),
        "queue_progress",
        ["item_id", "outcome", "annotator_id"],
        unique=False,
    )
    op.create_table(
        "ratings",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("annotator_id", sa.Text(), nullable=False),
        sa.Column("generation_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("card_index", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("usefulness", sa.Integer(), nullable=True),
        sa.Column("contestant", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("previous", sa.Text(), nullable=True),
        sa.Column("consent_version", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.CheckConstraint("verdict IN ('keep', 'fix', 'wrong')", name=op.f("ck_ratings_verdict")),
        sa.CheckConstraint("usefulness BETWEEN 1 AND 5", name=op.f("ck_ratings_usefulness")),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotators.id"], name=op.f("fk_ratings_annotator_id")),
        sa.ForeignKeyConstraint(["generation_id"], ["generations.id"], name=op.f("fk_ratings_generation_id")),
        sa.ForeignKeyConstraint(["item_id"], ["queue_items.id"], name=op.f("fk_ratings_item_id")),
        sa.ForeignKeyConstraint(["supersedes"], ["ratings.id"], name=op.f("fk_ratings_supersedes")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ratings")),
        sa.UniqueConstraint("id", name=op.f("uq_ratings_id")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_ratings_supersedes")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_ratings_annotator_id_generation_id_card_index_seq"),
        "ratings",
        ["annotator_id", "generation_id", "card_index", "seq"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ratings_contestant_verdict_previous_reasons"),
        "ratings",
        ["contestant", "verdict", "previous", "reasons"],
        unique=False,
    )
    op.create_index(op.f("ix_ratings_day"), "ratings", ["day"], unique=False)
    op.create_index(
        op.f("ix_ratings_generation_id_card_index"), "ratings", ["generation_id", "card_index"], unique=False
    )
    op.create_table(
        "votes",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("annotator_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("left_generation_id", sa.Text(), nullable=False),
        sa.Column("right_generation_id", sa.Text(), nullable=False),
        sa.Column("left_contestant", sa.Text(), nullable=False),
        sa.Column("right_contestant", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=True),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("consent_version", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.CheckConstraint("choice IN ('left', 'right', 'tie', 'both_bad')", name=op.f("ck_votes_choice")),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotators.id"], name=op.f("fk_votes_annotator_id")),
        sa.ForeignKeyConstraint(["item_id"], ["queue_items.id"], name=op.f("fk_votes_item_id")),
        sa.ForeignKeyConstraint(["left_generation_id"], ["generations.id"], name=op.f("fk_votes_left_generation_id")),
        sa.ForeignKeyConstraint(["right_generation_id"], ["generations.id"], name=op.f("fk_votes_right_generation_id")),
        sa.ForeignKeyConstraint(["supersedes"], ["votes.id"], name=op.f("fk_votes_supersedes")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_votes")),
        sa.UniqueConstraint("id", name=op.f("uq_votes_id")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_votes_supersedes")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_votes_annotator_id_item_id_seq"), "votes", ["annotator_id", "item_id", "seq"], unique=False
    )
    op.create_index(op.f("ix_votes_left_generation_id"), "votes", ["left_generation_id"], unique=False)
    op.create_index(op.f("ix_votes_right_generation_id"), "votes", ["right_generation_id"], unique=False)
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["correction_id"], ["corrections.id"], name=op.f("fk_import_rows_correction_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id")),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_import_rows")),
    )
    op.create_index(op.f("ix_import_rows_correction_id"), "import_rows", ["correction_id"], unique=False)

    connection = op.get_bind()
    prepare(connection)
    for table in ("annotators", "consents", "prompts", "generations", "ratings", "votes", "corrections"):
        guard(connection, table, erasable=True)
    guard(connection, "queue_progress", erasable=True)
    for table in ("queue_items", "imports", "tombstones", "dataset_versions", "dataset_version_rows"):
        guard(connection, table)
    for table in ("dataset_version_events", "setting_changes"):
        guard(connection, table)
