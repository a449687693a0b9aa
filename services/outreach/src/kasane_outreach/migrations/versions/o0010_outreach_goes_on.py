"""Adds who had a visit before, who asked for one, and what a run of a campaign keeps when its list goes."""

import sqlalchemy as sa
from alembic import op

revision = "o0010"
down_revision = "o0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outreach_former_worker",
        sa.Column("visit_id", sa.String(36), primary_key=True),
        sa.Column("account_id", sa.String(64), primary_key=True),
    )
    op.create_table(
        "outreach_letter_refusal",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("since", sa.Date, nullable=False),
    )
    for column in ("asked_by", "end_reason"):
        op.add_column(
            "outreach_household_to_reach",
            sa.Column(column, sa.Text, nullable=False, server_default=""),
        )
    op.add_column("outreach_watch_assignment", sa.Column("told_for", sa.Date))
    op.add_column(
        "outreach_survey_target",
        sa.Column("consultation_id", sa.String(36), nullable=False, server_default=""),
    )
    for column in ("closed_on", "deleted_on"):
        op.add_column("outreach_campaign_run", sa.Column(column, sa.Date))
    op.add_column(
        "outreach_campaign_run",
        sa.Column("close_reason", sa.Text, nullable=False, server_default=""),
    )
    op.add_column("outreach_campaign_run", sa.Column("kept_counts", sa.JSON))
