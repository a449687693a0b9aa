"""Households that somebody should reach, and whose address cases asked to hide."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    String,
    Table,
    Text,
    false,
)

from kasane_kit.db import Sealed
from kasane_outreach.tables.schema import metadata

household_to_reach = Table(
    "outreach_household_to_reach",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("phone", String(40), nullable=False),
    Column("address", Sealed(), nullable=False),
    Column("sealed_address", Text, nullable=False),
    Column("address_protected", Boolean, nullable=False),
    Column("phone_protected", Boolean, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("town_block", Text, nullable=False),
    Column("reason", Sealed(), nullable=False),
    Column("purpose", Sealed(), nullable=False),
    Column("by_when", Date),
    Column("minutes", Integer, nullable=False),
    Column("two_person", Boolean, nullable=False),
    Column("agency", String(60), nullable=False),
    Column("area", String(60), nullable=False),
    Column("category", String(60), nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_result", String(20), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("end_reason", Sealed(), nullable=False),
    Column("heard_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at_host", Boolean, nullable=False, server_default=false()),
)

protected_person = Table(
    "outreach_protected_person",
    metadata,
    Column("person_id", String(36), primary_key=True),
)
