"""Names the columns of what telephones hold and send, and of the watch over workers."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    String,
    Table,
)

from kasane_kit.db import Sealed, SealedJson
from kasane_outreach.tables.schema import metadata

door_device = Table(
    "outreach_door_device",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("account_id", String(64), nullable=False),
    Column("label", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_contact_at", DateTime(timezone=True), nullable=False),
    Column("stopped_at", DateTime(timezone=True)),
    Column("stopped_by", String(64), nullable=False),
    Column("session_id", String(64), nullable=False),
)
door_handout = Table(
    "outreach_door_handout",
    metadata,
    Column("device_id", String(36), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("visit_id", String(36), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
)
door_item = Table(
    "outreach_door_item",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("device_id", String(36), nullable=False),
    Column("account_id", String(64), nullable=False),
    Column("visit_id", String(36), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("day", Date, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("clock_moved", Boolean, nullable=False),
    Column("arrived_at", DateTime(timezone=True), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reason", String(60), nullable=False),
    Column("facts", SealedJson("visit_id", "{}"), nullable=False),
    Column("sealed", LargeBinary),
    Column("settled_at", DateTime(timezone=True)),
    Column("settled_by", String(64), nullable=False),
)
visit_addendum = Table(
    "outreach_visit_addendum",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("visit_id", String(36), nullable=False),
    Column("written_by", String(64), nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    Column("text", Sealed("visit_id"), nullable=False),
)
visit_photo = Table(
    "outreach_visit_photo",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("visit_id", String(36), nullable=False),
    Column("name", String(120), nullable=False),
    Column("media_type", String(60), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("taken_at", DateTime(timezone=True), nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
check_in = Table(
    "outreach_check_in",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("visit_id", String(36), nullable=False),
    Column("account_id", String(64), nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("expected_by", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_by", String(64), nullable=False),
    Column("alarmed_at", DateTime(timezone=True)),
    Column("note", Sealed("visit_id"), nullable=False),
)
