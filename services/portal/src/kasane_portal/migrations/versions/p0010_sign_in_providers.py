"""Keeps with a session where it was proved, and which answers of a provider were taken already."""

import sqlalchemy as sa
from alembic import op

revision = "p0010"
down_revision = "p0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("provider_subject", "provider_session"):
        op.add_column(
            "portal_session", sa.Column(name, sa.String(64), nullable=False, server_default="")
        )
    op.create_table(
        "portal_spent_answer",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
