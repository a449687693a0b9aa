"""Keeps when the sender of a booking added words that nobody has read yet."""

import sqlalchemy as sa
from alembic import op

revision = "i0017"
down_revision = "i0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("intake_booking", sa.Column("added_at", sa.DateTime(timezone=True)))
