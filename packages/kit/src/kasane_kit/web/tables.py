"""Names the columns that remember which submission made which object."""

from sqlalchemy import Column, DateTime, MetaData, String, Table

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
