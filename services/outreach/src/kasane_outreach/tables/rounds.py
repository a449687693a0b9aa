"""Rounds as they were planned."""

from sqlalchemy import JSON, Column, Date, DateTime, Integer, String, Table

from kasane_kit.db import SealedJson
from kasane_outreach.tables.schema import metadata

visit_round = Table(
    "outreach_visit_round",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("on_day", Date, nullable=False),
    Column("planned_by", String(64), nullable=False),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    Column("worker_ids", JSON, nullable=False),
    Column("problem", SealedJson("id", "{}"), nullable=False),
    Column("plan", JSON, nullable=False),
    Column("status", String(20), nullable=False),
    Column("version", Integer, nullable=False),
)
