"""Drops the table of ended sessions: one that was ended is nowhere any more."""

from alembic import op

revision = "k0012"
down_revision = "k0011"
branch_labels = None
depends_on = None
contract = "the release before reads it in every request"


def upgrade() -> None:
    op.drop_table("ended_session")
