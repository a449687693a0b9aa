"""Files of cases, sealed."""

from sqlalchemy import Column, DateTime, Integer, LargeBinary, String, Table, Text

from kasane_cases.tables.schema import metadata
from kasane_kit.db import Sealed

attachment = Table(
    "cases_attachment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("reference", String(36), nullable=False),
    Column("name", Sealed("case_id"), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("note", Sealed("case_id"), nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("added_by_name", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
