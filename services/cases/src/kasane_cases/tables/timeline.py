"""The timeline and the tasks of a case."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    String,
    Table,
    Text,
)

from kasane_cases.tables.schema import metadata
from kasane_kit.db import SealedJson

timeline = Table(
    "cases_timeline",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("object_id", String(64), nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("facts", SealedJson("case_id", "{}"), nullable=False),
)


task = Table(
    "cases_task",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("done_on", Date),
)
