"""相談会, their slots and bookings. A seat of a slot is given once: the database itself refuses a second."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
)

from kasane_intake.tables.schema import metadata
from kasane_kit.db import Sealed

consultation_day = Table(
    "intake_consultation_day",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("office", String(60), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("way", String(20), nullable=False),
    Column("place", Text, nullable=False),
    Column("online_link", Text, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)


day_slot = Table(
    "intake_day_slot",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("day_id", String(36), nullable=False),
    Column("starts_at", Time, nullable=False),
    Column("ends_at", Time, nullable=False),
    Column("seats", Integer, nullable=False),
)


booking = Table(
    "intake_booking",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("slot_id", String(36), nullable=False),
    Column("seat", Integer),
    Column("status", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("phone", String(40), nullable=False),
    Column("note", Sealed(), nullable=False),
    Column("do_not_contact", Sealed(), nullable=False),
    Column("receipt", String(20)),
    Column("secret", String(64), nullable=False),
    Column("consultation_id", String(36), nullable=False),
    Column("booked_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    Column("settled_at", DateTime(timezone=True)),
    Column("ending_id", String(36), nullable=False, server_default=""),
    Column("added_at", DateTime(timezone=True)),
    Column("digest", String(64), nullable=False, server_default=""),
    Column("last_addition", String(36), nullable=False, server_default=""),
    UniqueConstraint("slot_id", "seat", name="intake_booking_seat"),
    UniqueConstraint("receipt", name="intake_booking_receipt"),
)
