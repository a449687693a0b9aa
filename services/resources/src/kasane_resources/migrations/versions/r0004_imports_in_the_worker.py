"""Keeps refused rows, cells in quarantine and meanings of columns, and how far an import has come."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("resources_import") as one:
        one.add_column(
            sa.Column("state", sa.String(20), nullable=False, server_default="looked_at")
        )
        one.add_column(sa.Column("rows", sa.Integer, nullable=False, server_default="0"))
        one.add_column(sa.Column("done", sa.Integer, nullable=False, server_default="0"))
        one.add_column(sa.Column("retires", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE resources_import SET state = 'applied' WHERE applied_at IS NOT NULL")
    op.create_table(
        "resources_refused_row",
        sa.Column("source", sa.String(60), primary_key=True),
        sa.Column("row_key", sa.String(200), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("original", sa.JSON, nullable=False),
        sa.Column("problems", sa.JSON, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "resources_quarantined_cell",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("human_service_id", sa.String(36), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("row_key", sa.String(200), nullable=False),
        sa.Column("column", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "resources_quarantined_decision", "resources_quarantined_cell", ["decision", "noted_at"]
    )
    op.create_index(
        "resources_quarantined_row", "resources_quarantined_cell", ["source", "row_key"]
    )
    op.create_table(
        "resources_column_mapping",
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("columns", sa.JSON, nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
    )
