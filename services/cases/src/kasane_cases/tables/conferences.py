"""Sessions, attendees and agenda items."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    String,
    Table,
    Text,
)

from kasane_cases.tables.schema import metadata
from kasane_kit.db import Sealed

session = Table(
    "cases_session",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("body", String(60), nullable=False),
    Column("body_label", Text, nullable=False),
    Column("legal_kind", String(40), nullable=False),
    Column("planned_for", Date, nullable=False),
    Column("planned_by", String(64), nullable=False),
    Column("place", Text, nullable=False),
    Column("appointed", Integer),
    Column("status", String(20), nullable=False),
    Column("held_on", Date),
    Column("next_on", Date),
    Column("minutes", Sealed(), nullable=False),
    Column("fixed_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Column("legal_kinds", JSON, nullable=False),
    Column("pack_days", Integer, nullable=False),
)


attendee = Table(
    "cases_attendee",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("session_id", String(36), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("account_id", String(64), nullable=False),
    Column("affiliation", Text, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("duty_text", Text, nullable=False),
    Column("duty_basis", Text, nullable=False),
    Column("needs_signature", Boolean, nullable=False),
    Column("duty_source", Text, nullable=False),
    Column("duty_effective_from", Date),
    Column("acknowledged_at", DateTime(timezone=True)),
    Column("signed_at", DateTime(timezone=True)),
)


ended_attendance = Table(
    "cases_ended_attendance",
    metadata,
    Column("session_id", String(36), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("ended_at", DateTime(timezone=True), nullable=False),
)

agenda_item = Table(
    "cases_agenda_item",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("session_id", String(36), nullable=False),
    Column("position", Integer, nullable=False),
    Column("topic", Sealed("case_id"), nullable=False),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("reason", Sealed("case_id"), nullable=False),
    Column("consent_state", String(20), nullable=False),
    Column("legal_kind", String(40), nullable=False),
    Column("admitted", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("state_reason", Sealed("case_id"), nullable=False),
    Column("follows", String(36), nullable=False),
    Column("minutes", Sealed("case_id"), nullable=False),
    Column("roles", JSON, nullable=False),
)


item_fact = Table(
    "cases_item_fact",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("item_id", String(36), nullable=False),
    Column("session_id", String(36), nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", Sealed("item_id"), nullable=False),
    Column("source", Sealed("item_id"), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", String(64), nullable=False),
)


item_decision = Table(
    "cases_item_decision",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("item_id", String(36), nullable=False),
    Column("session_id", String(36), nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", Sealed("item_id"), nullable=False),
    Column("in_charge", String(60), nullable=False),
    Column("role", Text, nullable=False),
    Column("due_on", Date),
    Column("owner", String(64), nullable=False),
    Column("done_on", Date),
    Column("done_note", Sealed("item_id"), nullable=False),
)


minutes_addendum = Table(
    "cases_minutes_addendum",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("session_id", String(36), nullable=False),
    Column("item_id", String(36), nullable=False),
    Column("text", Sealed("session_id"), nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("added_by", Text, nullable=False),
)
