"""Keeps long files in pieces and their rows once they are read, and why a file was refused after it was taken."""

import sqlalchemy as sa
from alembic import op

revision = "r0014"
down_revision = "r0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("resources_import") as one:
        one.add_column(sa.Column("long", sa.Boolean, nullable=False, server_default=sa.false()))
        one.add_column(sa.Column("headers", sa.JSON, nullable=False, server_default="{}"))
        one.add_column(sa.Column("refusal", sa.JSON, nullable=False, server_default="{}"))
    op.create_table(
        "resources_import_piece",
        sa.Column("import_id", sa.String(36), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "resources_import_row",
        sa.Column("import_id", sa.String(36), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("row_key", sa.String(200), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("wrong", sa.Boolean, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("cells", sa.JSON, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
    )
    op.create_index(
        "resources_import_row_outcome",
        "resources_import_row",
        ["import_id", "outcome", "position"],
    )
    op.create_index("resources_import_row_key", "resources_import_row", ["import_id", "row_key"])
