"""Makes the tables of files that came with consultations, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "i0011"
down_revision = "i0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_attachment",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("consultation_id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.Column("added_by_name", sa.Text, nullable=False),
        sa.Column("void_reason", sa.Text, nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True)),
        sa.Column("voided_by_name", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "intake_attachment_consultation", "intake_attachment", ["consultation_id", "added_at"]
    )
    op.create_table(
        "intake_attachment_look",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("attachment_id", sa.String(36), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_account", sa.String(64), nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
    )
    op.create_index("intake_attachment_look_file", "intake_attachment_look", ["attachment_id"])
