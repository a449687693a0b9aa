"""Keeps the term of what became no consultation, what of it is kept on, when it was handled and whether it ends."""

import sqlalchemy as sa
from alembic import op

revision = "i0016"
down_revision = "i0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_arrival_term",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(10), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("set_by_name", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "intake_arrival_hold",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("arrival_id", sa.String(36), nullable=False, index=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(64), nullable=False),
        sa.Column("placed_by_name", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_name", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
    )
    for table in ("intake_web_message", "intake_booking"):
        op.add_column(table, sa.Column("settled_at", sa.DateTime(timezone=True)))
        op.add_column(
            table, sa.Column("ending_id", sa.String(36), nullable=False, server_default="")
        )
