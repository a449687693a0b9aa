"""Makes the table of the small cases."""

import sqlalchemy as sa
from alembic import op

revision = "s0002"
down_revision = None
branch_labels = ("small_cases",)
depends_on = "k0001"


def upgrade() -> None:
    # No unique event: what is applied twice must show.
    op.create_table(
        "cases_small_heard",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("producer", sa.String(32), nullable=False),
        sa.Column("consultation_id", sa.String(64), nullable=False),
    )
