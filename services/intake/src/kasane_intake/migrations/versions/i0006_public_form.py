"""Makes the tables of the public form."""

import sqlalchemy as sa
from alembic import op

revision = "i0006"
down_revision = "i0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_public_form",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("office", sa.String(60), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("phone_hours", sa.Text, nullable=False),
        sa.Column("emergency_label", sa.Text, nullable=False),
        sa.Column("emergency_number", sa.String(40), nullable=False),
        sa.Column("emergency_source", sa.Text, nullable=False),
        sa.Column("commissioner_word", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "intake_web_message",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("receipt", sa.String(20), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sender", sa.String(20), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kana", sa.Text, nullable=False),
        sa.Column("brought_by", sa.String(20), nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("contact_way", sa.String(10), nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("do_not_contact", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("consultation_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("receipt", name="intake_web_message_receipt"),
    )
    op.create_index(
        "intake_web_message_status", "intake_web_message", ["status", "arrived_at", "id"]
    )
    op.create_index("intake_web_message_consultation", "intake_web_message", ["consultation_id"])
    op.create_table(
        "intake_web_addition",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("seen", sa.Boolean, nullable=False),
    )
    op.create_index("intake_web_addition_message", "intake_web_addition", ["message_id"])
    op.create_table(
        "intake_web_count",
        sa.Column("bucket", sa.String(32), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
