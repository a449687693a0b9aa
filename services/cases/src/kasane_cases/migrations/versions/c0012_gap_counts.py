"""Keeps how many gaps of each kind were told last, so that only changes are told again."""

import sqlalchemy as sa
from alembic import op

revision = "c0012"
down_revision = "c0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases_gap_count",
        sa.Column("kind", sa.String(30), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("counted_on", sa.Date, nullable=False),
    )
