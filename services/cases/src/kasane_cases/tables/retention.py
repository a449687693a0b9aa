"""How long records are kept, what is held back, and what was ended."""

from sqlalchemy import Column, Date, DateTime, Integer, String, Table, Text

from kasane_cases.tables.schema import metadata
from kasane_kit.db import Sealed

retention_rule = Table(
    "cases_retention_rule",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("years", Integer, nullable=False),
    Column("counted_from", String(20), nullable=False),
    Column("source", Text, nullable=False),
    Column("source_date", Date),
    Column("valid_from", Date, nullable=False),
    Column("waiting_days", Integer, nullable=False),
    Column("set_by", String(64), nullable=False),
    Column("set_by_name", Text, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
)


retention_hold = Table(
    "cases_retention_hold",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("record_id", String(36), nullable=False, index=True),
    Column("reason", Sealed("record_id"), nullable=False),
    Column("placed_by", String(64), nullable=False),
    Column("placed_by_name", Text, nullable=False),
    Column("placed_at", DateTime(timezone=True), nullable=False),
    Column("lifted_by_name", Text, nullable=False),
    Column("lifted_at", DateTime(timezone=True)),
)


shredding = Table(
    "cases_shredding",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("record_id", String(36), nullable=False, index=True),
    Column("number", String(40), nullable=False),
    Column("ended_on", Date, nullable=False),
    Column("over_since", Date, nullable=False),
    Column("years", Integer, nullable=False),
    Column("counted_from", String(20), nullable=False),
    Column("source", Text, nullable=False),
    Column("waiting_days", Integer, nullable=False),
    Column("proposed_by", String(64), nullable=False),
    Column("proposed_by_name", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("confirmed_by", String(64), nullable=False),
    Column("confirmed_by_name", Text, nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("due_on", Date),
    Column("withdrawn_by_name", Text, nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("begun_at", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
)


shredding_part = Table(
    "cases_shredding_part",
    metadata,
    Column("shredding_id", String(36), primary_key=True),
    Column("service", String(32), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("keys", Integer, nullable=False),
    Column("events", Integer, nullable=False),
)
