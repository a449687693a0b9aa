"""Who may read what of a meeting pack, and the numbered copies."""

from sqlalchemy import JSON, Column, DateTime, Integer, String, Table, Text, UniqueConstraint

from kasane_cases.tables.schema import metadata

pack_part = Table(
    "cases_pack_part",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("session_id", String(36), nullable=False),
    Column("attendee_id", String(36), nullable=False),
    Column("item_id", String(36), nullable=False),
    Column("data_classes", JSON, nullable=False),
    Column("given_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("session_id", "attendee_id", "item_id", name="cases_pack_part_once"),
)


pack_copy = Table(
    "cases_pack_copy",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("session_id", String(36), nullable=False),
    Column("number", Integer, nullable=False),
    Column("attendee_id", String(36), nullable=False),
    Column("holder", Text, nullable=False),
    Column("printed_at", DateTime(timezone=True), nullable=False),
    Column("printed_by", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("settled_at", DateTime(timezone=True)),
    Column("settled_by", Text, nullable=False),
    UniqueConstraint("session_id", "number", name="cases_pack_copy_number"),
)
