"""Makes the table that says whether a town may be written here, or where it went."""

import sqlalchemy as sa
from alembic import op

revision = "k0008"
down_revision = "k0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "town_barrier",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("held_by", sa.String(64), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
    )
