"""Makes the tables of frozen reports and their corrections, of agencies' remarks and of the year's actions."""

import sqlalchemy as sa
from alembic import op

revision = "p0008"
down_revision = "p0007"
branch_labels = None
depends_on = None
contract = "a year of a town may be told by several bodies, which the release before did not know"

# The name that PostgreSQL gave to the constraint of p0006; SQLite gave none, so it is told the same.
NAMES = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}


def upgrade() -> None:
    op.create_table(
        "portal_report_version",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("period", sa.String(20), nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("frozen_by", sa.String(200), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("year", "number", name="portal_report_version_year_number_key"),
    )
    op.create_table(
        "portal_late_fact",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("fact_id", sa.String(100), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("change", sa.String(20), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("portal_late_fact_day", "portal_late_fact", ["day"])
    op.create_table(
        "portal_agency_remark",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("framework", sa.String(60), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("entered_by", sa.String(200), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("portal_agency_remark_year", "portal_agency_remark", ["framework", "year"])
    op.create_table(
        "portal_action_entry",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("action_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("done", sa.Text, nullable=False),
        sa.Column("found", sa.Text, nullable=False),
        sa.Column("next_step", sa.Text, nullable=False),
        sa.Column("entered_by", sa.String(200), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("portal_action_entry_year", "portal_action_entry", ["year"])
    with op.batch_alter_table("portal_reported_step", naming_convention=NAMES) as step:
        step.add_column(sa.Column("version_id", sa.String(64), nullable=False, server_default=""))
        step.drop_constraint("portal_reported_step_year_body_key", type_="unique")
        step.create_unique_constraint(
            "portal_reported_step_year_body_version_key", ["year", "body", "version_id"]
        )
