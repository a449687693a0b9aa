"""つなぐシート, and the history of states."""

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, String, Table, Text

from kasane_intake.tables.schema import metadata
from kasane_kit.db import Sealed, SealedJson

referral_sheet = Table(
    "intake_referral_sheet",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("consultation_id", String(36), nullable=False),
    Column("from_office", String(60), nullable=False),
    Column("to_office", String(60), nullable=False),
    Column("reason", Sealed("consultation_id"), nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("companionship", String(60), nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("acknowledge_by", Date, nullable=False),
    Column("overdue_role", String(60), nullable=False),
    Column("includes_arrears", Boolean, nullable=False),
    Column("arrears_consent", Boolean, nullable=False),
    Column("status", String(30), nullable=False),
    Column("return_reason", Sealed("consultation_id"), nullable=False),
    Column("outcome", Sealed("consultation_id"), nullable=False),
    Column("extensions", SealedJson("consultation_id", "{}"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("persons", JSON, nullable=False),
    Column("responsible_office", String(60), nullable=False),
    Column("chain_id", String(36), nullable=False),
    Column("redirected_from", String(36), nullable=False),
    Column("copies_to", Text, nullable=False),
    Column("accompanied_as", String(60), nullable=False),
    Column("accompanied_on", Date),
    Column("accompanied_by", Text, nullable=False),
    Column("void_reason", Sealed("consultation_id"), nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("reminded_on", Date),
    Column("decide_by", Date),
)

step = Table(
    "intake_step",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("consultation_id", String(36), nullable=False),
    Column("sheet_id", String(36), nullable=False),
    Column("from_status", String(30), nullable=False),
    Column("to_status", String(30), nullable=False),
    Column("note", Sealed("consultation_id"), nullable=False),
    Column("by_account", String(64), nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
