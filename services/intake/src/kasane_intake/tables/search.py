"""What consultations are found by: whole terms, and a text with its neighbouring characters."""

from sqlalchemy import Column, DateTime, String, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from kasane_intake.tables.schema import metadata

# Compared byte by byte on both databases, so that the beginning of a term is a range of its index.
TERM = String(200).with_variant(String(200, collation="C"), "postgresql")
# PostgreSQL keeps the grams in an index; SQLite reads the texts themselves and keeps none.
GRAMS = Text().with_variant(ARRAY(Text), "postgresql")

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
    Column("text", Text, nullable=False),
    Column("grams", GRAMS),
)
