"""Keeps the keys of sealed columns, each under the town's key."""

import sqlalchemy as sa
from alembic import op

revision = "k0009"
down_revision = "k0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "field_key",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("owner", sa.String(120), nullable=False, unique=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
    )
