"""つなぐシート."""

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, Table, Text

from kasane_intake.tables.schema import metadata

referral_sheet = Table(
    "intake_referral_sheet",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("consultation_id", String(36), nullable=False),
    Column("from_office", String(60), nullable=False),
    Column("to_office", String(60), nullable=False),
    Column("reason", Text, nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("companionship", String(60), nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("acknowledge_by", Date, nullable=False),
    Column("overdue_role", String(60), nullable=False),
    Column("includes_arrears", Boolean, nullable=False),
    Column("arrears_consent", Boolean, nullable=False),
    Column("status", String(30), nullable=False),
    Column("return_reason", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("extensions", JSON, nullable=False),
    Column("version", Integer, nullable=False),
)
