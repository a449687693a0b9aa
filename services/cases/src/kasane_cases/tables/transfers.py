"""Households handed over to another town, and offers from other towns."""

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, String, Table, Text

from kasane_cases.tables.schema import metadata
from kasane_kit.db import Sealed, SealedJson

transfer = Table(
    "cases_transfer",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("to_municipality", String(16), nullable=False),
    Column("secret", Boolean, nullable=False),
    Column("person_ids", JSON, nullable=False),
    Column("handover", Sealed("case_id"), nullable=False),
    Column("safety_notes", Sealed("case_id"), nullable=False),
    Column("contact", Text, nullable=False),
    Column("evaluation", Sealed("case_id"), nullable=False),
    Column("prepared_by", String(64), nullable=False),
    Column("prepared_by_name", Text, nullable=False),
    Column("prepared_at", DateTime(timezone=True), nullable=False),
    Column("approver", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    Column("approved_at", DateTime(timezone=True)),
    Column("documents", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("receipt", String(80), nullable=False),
    Column("receipt_documents", Integer, nullable=False),
    Column("reason", Sealed("case_id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sealed_key", Text, nullable=False),
)
transfer_offer = Table(
    "cases_transfer_offer",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("from_municipality", String(16), nullable=False),
    Column("from_name", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("secret", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("offered_at", DateTime(timezone=True), nullable=False),
    Column("status", String(20), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("blocked_until", DateTime(timezone=True)),
    Column("answered_by", String(64), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("case_id", String(36), nullable=False),
    Column("reason", Sealed(), nullable=False),
)
transfer_document = Table(
    "cases_transfer_document",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("offer_id", String(36), nullable=False),
    Column("case_id", String(36), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("title", Sealed("case_id"), nullable=False),
    Column("dated", Date, nullable=False),
    Column("lines", SealedJson("case_id"), nullable=False),
    Column("third_party", Boolean, nullable=False),
)
