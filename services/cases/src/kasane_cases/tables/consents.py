"""Consents."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from kasane_cases.tables.schema import metadata
from kasane_kit.db import Sealed

consent = Table(
    "cases_consent",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("purposes", JSON, nullable=False),
    Column("recipients", JSON, nullable=False),
    Column("data_classes", JSON, nullable=False),
    Column("given_by", String(30), nullable=False),
    Column("method", String(60), nullable=False),
    Column("valid_from", Date),
    Column("expires_on", Date),
    Column("note", Sealed("case_id"), nullable=False),
    Column("heard_by", Text, nullable=False),
    Column("representative", Sealed("case_id"), nullable=False),
    Column("representative_basis", Text, nullable=False),
    Column("own_will", Sealed("case_id"), nullable=False),
    Column("form", String(60), nullable=False),
    Column("evidence_id", String(36), nullable=False),
    Index("cases_consent_person", "case_id", "person_id", "number", unique=True),
)
