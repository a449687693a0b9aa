"""Consultations and the people they are about."""

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, String, Table, Text

from kasane_intake.tables.schema import metadata
from kasane_kit.db import Sealed, SealedJson

consultation = Table(
    "intake_consultation",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", String(20), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("received_by", String(64), nullable=False),
    Column("desk", String(60), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("story", Sealed(), nullable=False),
    Column("categories", JSON, nullable=False),
    Column("main_category", String(60), nullable=False),
    Column("contact_name", Text, nullable=False),
    Column("contact_kana", Text, nullable=False),
    Column("contact_relation", String(60), nullable=False),
    Column("contact_phone", String(40), nullable=False),
    Column("contact_hidden", Boolean, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("area", String(60), nullable=False),
    Column("single_agency_enough", Boolean),
    Column("ordinary_cooperation_enough", Boolean),
    Column("escalation_level", String(30), nullable=False),
    Column("target_role", String(60), nullable=False),
    Column("escalation_reason", Text, nullable=False),
    Column("escalation_source", String(120), nullable=False),
    Column("status", String(30), nullable=False),
    Column("outcome", Sealed(), nullable=False),
    Column("case_id", String(36), nullable=False),
    Column("next_contact_on", Date),
    Column("extensions", SealedJson("id", "{}"), nullable=False),
    Column("version", Integer, nullable=False),
)


person_concerned = Table(
    "intake_person_concerned",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("consultation_id", String(36), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("birth_date", Date),
    Column("relation", String(60), nullable=False),
    Column("address", Sealed("consultation_id"), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("given_consent", Boolean, nullable=False),
    Column("carer", Boolean, nullable=False),
    Column("description", Sealed("consultation_id"), nullable=False),
)


person_key = Table(
    "intake_person_key",
    metadata,
    Column("person_id", String(36), primary_key=True),
    Column("key", String(32), primary_key=True),
)


counter = Table(
    "intake_counter",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)
