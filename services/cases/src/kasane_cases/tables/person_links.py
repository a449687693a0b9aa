"""Which people are one person under two records, as intake says."""

from sqlalchemy import Boolean, Column, String, Table

from kasane_cases.tables.schema import metadata

person_link = Table(
    "cases_person_link",
    metadata,
    Column("merge_id", String(36), primary_key=True),
    Column("one_person_id", String(36), nullable=False),
    Column("other_person_id", String(36), nullable=False),
    Column("one_consultation_id", String(36), nullable=False),
    Column("other_consultation_id", String(36), nullable=False),
    Column("undone", Boolean, nullable=False),
)
