"""How households change, who cares for whom, and who may read a protected address."""

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, String, Table

from kasane_cases.tables.schema import metadata
from kasane_kit.db import Sealed, SealedJson

household_step = Table(
    "cases_household_step",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("case_id", String(36), nullable=False, index=True),
    Column("other_case_id", String(36), nullable=False, index=True),
    Column("persons", SealedJson("case_id"), nullable=False),
    Column("reason", Sealed("case_id"), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("undoes", String(36), nullable=False),
    Column("undone_by", String(36), nullable=False),
    Column("in_both", JSON, nullable=False, server_default="[]"),
)


care_tie = Table(
    "cases_care_tie",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False, index=True),
    Column("carer_id", String(36), nullable=False),
    Column("cared_for_id", String(36), nullable=False),
    Column("note", Sealed("case_id"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("ended_on", Date),
)


address_protection = Table(
    "cases_address_protection",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False, index=True),
    Column("case_id", String(36), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False, index=True),
    Column("authority", Sealed("person_id"), nullable=False),
    Column("certificate", Sealed("person_id"), nullable=False),
    Column("phone_too", Boolean, nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("ended_on", Date),
    Column("end_reason", String(20), nullable=False),
)


protected_reader = Table(
    "cases_protected_reader",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False, index=True),
    Column("account_id", String(64), nullable=False),
    Column("reason", Sealed("person_id"), nullable=False),
    Column("given_by", String(64), nullable=False),
    Column("given_at", DateTime(timezone=True), nullable=False),
    Column("valid_to", Date),
    Column("ended_at", DateTime(timezone=True)),
    Column("emergency", Boolean, nullable=False),
)


episode = Table(
    "cases_episode",
    metadata,
    Column("case_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date, nullable=False),
    Column("outcome", String(30), nullable=False),
    Column("evaluation", Sealed("case_id"), nullable=False),
    Column("next_contact", Sealed("case_id"), nullable=False),
)


handoff = Table(
    "cases_handoff",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("consultation_id", String(36), nullable=False, index=True),
    Column("from_office", String(60), nullable=False),
    Column("to_office", String(60), nullable=False),
    Column("acknowledge_by", Date, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
)


watch_rule = Table(
    "cases_watch_rule",
    metadata,
    Column("code", String(30), primary_key=True),
    Column("days", Integer, nullable=False),
)


gap_count = Table(
    "cases_gap_count",
    metadata,
    Column("kind", String(30), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("counted_on", Date, nullable=False),
)
