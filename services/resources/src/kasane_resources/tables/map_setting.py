"""Names the columns of the town's choice of map."""

from sqlalchemy import Column, Integer, Table, Text

from kasane_resources.tables.schema import metadata

map_setting = Table(
    "resources_map_setting",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("tiles", Text, nullable=False),
    Column("attribution", Text, nullable=False),
)
