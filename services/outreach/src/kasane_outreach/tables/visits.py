"""Visits, who makes them, and attempts without contact."""

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, String, Table, Time

from kasane_kit.db import Sealed
from kasane_outreach.tables.schema import metadata

visit = Table(
    "outreach_visit",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("request_id", String(36), nullable=False),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("starts_at", Time, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("two_person", Boolean, nullable=False),
    Column("round_id", String(36), nullable=False),
    Column("status", String(20), nullable=False),
    Column("cancel_reason", Sealed("request_id"), nullable=False),
    Column("result", String(20), nullable=False),
    Column("made_on", Date),
    Column("note", Sealed("request_id"), nullable=False),
    Column("consent_heard", Boolean, nullable=False),
    Column("accompanied_to", Sealed("request_id"), nullable=False),
    Column("next_wish", Sealed("request_id"), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", DateTime(timezone=True)),
    Column("submission", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("pin", String(10), nullable=False, server_default="told"),
)


visit_worker = Table(
    "outreach_visit_worker",
    metadata,
    Column("visit_id", String(36), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
)


former_worker = Table(
    "outreach_former_worker",
    metadata,
    Column("visit_id", String(36), primary_key=True),
    Column("account_id", String(64), primary_key=True),
)


contact_attempt = Table(
    "outreach_contact_attempt",
    metadata,
    Column("visit_id", String(36), primary_key=True),
    Column("request_id", String(36), nullable=False),
    Column("number", Integer, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("result", String(20), nullable=False),
    Column("note", Sealed("request_id"), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)
