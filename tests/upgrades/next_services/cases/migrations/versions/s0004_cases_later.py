"""Adds what the next release writes; the release before goes on without it."""

import sqlalchemy as sa
from alembic import op

revision = "s0004"
down_revision = "s0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases_small_heard", sa.Column("told", sa.Text, nullable=False, server_default="")
    )
    op.create_table(
        "cases_small_later", sa.Column("consultation_id", sa.String(64), primary_key=True)
    )
