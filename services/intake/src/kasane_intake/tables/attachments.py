"""Files of consultations, sealed, and who opened a closed one."""

from sqlalchemy import Column, DateTime, Integer, LargeBinary, String, Table, Text

from kasane_intake.tables.schema import metadata
from kasane_kit.db import Sealed

attachment = Table(
    "intake_attachment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("consultation_id", String(36), nullable=False),
    Column("name", Sealed("consultation_id"), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("note", Sealed("consultation_id"), nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("added_by_name", Text, nullable=False),
    Column("void_reason", Sealed("consultation_id"), nullable=False),
    Column("voided_at", DateTime(timezone=True)),
    Column("voided_by_name", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)


attachment_look = Table(
    "intake_attachment_look",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("attachment_id", String(36), nullable=False),
    Column("reason", Sealed("attachment_id"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by_account", String(64), nullable=False),
    Column("by_name", Text, nullable=False),
)
