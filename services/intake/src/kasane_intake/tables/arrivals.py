"""How long is kept what became no consultation, and what of it is kept on."""

from sqlalchemy import Column, Date, DateTime, Integer, String, Table, Text

from kasane_intake.tables.schema import metadata
from kasane_kit.db import Sealed

arrival_term = Table(
    "intake_arrival_term",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("length", Integer, nullable=False),
    Column("unit", String(10), nullable=False),
    Column("source", Text, nullable=False),
    Column("source_date", Date, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("set_by", String(64), nullable=False),
    Column("set_by_name", Text, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
)


arrival_hold = Table(
    "intake_arrival_hold",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("arrival_id", String(36), nullable=False),
    Column("reason", Sealed("arrival_id"), nullable=False),
    Column("placed_by", String(64), nullable=False),
    Column("placed_by_name", Text, nullable=False),
    Column("placed_at", DateTime(timezone=True), nullable=False),
    Column("lifted_by_name", Text, nullable=False),
    Column("lifted_at", DateTime(timezone=True)),
)
