"""Lets a parcel that cannot be taken be put aside, with what it is about and why."""

import sqlalchemy as sa
from alembic import op

revision = "k0004"
down_revision = "k0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("subject", sa.String(128), nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("parked_at", sa.DateTime(timezone=True)),
        sa.Column("detail", sa.Text, nullable=False, server_default=""),
    ):
        op.add_column("parcel_out", column)
