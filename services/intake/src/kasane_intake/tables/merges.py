"""Requests that say two records are of one person, and the turn in which they are decided."""

from sqlalchemy import JSON, Column, DateTime, Integer, String, Table, Text

from kasane_intake.tables.schema import metadata
from kasane_kit.db import Sealed, SealedJson

person_merge = Table(
    "intake_person_merge",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("one_id", String(36), nullable=False),
    Column("other_id", String(36), nullable=False),
    Column("one_consultation_id", String(36), nullable=False),
    Column("other_consultation_id", String(36), nullable=False),
    Column("choices", JSON, nullable=False),
    Column("evidence", SealedJson("id"), nullable=False),
    Column("reason", Sealed(), nullable=False),
    Column("requested_by", String(64), nullable=False),
    Column("requested_by_name", Text, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("status", String(20), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_by_name", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision_reason", Sealed(), nullable=False),
    Column("place", Integer, nullable=False),
    Column("undone_by", String(64), nullable=False),
    Column("undone_by_name", Text, nullable=False),
    Column("undone_at", DateTime(timezone=True)),
    Column("undo_reason", Sealed(), nullable=False),
    Column("version", Integer, nullable=False),
)


merge_turn = Table(
    "intake_merge_turn",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)
