"""Makes the table of the switch of the page for everybody."""

import sqlalchemy as sa
from alembic import op

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resources_public_page",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_name", sa.Text, nullable=False),
    )
