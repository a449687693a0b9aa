"""How each consultation came, and its categories in the national words that statistics count."""

from sqlalchemy import Boolean, Column, Date, String, Table, Text

from kasane_intake.tables.schema import metadata
from kasane_kit.db import Sealed

reception = Table(
    "intake_reception",
    metadata,
    Column("consultation_id", String(36), primary_key=True),
    Column("route", String(20), nullable=False),
    Column("written_on", Date),
    Column("heard_by", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("campaign", String(60), nullable=False),
    Column("need", String(10), nullable=False),
    Column("contact_by", Sealed("consultation_id"), nullable=False),
    Column("do_not_contact", Sealed("consultation_id"), nullable=False),
)


national_category = Table(
    "intake_national_category",
    metadata,
    Column("consultation_id", String(36), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("main", Boolean, nullable=False),
)
