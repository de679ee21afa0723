"""No row is replaced, links between rows stay, PostgreSQL gathers no words, and a rating tells its parser."""

import sqlalchemy as sa
from alembic import op

from aac.store.append_only import forbid_replacing, guard, guard_splits, keep_words_from_statistics

revision = "0003"
down_revision = "0002"

# Tables, and the columns by which a row of theirs is one of a kind.
_SEQ, _ID = ("seq",), ("id",)
_KEYS = {
    **dict.fromkeys(("annotators", "prompts", "generations", "dataset_versions", "runs"), (_ID,)),
    **dict.fromkeys(("consents", "queue_items", "queue_progress", "imports", "evaluations", "promotions"), (_SEQ, _ID)),
    **dict.fromkeys(("ratings", "votes", "corrections"), (_SEQ, _ID, ("supersedes",))),
    **dict.fromkeys(("dataset_version_events", "setting_changes", "run_events"), (_SEQ,)),
    "tombstones": (("row_id",),),
    "dataset_version_rows": (("version_id", "row_id"),),
    "queue_generations": (("item_id", "slot"),),
    "import_rows": (("import_id", "position"),),
    "prompt_splits": (("text",),),
    "adapters": (_ID, ("base_model", "weights_sha256")),
}
_WORDS = {
    "prompts": ("text",),
    "prompt_splits": ("text",),
    "generations": ("request", "raw_text"),
    "corrections": ("columns", "cards"),
}


def upgrade() -> None:
    op.add_column("ratings", sa.Column("parser_version", sa.Integer(), nullable=True))
    connection = op.get_bind()
    for table in ("queue_generations", "import_rows"):
        guard(connection, table)
    guard_splits(connection)
    for table, keys in _KEYS.items():
        forbid_replacing(connection, table, keys)
    for table, columns in _WORDS.items():
        keep_words_from_statistics(connection, table, columns)
