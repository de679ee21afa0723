"""What runs were asked for and who works on them, what was pushed, what an evaluation's model answered."""

import sqlalchemy as sa
from alembic import op

from aac.store.append_only import forbid_replacing, guard, keep_words_from_statistics

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("runs", sa.Column("options", sa.Text(), nullable=True))
    op.add_column("evaluations", sa.Column("answers", sa.Text(), nullable=True))
    op.add_column("promotions", sa.Column("kind", sa.Text(), nullable=True))
    op.create_table(
        "run_claims",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_claims_run_id")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_run_claims")),
    )
    op.create_table(
        "push_events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("adapter_id", sa.Text(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("commit_id", sa.Text(), nullable=True),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["adapter_id"], ["adapters.id"], name=op.f("fk_push_events_adapter_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_push_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_push_events_adapter_id_seq"), "push_events", ["adapter_id", "seq"], unique=False)
    connection = op.get_bind()
    for table, key in (("run_claims", ("run_id", "number")), ("push_events", ("seq",))):
        guard(connection, table)
        forbid_replacing(connection, table, (key,))
    keep_words_from_statistics(connection, "evaluations", ("answers",))
