"""Support plans."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    Integer,
    String,
    Table,
)

from kasane_cases.tables.schema import metadata

support_plan = Table(
    "cases_support_plan",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("persons", JSON, nullable=False),
    Column("goals", JSON, nullable=False),
    Column("tracks", JSON, nullable=False),
    Column("drafted_on", Date, nullable=False),
    Column("drafted_by", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    Column("session_id", String(36), nullable=False),
    Column("decided_on", Date),
    Column("review_on", Date),
    Column("agreed_by", JSON, nullable=False),
    Column("extensions", JSON, nullable=False),
    Column("version", Integer, nullable=False),
)
