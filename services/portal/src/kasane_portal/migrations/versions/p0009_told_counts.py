"""Makes the table of what the prefecture was told of the town's counts."""

import sqlalchemy as sa
from alembic import op

revision = "p0009"
down_revision = "p0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_told_count",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("value", sa.Integer),
        sa.Column("through", sa.String(7), nullable=False),
        sa.Column("looked_at", sa.String(7), nullable=False),
    )
