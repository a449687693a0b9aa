"""Makes the tables of participation support and of support for hosts."""

import sqlalchemy as sa
from alembic import op

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resources_participation",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("case_number", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wish", sa.Text, nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("age_band", sa.String(10), nullable=False),
        sa.Column("consent", sa.String(20), nullable=False),
        sa.Column("address_protected", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("judgement", sa.JSON),
        sa.Column("plan_id", sa.String(36), nullable=False),
        sa.Column("host_id", sa.String(36), nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("activity", sa.Text, nullable=False),
        sa.Column("telling", sa.String(20), nullable=False),
        sa.Column("trial_from", sa.Date),
        sa.Column("due_on", sa.Date),
        sa.Column("settle_every_days", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "resources_participation_step",
        sa.Column("participation_id", sa.String(36), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
    )
    op.create_table(
        "resources_settling_visit",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("participation_id", sa.String(36), nullable=False),
        sa.Column("by_when", sa.Date, nullable=False),
        sa.Column("made_on", sa.Date),
        sa.Column("result", sa.String(30), nullable=False),
        sa.Column("called_off", sa.Boolean, nullable=False),
    )
    op.create_table(
        "resources_host_support",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("host_id", sa.String(36), nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorded_by_name", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_on", sa.Date),
        sa.Column("answered_by_name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("resources_participation_case", "resources_participation", ["case_id"])
    op.create_index(
        "resources_participation_status", "resources_participation", ["status", "due_on"]
    )
    op.create_index("resources_participation_host", "resources_participation", ["host_id"])
    op.create_index("resources_settling_visit_of", "resources_settling_visit", ["participation_id"])
    op.create_index("resources_host_support_of", "resources_host_support", ["host_id", "on"])
