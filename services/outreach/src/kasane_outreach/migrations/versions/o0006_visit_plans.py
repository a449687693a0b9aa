"""Working hours, wishes about visits, and visit plans."""

import sqlalchemy as sa
from alembic import op

revision = "o0006"
down_revision = "o0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outreach_worker_profile",
        sa.Column("account_id", sa.String(64), primary_key=True),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "outreach_visit_wish",
        sa.Column("request_id", sa.String(36), primary_key=True),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "outreach_plan_run",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("problem", sa.LargeBinary, nullable=False),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("plan", sa.LargeBinary),
        sa.Column("cost", sa.Float, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("stop_asked", sa.Boolean, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True)),
        sa.Column("heard_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("outreach_plan_run_status", "outreach_plan_run", ["status"])
