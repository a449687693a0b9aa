"""Names the columns of what belongs to imports: pieces and rows of long files, refused rows, cells in quarantine,
meanings of columns."""

from sqlalchemy import JSON, Boolean, Column, DateTime, Integer, LargeBinary, String, Table, Text

from kasane_resources.tables.schema import metadata

refused_row = Table(
    "resources_refused_row",
    metadata,
    Column("source", String(60), primary_key=True),
    Column("row_key", String(200), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("original", JSON, nullable=False),
    Column("problems", JSON, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False),
)
quarantined_cell = Table(
    "resources_quarantined_cell",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("human_service_id", String(36), nullable=False),
    Column("source", String(60), nullable=False),
    Column("row_key", String(200), nullable=False),
    Column("column", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
)
column_mapping = Table(
    "resources_column_mapping",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("columns", JSON, nullable=False),
    Column("kind", String(60), nullable=False),
)
import_piece = Table(
    "resources_import_piece",
    metadata,
    Column("import_id", String(36), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
import_row = Table(
    "resources_import_row",
    metadata,
    Column("import_id", String(36), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("row_key", String(200), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("wrong", Boolean, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("cells", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
)
