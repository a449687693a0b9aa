"""Names the columns of the switch of the page for everybody."""

from sqlalchemy import Boolean, Column, DateTime, Integer, Table, Text

from kasane_resources.tables.schema import metadata

public_page = Table(
    "resources_public_page",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("open", Boolean, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by_name", Text, nullable=False),
)
