"""Adds calendars behind a secret address, and with which sign-in a telephone was used."""

import sqlalchemy as sa
from alembic import op

revision = "o0007"
down_revision = "o0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "outreach_door_device",
        sa.Column("session_id", sa.String(64), nullable=False, server_default=""),
    )
    op.create_table(
        "outreach_calendar_feed",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("office", sa.String(60), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
