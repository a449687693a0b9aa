"""Keeps which version of the town's key is in use: the newest under which a record's key was wrapped until now."""

import sqlalchemy as sa
from alembic import op

revision = "k0014"
down_revision = "k0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_in_use",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.execute(
        "INSERT INTO key_in_use (id, version) SELECT 1, coalesce(max(version), 1) FROM field_key"
    )
