"""Participation support of persons of a case, and community issues raised from cases."""

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, Table, Text

from kasane_cases.tables.schema import metadata
from kasane_kit.db import Sealed

participation = Table(
    "cases_participation",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("category", String(60), nullable=False),
    Column("wish", Sealed("case_id"), nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("proposed_by", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    Column("host", Text, nullable=False),
    Column("host_id", String(36), nullable=False),
    Column("due_on", Date),
    Column("moved_on", Date),
    Column("judged_session", String(36), nullable=False),
    Column("judged_on", Date),
    Column("judged_needed", Boolean),
    Column("told_on", Date),
)
community_issue = Table(
    "cases_community_issue",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("theme", String(60), nullable=False),
    Column("level", String(20), nullable=False),
    Column("areas", JSON, nullable=False),
    Column("households", Integer, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("raised_by", String(64), nullable=False),
    Column("case_ids", JSON, nullable=False),
    Column("body", Text, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_on", Date),
)
