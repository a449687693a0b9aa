"""Makes the table of the visits that a prefecture's team made to its municipalities."""

import sqlalchemy as sa
from alembic import op

revision = "p0003"
down_revision = "p0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_support_visit",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("prefecture", sa.String(6), nullable=False),
        sa.Column("municipality", sa.String(6), nullable=False),
        sa.Column("visited_on", sa.Date, nullable=False),
        sa.Column("duty", sa.String(60), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_reason", sa.Text, nullable=False),
    )
    op.create_index(
        "portal_support_visit_place", "portal_support_visit", ["prefecture", "visited_on"]
    )
