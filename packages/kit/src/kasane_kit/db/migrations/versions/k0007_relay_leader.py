"""Writes beside a stream which relay leads it, so that one that was replaced changes nothing any more."""

import sqlalchemy as sa
from alembic import op

revision = "k0007"
down_revision = "k0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for column in (
        sa.Column("leader", sa.String(64), nullable=False, server_default=""),
        sa.Column("generation", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("led_until", number, nullable=False, server_default="0"),
    ):
        op.add_column("stream", column)
