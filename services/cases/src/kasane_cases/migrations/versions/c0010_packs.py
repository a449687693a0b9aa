"""Makes the tables of meeting packs and their numbered copies."""

import sqlalchemy as sa
from alembic import op

revision = "c0010"
down_revision = "c0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases_session", sa.Column("pack_days", sa.Integer, nullable=False, server_default="7")
    )
    op.create_table(
        "cases_pack_part",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("attendee_id", sa.String(36), nullable=False),
        sa.Column("item_id", sa.String(36), nullable=False),
        sa.Column("data_classes", sa.JSON, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("session_id", "attendee_id", "item_id", name="cases_pack_part_once"),
    )
    op.create_table(
        "cases_pack_copy",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("attendee_id", sa.String(36), nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.Text, nullable=False),
        sa.UniqueConstraint("session_id", "number", name="cases_pack_copy_number"),
    )
