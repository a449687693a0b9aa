"""Names the columns of participation support and of support for hosts."""

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, String, Table, Text, false

from kasane_kit.db import Sealed, SealedJson
from kasane_resources.tables.schema import metadata

participation = Table(
    "resources_participation",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("case_number", String(40), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("wish", Sealed(), nullable=False),
    Column("category", String(60), nullable=False),
    Column("area", Text, nullable=False),
    Column("age_band", String(10), nullable=False),
    Column("consent", String(20), nullable=False),
    Column("address_protected", Boolean, nullable=False),
    Column("status", String(20), nullable=False),
    Column("judgement", JSON(none_as_null=True)),
    Column("plan_id", String(36), nullable=False),
    Column("host_id", String(36), nullable=False),
    Column("host", Text, nullable=False),
    Column("activity", Text, nullable=False),
    Column("telling", String(20), nullable=False),
    Column("trial_from", Date),
    Column("due_on", Date),
    Column("settle_every_days", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("case_over", Boolean, nullable=False, server_default=false()),
)
participation_step = Table(
    "resources_participation_step",
    metadata,
    Column("participation_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("status", String(20), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", String(64), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("reason", Sealed("participation_id"), nullable=False),
    Column("facts", SealedJson("participation_id", "{}"), nullable=False),
)
settling_visit = Table(
    "resources_settling_visit",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("participation_id", String(36), nullable=False),
    Column("by_when", Date, nullable=False),
    Column("made_on", Date),
    Column("result", String(30), nullable=False),
    Column("called_off", Boolean, nullable=False),
)
host_support = Table(
    "resources_host_support",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("host_id", String(36), nullable=False),
    Column("host", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("on", Date, nullable=False),
    Column("note", Sealed(), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_by_name", Text, nullable=False),
    Column("answer", Sealed(), nullable=False),
    Column("answered_on", Date),
    Column("answered_by_name", Text, nullable=False),
    Column("version", Integer, nullable=False),
)
