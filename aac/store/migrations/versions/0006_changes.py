"""Every new row is noted, so that another place can be told of all of them in the order stored."""

import sqlalchemy as sa
from alembic import op

from aac.store.append_only import forbid_replacing, guard
from aac.store.telling import prepare_telling, tell

revision = "0006"
down_revision = "0005"

# Parents before children; the column that tells a row, and the one that says in which order those there were stored.
# Links of versions and of imports go with what they belong to: they are stored with it.
_TOLD = (
    ("tombstones", "row_id", "created_utc"),
    ("annotators", "id", "created_utc"),
    ("consents", "id", "seq"),
    ("prompts", "id", "created_utc"),
    ("generations", "id", "created_utc"),
    ("queue_items", "id", "seq"),
    ("queue_generations", "item_id", "item_id"),
    ("queue_progress", "id", "seq"),
    ("setting_changes", "seq", "seq"),
    ("ratings", "id", "seq"),
    ("votes", "id", "seq"),
    ("corrections", "id", "seq"),
    ("imports", "id", "seq"),
    ("dataset_versions", "id", "created_utc"),
    ("dataset_version_events", "seq", "seq"),
    ("runs", "id", "created_utc"),
    ("run_claims", "run_id", "created_utc"),
    ("run_events", "seq", "seq"),
    ("adapters", "id", "created_utc"),
    ("evaluations", "id", "seq"),
    ("promotions", "id", "seq"),
    ("push_events", "seq", "seq"),
)
_KEYS = {"changes": (("seq",),), "lineages": (("seq",), ("id",)), "taken_in": (("first_seq",),)}


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "changes",
        sa.Column("seq", number, autoincrement=True, nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_changes_table_name_row_key"), "changes", ["table_name", "row_key"], unique=False)
    op.create_table(
        "lineages",
        sa.Column("seq", number, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_lineages")),
        sa.UniqueConstraint("id", name=op.f("uq_lineages_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "taken_in",
        sa.Column("first_seq", number, autoincrement=False, nullable=False),
        sa.Column("last_seq", number, nullable=False),
        sa.PrimaryKeyConstraint("first_seq", name=op.f("pk_taken_in")),
    )
    connection = op.get_bind()
    for table, keys in _KEYS.items():
        guard(connection, table)
        forbid_replacing(connection, table, keys)
    prepare_telling(connection)
    for table, key, order in _TOLD:
        tell(connection, table, key, order)
