"""Cases, households, people and the rights to them."""

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

consultation_summary = Table(
    "cases_consultation_summary",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", String(20), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("desk", String(60), nullable=False),
    Column("categories", JSON, nullable=False),
    Column("main_category", String(60), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("area", String(60), nullable=False),
    Column("escalation_level", String(30), nullable=False),
    Column("target_role", String(60), nullable=False),
    Column("reason", Sealed(), nullable=False),
    Column("waiting", Boolean, nullable=False),
    Column("story", Sealed(), nullable=False),
    Column("persons", SealedJson("id"), nullable=False),
    Column("case_id", String(36), nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("closed_on", Date),
)


case = Table(
    "cases_case",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", String(20), nullable=False),
    Column("consultation_id", String(36), nullable=False),
    Column("household_id", String(36), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("status", String(30), nullable=False),
    Column("area", String(60), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("story", Sealed(), nullable=False),
    Column("support_decided_on", Date),
    Column("support_reason", Sealed(), nullable=False),
    Column("review_on", Date),
    Column("evaluation", Sealed(), nullable=False),
    Column("next_contact", Sealed(), nullable=False),
    Column("closing_outcome", String(30), nullable=False),
    Column("closed_on", Date),
    Column("restricted", Boolean, nullable=False),
    Column("lead", String(90), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("episode_opened_on", Date),
    Column("last_contact_on", Date),
    Column("version", Integer, nullable=False),
)


person = Table(
    "cases_person",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("birth_date", Date),
    Column("address", Sealed(), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("address_protected", Boolean, nullable=False),
    Column("sex", String(20), nullable=False),
    Column("email", Sealed(), nullable=False),
    Column("contact_note", Sealed(), nullable=False),
    Column("phone_protected", Boolean, nullable=False),
)


household = Table(
    "cases_household",
    metadata,
    Column("id", String(36), primary_key=True),
)


membership = Table(
    "cases_membership",
    metadata,
    Column("household_id", String(36), primary_key=True),
    Column("person_id", String(36), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("relation", String(60), nullable=False),
    Column("valid_to", Date),
    Column("householder", Boolean, nullable=False),
)


access_grant = Table(
    "cases_access_grant",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("subject_kind", String(20), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("basis", String(20), nullable=False),
    Column("basis_reference", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("ended_at", DateTime(timezone=True)),
)


counter = Table(
    "cases_counter",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)
