"""What entries are found by: derived from the entry whenever it is written, never read by people."""

from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, Integer, String, Table, Text

from kasane_resources.tables.schema import metadata

# PostgreSQL orders readings by the codes of their characters, as SQLite does.
BY_CODE = Text().with_variant(Text(collation="C"), "postgresql")


def _where_and_when() -> list[Column[Any]]:
    """The columns of a place and its time, for an entry with one opening and for each of several."""
    return [
        Column("latitude", Float),
        Column("longitude", Float),
        Column("days", Integer, nullable=False),
        Column("weeks", Integer, nullable=False),
        Column("monthdays", Integer, nullable=False),
        Column("every_time", Boolean, nullable=False),
        Column("valid_from", Date),
        Column("valid_to", Date),
        Column("opens", Integer, nullable=False),
        Column("closes", Integer, nullable=False),
    ]


finding = Table(
    "resources_finding",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("human_service_id", String(36), nullable=False, unique=True),
    Column("mark", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("visibility", String(30), nullable=False),
    Column("minimum_age", Integer),
    Column("maximum_age", Integer),
    Column("area_kind", String(20), nullable=False),
    Column("radius_km", Integer),
    Column("municipality", String(6), nullable=False),
    *_where_and_when(),
    Column("by_line", Boolean, nullable=False),
    Column("visits", Boolean, nullable=False),
    Column("free", Boolean, nullable=False),
    Column("referral_needed", Boolean),
    Column("confirmed_on", Date),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("sort_key", BY_CODE, nullable=False),
)
opening = Table(
    "resources_finding_opening",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    *_where_and_when(),
)
area_word = Table(
    "resources_area_word",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("word", Text, nullable=False, unique=True),
)
finding_area = Table(
    "resources_finding_area",
    metadata,
    Column("area_word_id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
)
