"""Working hours, wishes about visits, and visit plans on their way."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from kasane_kit.db import SealedJson
from kasane_outreach.tables.schema import metadata

worker_profile = Table(
    "outreach_worker_profile",
    metadata,
    Column("account_id", String(64), primary_key=True),
    Column("facts", JSON, nullable=False),
    Column("version", Integer, nullable=False),
)
visit_wish = Table(
    "outreach_visit_wish",
    metadata,
    Column("request_id", String(36), primary_key=True),
    Column("facts", SealedJson("request_id", "{}"), nullable=False),
    Column("version", Integer, nullable=False),
)
plan_setting = Table(
    "outreach_plan_setting",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("facts", JSON, nullable=False),
    Column("version", Integer, nullable=False),
)
plan_run = Table(
    "outreach_plan_run",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("starts_on", Date, nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("problem", LargeBinary, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("plan", LargeBinary),
    Column("cost", Float, nullable=False),
    Column("status", String(20), nullable=False),
    Column("stop_asked", Boolean, nullable=False),
    Column("begun_at", DateTime(timezone=True)),
    Column("heard_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Index("outreach_plan_run_status", "status"),
)
