"""Adds runs of campaigns, their lists, hearings and visits, and the watching over people without consent."""

import sqlalchemy as sa
from alembic import op

revision = "o0008"
down_revision = "o0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outreach_campaign_run",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("campaign", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("preconditions", sa.JSON, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receivers", sa.JSON, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("legal_ground", sa.Text, nullable=False),
        sa.Column("approved_by", sa.String(64), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True)),
        sa.Column("keep_until", sa.Date),
        sa.Column("waves", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "outreach_survey_target",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kana", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("wave", sa.Integer, nullable=False),
        sa.Column("sent_on", sa.Date),
        sa.Column("replied_at", sa.DateTime(timezone=True)),
        sa.Column("no_letters", sa.Boolean, nullable=False),
        sa.Column("need", sa.String(10), nullable=False),
        sa.Column("triaged_by", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("sealed", sa.LargeBinary),
    )
    op.create_table(
        "outreach_survey_household",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("area", sa.String(80), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("visited_on", sa.Date),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
    )
    op.create_table(
        "outreach_survey_visit",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("household_id", sa.String(36), nullable=False),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary),
    )
    op.create_table(
        "outreach_leader_hearing",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("area", sa.String(80), nullable=False),
        sa.Column("heard_from", sa.String(120), nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("legal_ground", sa.Text, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "outreach_reply_count",
        sa.Column("bucket", sa.String(64), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "outreach_watch_assignment",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("watcher", sa.String(64), nullable=False),
        sa.Column("every_days", sa.Integer, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("begins_on", sa.Date, nullable=False),
        sa.Column("next_on", sa.Date, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("end_reason", sa.Text, nullable=False),
    )
    op.create_table(
        "outreach_watch_report",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("assignment_id", sa.String(36), nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("worrying", sa.Boolean, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("outreach_survey_target_run", "outreach_survey_target", ["run_id", "number"])
    op.create_index(
        "outreach_survey_household_run", "outreach_survey_household", ["run_id", "area"]
    )
    op.create_index("outreach_survey_visit_run", "outreach_survey_visit", ["run_id", "on_day"])
    op.create_index("outreach_watch_case", "outreach_watch_assignment", ["case_id"])
    op.create_index("outreach_watch_report_of", "outreach_watch_report", ["assignment_id"])
