"""Makes the table of the small intake."""

import sqlalchemy as sa
from alembic import op

revision = "s0001"
down_revision = None
branch_labels = ("small_intake",)
depends_on = "k0001"


def upgrade() -> None:
    op.create_table(
        "intake_small_said",
        sa.Column("consultation_id", sa.String(64), primary_key=True),
        sa.Column("said_by", sa.String(64), nullable=False),
    )
