"""One row a day, locked by whoever gives somebody a visit on that day."""

from sqlalchemy import Column, Date, Table

from kasane_outreach.tables.schema import metadata

booking_day = Table(
    "outreach_booking_day",
    metadata,
    Column("on_day", Date, primary_key=True),
)
