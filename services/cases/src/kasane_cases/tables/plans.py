"""Support plans, their editions, agreements, looks and evaluations."""

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
from kasane_kit.db import Sealed, SealedJson

support_plan = Table(
    "cases_support_plan",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("persons", JSON, nullable=False),
    Column("goals", SealedJson("case_id"), nullable=False),
    Column("tracks", SealedJson("case_id"), nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("drafted_on", Date, nullable=False),
    Column("drafted_by", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("submitted_on", Date),
    Column("submitted_by", String(64), nullable=False),
    Column("session_id", String(36), nullable=False),
    Column("decided_on", Date),
    Column("review_on", Date),
    Column("agreed_by", JSON, nullable=False),
    Column("follows", String(36), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("outcome_reason", Sealed("case_id"), nullable=False),
    Column("ended_on", Date),
    Column("extensions", SealedJson("case_id", "{}"), nullable=False),
    Column("version", Integer, nullable=False),
)


plan_edition = Table(
    "cases_plan_edition",
    metadata,
    Column("plan_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", SealedJson("plan_id", "{}"), nullable=False),
    Column("written_on", Date, nullable=False),
    Column("written_by", String(64), nullable=False),
    Column("writer_name", Text, nullable=False),
    Column("reason", Sealed("plan_id"), nullable=False),
)


plan_agreement = Table(
    "cases_plan_agreement",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("plan_id", String(36), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("agreed", Boolean, nullable=False),
    Column("way", String(20), nullable=False),
    Column("given_by", String(30), nullable=False),
    Column("on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("giver_name", Text, nullable=False),
    Column("note", Sealed("plan_id"), nullable=False),
)


monitoring = Table(
    "cases_monitoring",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("plan_id", String(36), nullable=False),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("on", Date, nullable=False),
    Column("next_on", Date, nullable=False),
    Column("condition", Sealed("case_id"), nullable=False),
    Column("checks", SealedJson("case_id"), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorder_name", Text, nullable=False),
)


plan_evaluation = Table(
    "cases_plan_evaluation",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("plan_id", String(36), nullable=False),
    Column("case_id", String(36), nullable=False),
    Column("on", Date, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("summary", Sealed("case_id"), nullable=False),
    Column("checks", SealedJson("case_id"), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorder_name", Text, nullable=False),
    Column("session_id", String(36), nullable=False),
)


fact_origin = Table(
    "cases_fact_origin",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("text", Sealed("case_id"), nullable=False),
    Column("told_by", Sealed("case_id"), nullable=False),
    Column("told_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorder_name", Text, nullable=False),
)
