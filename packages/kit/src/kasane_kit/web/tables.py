"""Names the columns that remember which submission made which object, and what was typed and not sent yet."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, MetaData, String, Table, Text

metadata = MetaData()

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("object_id", String(64), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
kept_draft = Table(
    "kept_draft",
    metadata,
    Column("account_id", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("form", String(64), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("typed_at", BigInteger, nullable=False),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("done", Boolean, nullable=False),
)
