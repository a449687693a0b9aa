"""The public form: its settings, what arrived through it, and the counts that keep floods out."""

from sqlalchemy import Boolean, Column, DateTime, Integer, String, Table, Text, UniqueConstraint

from kasane_intake.tables.schema import metadata
from kasane_kit.db import Sealed

public_form = Table(
    "intake_public_form",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("office", String(60), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("phone_hours", Text, nullable=False),
    Column("emergency_label", Text, nullable=False),
    Column("emergency_number", String(40), nullable=False),
    Column("emergency_source", Text, nullable=False),
    Column("commissioner_word", String(64), nullable=False),
    Column("version", Integer, nullable=False),
)


web_message = Table(
    "intake_web_message",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("receipt", String(20), nullable=False),
    Column("secret", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("sender", String(20), nullable=False),
    Column("arrived_at", DateTime(timezone=True), nullable=False),
    Column("story", Sealed(), nullable=False),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("brought_by", String(20), nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("contact_way", String(10), nullable=False),
    Column("contact", Sealed(), nullable=False),
    Column("do_not_contact", Sealed(), nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", Sealed(), nullable=False),
    Column("consultation_id", String(36), nullable=False),
    Column("version", Integer, nullable=False),
    Column("settled_at", DateTime(timezone=True)),
    Column("ending_id", String(36), nullable=False, server_default=""),
    UniqueConstraint("receipt", name="intake_web_message_receipt"),
)


web_addition = Table(
    "intake_web_addition",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("message_id", String(36), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("text", Sealed("message_id"), nullable=False),
    Column("seen", Boolean, nullable=False),
)


web_count = Table(
    "intake_web_count",
    metadata,
    Column("bucket", String(32), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
)
