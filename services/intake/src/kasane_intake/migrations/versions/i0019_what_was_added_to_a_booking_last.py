"""Keeps which addition of its sender a booking took last, so that the same one sent again is kept once."""

import sqlalchemy as sa
from alembic import op

revision = "i0019"
down_revision = "i0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "intake_booking",
        sa.Column("last_addition", sa.String(36), nullable=False, server_default=""),
    )
