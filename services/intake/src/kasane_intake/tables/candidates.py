"""Whose records were shown as candidates on which form, so that one look is one line of the trail."""

from sqlalchemy import Column, DateTime, String, Table

from kasane_intake.tables.schema import metadata

shown_candidate = Table(
    "intake_shown_candidate",
    metadata,
    Column("account_id", String(64), primary_key=True),
    Column("form", String(80), primary_key=True),
    Column("person_id", String(36), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
)
