"""Names the columns of the bus's own tables: outbox, log, stream, cursor, attempts, dead letters, parcels."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, String, Table, Text

metadata = MetaData()
_number = BigInteger().with_variant(Integer(), "sqlite")

outbox = Table(
    "outbox",
    metadata,
    Column("id", _number, primary_key=True, autoincrement=True),
    Column("body", Text, nullable=False),
    Column("event_id", String(64)),
    Column("type", String(120)),
)
event_log = Table(
    "event_log",
    metadata,
    Column("epoch", String(64), primary_key=True),
    Column("sequence", _number, primary_key=True, autoincrement=False),
    Column("event_id", String(64), nullable=False),
    Column("type", String(120), nullable=False),
    Column("body", Text, nullable=False),
)
stream = Table(
    "stream",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", String(64), nullable=False),
    Column("head", _number, nullable=False),
    Column("published", _number, nullable=False),
    Column("leader", String(64), nullable=False, server_default=""),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("led_until", _number, nullable=False, server_default="0"),
)
cursor = Table(
    "cursor",
    metadata,
    Column("producer", String(32), primary_key=True),
    Column("epoch", String(64), primary_key=True),
    Column("sequence", _number, nullable=False),
)
attempt = Table(
    "attempt",
    metadata,
    Column("event_id", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
)
dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("position", _number, nullable=False),
    Column("producer", String(32), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("type", String(120), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("body", Text, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("parked_at", DateTime(timezone=True), nullable=False),
)
parcel_out = Table(
    "parcel_out",
    metadata,
    Column("position", _number, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("to_municipality", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("handed_in_at", DateTime(timezone=True), nullable=False),
    Column("carried_at", DateTime(timezone=True)),
    Column("subject", String(128), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("parked_at", DateTime(timezone=True)),
    Column("detail", Text, nullable=False),
)
parcel_in = Table(
    "parcel_in",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("from_municipality", String(16), nullable=False),
    Column("arrived_at", DateTime(timezone=True), nullable=False),
)
