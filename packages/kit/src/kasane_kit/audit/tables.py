"""Names the columns of the audit trail."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table

metadata = MetaData()
_number = BigInteger().with_variant(Integer(), "sqlite")

LONGEST_BASIS = 200
audit_entry = Table(
    "audit_entry",
    metadata,
    Column("position", _number, primary_key=True, autoincrement=False),
    Column("entry_id", String(64), nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("action", String(120), nullable=False),
    Column("object_kind", String(60), nullable=False),
    Column("object_id", String(128), nullable=False),
    Column("basis", String(LONGEST_BASIS), nullable=False),
    Column("correlation_id", String(64), nullable=False),
    Column("causation_id", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("position", _number, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
)
