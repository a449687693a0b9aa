"""Assessments, and the forms they were filled in."""

from sqlalchemy import JSON, Column, DateTime, Integer, String, Table, Text

from kasane_cases.tables.schema import metadata
from kasane_kit.db import Sealed, SealedJson

assessment_form = Table(
    "cases_assessment_form",
    metadata,
    Column("form_id", String(80), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("definition", JSON, nullable=False),
    Column("first_used_at", DateTime(timezone=True), nullable=False),
)


assessment = Table(
    "cases_assessment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("number", Integer, nullable=False),
    Column("form_id", String(80), nullable=False),
    Column("form_version", Integer, nullable=False),
    Column("answers", SealedJson("case_id", "{}"), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_by_name", Text, nullable=False),
    Column("reason", Sealed("case_id"), nullable=False),
)
