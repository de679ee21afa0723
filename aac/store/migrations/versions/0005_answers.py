"""What models answered to a prompt that a person took back can go."""

from alembic import op

from aac.store.append_only import guard_answers

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    guard_answers(op.get_bind())
