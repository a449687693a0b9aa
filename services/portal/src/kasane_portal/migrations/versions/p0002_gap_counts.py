"""Keeps how many cases may be lost from sight, by reason, as cases tells; no case is named."""

import sqlalchemy as sa
from alembic import op

revision = "p0002"
down_revision = "p0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_gap_count",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("counted_on", sa.Date, nullable=False),
    )
