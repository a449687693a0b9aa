"""Makes the table of records that were shown as candidates."""

import sqlalchemy as sa
from alembic import op

revision = "i0013"
down_revision = "i0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_shown_candidate",
        sa.Column("account_id", sa.String(64), primary_key=True),
        sa.Column("form", sa.String(80), primary_key=True),
        sa.Column("person_id", sa.String(36), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("intake_shown_candidate_at", "intake_shown_candidate", ["at"])
