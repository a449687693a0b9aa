"""Keeps an entry's other times and places."""

import sqlalchemy as sa
from alembic import op

revision = "r0013"
down_revision = "r0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "resources_human_service",
        sa.Column("further", sa.JSON, nullable=False, server_default="[]"),
    )
