"""Keeps who lived in both households when they were joined, so that taking it back takes nobody out."""

import sqlalchemy as sa
from alembic import op

revision = "c0018"
down_revision = "c0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases_household_step",
        sa.Column("in_both", sa.JSON(), nullable=False, server_default="[]"),
    )
