"""Needs, suggestions, referrals and visits asked for."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    String,
    Table,
    Text,
)

from kasane_cases.tables.schema import metadata
from kasane_kit.db import Sealed

support_need = Table(
    "cases_support_need",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("category", String(60), nullable=False),
    Column("description", Sealed("case_id"), nullable=False),
    Column("identified_on", Date, nullable=False),
    Column("identified_by", String(64), nullable=False),
    Column("missing", JSON, nullable=False),
    Column("suggested_at", DateTime(timezone=True)),
    Column("circumstances", JSON, nullable=False),
    Column("contact", String(30), nullable=False),
    Column("times", String(30), nullable=False),
    Column("left_out", JSON, nullable=False),
)


need_option = Table(
    "cases_need_option",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("need_id", String(36), nullable=False),
    Column("human_service_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("step", String(20), nullable=False),
    Column("reason", Sealed("need_id"), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


suggestion = Table(
    "cases_suggestion",
    metadata,
    Column("need_id", String(36), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("human_service_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("points", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
)


referral = Table(
    "cases_referral",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("need_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("human_service_id", String(64), nullable=False),
    Column("human_service_name", Text, nullable=False),
    Column("recipient", String(30), nullable=False),
    Column("message", Sealed("case_id"), nullable=False),
    Column("requested_on", Date, nullable=False),
    Column("requested_by", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    Column("answered_on", Date),
    Column("reason", Sealed("case_id"), nullable=False),
)


outreach_request = Table(
    "cases_outreach_request",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("purpose", String(200), nullable=False),
    Column("reason", Sealed("case_id"), nullable=False),
    Column("agency", String(60), nullable=False),
    Column("agency_label", Text, nullable=False),
    Column("basis", String(80), nullable=False),
    Column("requested_on", Date, nullable=False),
    Column("requested_by", String(64), nullable=False),
    Column("by_when", Date),
    Column("minutes", Integer, nullable=False),
    Column("two_person", Boolean, nullable=False),
    Column("status", String(20), nullable=False),
    Column("next_visit_on", Date),
    Column("attempts", Integer, nullable=False),
)
