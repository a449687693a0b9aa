"""Notes at a gap the issue it was raised with, and what was developed when it was closed by hand."""

import sqlalchemy as sa
from alembic import op

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "resources_gap", sa.Column("issue_id", sa.String(36), nullable=False, server_default="")
    )
    op.add_column(
        "resources_gap", sa.Column("developed_id", sa.String(36), nullable=False, server_default="")
    )
    op.add_column(
        "resources_gap", sa.Column("developed", sa.Text, nullable=False, server_default="")
    )
    op.add_column(
        "resources_gap", sa.Column("resolved_by_name", sa.Text, nullable=False, server_default="")
    )
