"""Keeps whose task it is, so that it follows a person into another case."""

import sqlalchemy as sa
from alembic import op

revision = "p0012"
down_revision = "p0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "portal_task_copy",
        sa.Column("person_id", sa.String(64), nullable=False, server_default=""),
    )
