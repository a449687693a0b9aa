"""Which areas of a survey from house to house a worker walks on a day, so that a telephone can hold them."""

import sqlalchemy as sa
from alembic import op

revision = "o0011"
down_revision = "o0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outreach_survey_walk",
        sa.Column("account_id", sa.String(64), primary_key=True),
        sa.Column("on_day", sa.Date, primary_key=True),
        sa.Column("run_id", sa.String(36), primary_key=True),
        sa.Column("area", sa.String(80), primary_key=True),
    )
