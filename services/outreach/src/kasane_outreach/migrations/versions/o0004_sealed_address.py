"""Keeps a protected address sealed, for the workers of a visit alone."""

import sqlalchemy as sa
from alembic import op

revision = "o0004"
down_revision = "o0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "outreach_household_to_reach",
        sa.Column("sealed_address", sa.Text, nullable=False, server_default=""),
    )
