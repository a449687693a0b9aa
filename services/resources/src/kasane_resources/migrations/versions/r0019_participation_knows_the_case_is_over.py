"""Participation support knows whether the case it belongs to is over."""

import sqlalchemy as sa
from alembic import op

revision = "r0019"
down_revision = "r0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "resources_participation",
        sa.Column("case_over", sa.Boolean, nullable=False, server_default=sa.false()),
    )
