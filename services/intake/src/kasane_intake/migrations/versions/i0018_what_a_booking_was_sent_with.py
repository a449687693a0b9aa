"""Keeps what a booking was sent with, so that the same form with other words is not taken for the same sending."""

import sqlalchemy as sa
from alembic import op

revision = "i0018"
down_revision = "i0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "intake_booking", sa.Column("digest", sa.String(64), nullable=False, server_default="")
    )
