"""What consultations are found by: whole terms, and the tags of a sealed text."""

from sqlalchemy import Column, DateTime, Integer, String, Table

from kasane_intake.tables.schema import metadata
from kasane_kit.db import Sealed, Tags

# Compared byte by byte on both databases, so that the beginning of a term is a range of its index.
TERM = String(200).with_variant(String(200, collation="C"), "postgresql")

search_term = Table(
    "intake_search_term",
    metadata,
    Column("term", TERM, primary_key=True),
    Column("consultation_id", String(36), primary_key=True),
    Column("kind", String(20), primary_key=True),
)


search_text = Table(
    "intake_search_text",
    metadata,
    Column("consultation_id", String(36), primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("text", Sealed("consultation_id"), nullable=False),
    Column("tags", Tags),
    Column("tag_version", Integer, nullable=False, server_default="0"),
)
