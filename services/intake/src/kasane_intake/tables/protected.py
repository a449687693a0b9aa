"""Whose address cases asked to hide."""

from sqlalchemy import Boolean, Column, String, Table

from kasane_intake.tables.schema import metadata

protected_person = Table(
    "intake_protected_person",
    metadata,
    Column("person_id", String(36), primary_key=True),
    Column("phone_too", Boolean, nullable=False),
)
