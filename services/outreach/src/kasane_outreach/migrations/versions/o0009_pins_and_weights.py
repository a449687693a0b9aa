"""Why a visit keeps its time, and the weights of a town's plans. What stands already is kept where it is."""

import sqlalchemy as sa
from alembic import op

revision = "o0009"
down_revision = "o0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "outreach_visit", sa.Column("pin", sa.String(10), nullable=False, server_default="told")
    )
    op.create_table(
        "outreach_plan_setting",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
