"""The ledger of disclosures, and the legal bases that were asked for."""

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, String, Table, Text

from kasane_cases.tables.schema import metadata
from kasane_kit.db import Sealed

disclosure = Table(
    "cases_disclosure",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("destination", String(40), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("recipient_code", String(64), nullable=False),
    Column("act", String(30), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("purpose", String(30), nullable=False),
    Column("data_classes", JSON, nullable=False),
    Column("closed_classes", JSON, nullable=False),
    Column("basis", String(30), nullable=False),
    Column("basis_reference", String(36), nullable=False),
    Column("reason", Sealed("case_id"), nullable=False),
    Column("approver", String(64), nullable=False),
    Column("disclosed_at", DateTime(timezone=True), nullable=False),
    Column("disclosed_by", String(64), nullable=False),
    Column("disclosed_by_name", Text, nullable=False),
)


legal_ground = Table(
    "cases_legal_ground",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("code", String(60), nullable=False),
    Column("label", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("destination", String(40), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("data_classes", JSON, nullable=False),
    Column("reason", Sealed("case_id"), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("closed_classes", JSON, nullable=False),
    Column("valid_to", Date),
    Column("answered_by", String(64), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("approved", Boolean, nullable=False),
    Column("answer_note", Sealed("case_id"), nullable=False),
)
