"""Makes the tables of 相談会, their slots and bookings."""

import sqlalchemy as sa
from alembic import op

revision = "i0007"
down_revision = "i0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_consultation_day",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("office", sa.String(60), nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("online_link", sa.Text, nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("intake_consultation_day_on", "intake_consultation_day", ["held_on"])
    op.create_table(
        "intake_day_slot",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("day_id", sa.String(36), nullable=False),
        sa.Column("starts_at", sa.Time, nullable=False),
        sa.Column("ends_at", sa.Time, nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
    )
    op.create_index("intake_day_slot_day", "intake_day_slot", ["day_id"])
    op.create_table(
        "intake_booking",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("slot_id", sa.String(36), nullable=False),
        sa.Column("seat", sa.Integer),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kana", sa.Text, nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("do_not_contact", sa.Text, nullable=False),
        sa.Column("receipt", sa.String(20)),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("consultation_id", sa.String(36), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("slot_id", "seat", name="intake_booking_seat"),
        sa.UniqueConstraint("receipt", name="intake_booking_receipt"),
    )
