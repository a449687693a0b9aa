"""Keeps which columns are sealed throughout, so that a plain text in them is refused."""

import sqlalchemy as sa
from alembic import op

revision = "k0010"
down_revision = "k0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("only_sealed", sa.Column("place", sa.String(160), primary_key=True))
