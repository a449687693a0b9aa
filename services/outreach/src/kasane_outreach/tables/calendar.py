"""Names the columns of calendars."""

from sqlalchemy import Column, DateTime, String, Table

from kasane_outreach.tables.schema import metadata

calendar_feed = Table(
    "outreach_calendar_feed",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("account_id", String(64), nullable=False),
    Column("office", String(60), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("made_by", String(64), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
)
