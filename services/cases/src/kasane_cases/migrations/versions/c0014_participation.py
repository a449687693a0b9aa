"""Keeps participation support of persons of a case, and community issues raised from cases."""

import sqlalchemy as sa
from alembic import op

revision = "c0014"
down_revision = "c0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases_participation",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("wish", sa.Text, nullable=False),
        sa.Column("proposed_on", sa.Date, nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("host_id", sa.String(36), nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("moved_on", sa.Date),
        sa.Column("judged_session", sa.String(36), nullable=False),
        sa.Column("judged_on", sa.Date),
        sa.Column("judged_needed", sa.Boolean),
        sa.Column("told_on", sa.Date),
    )
    op.create_table(
        "cases_community_issue",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("theme", sa.String(60), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("areas", sa.JSON, nullable=False),
        sa.Column("households", sa.Integer, nullable=False),
        sa.Column("raised_on", sa.Date, nullable=False),
        sa.Column("raised_by", sa.String(64), nullable=False),
        sa.Column("case_ids", sa.JSON, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_on", sa.Date),
    )
    op.create_index("cases_participation_case", "cases_participation", ["case_id"])
