"""Makes outreach's tables."""

import sqlalchemy as sa
from alembic import op

revision = "o0001"
down_revision = None
branch_labels = ("outreach",)
depends_on = "k0001"


def upgrade() -> None:
    op.create_table(
        "outreach_household_to_reach",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kana", sa.Text, nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("address_protected", sa.Boolean, nullable=False),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("town_block", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("by_when", sa.Date),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("two_person", sa.Boolean, nullable=False),
        sa.Column("agency", sa.String(60), nullable=False),
        sa.Column("area", sa.String(60), nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_result", sa.String(20), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "outreach_visit",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("starts_at", sa.Time, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("two_person", sa.Boolean, nullable=False),
        sa.Column("round_id", sa.String(36), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("cancel_reason", sa.Text, nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("made_on", sa.Date),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("consent_heard", sa.Boolean, nullable=False),
        sa.Column("accompanied_to", sa.Text, nullable=False),
        sa.Column("next_wish", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True)),
        sa.Column("submission", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "outreach_visit_worker",
        sa.Column("visit_id", sa.String(36), primary_key=True),
        sa.Column("account_id", sa.String(64), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "outreach_contact_attempt",
        sa.Column("visit_id", sa.String(36), primary_key=True),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "outreach_visit_round",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("planned_by", sa.String(64), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_ids", sa.JSON, nullable=False),
        sa.Column("problem", sa.JSON, nullable=False),
        sa.Column("plan", sa.JSON, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index(
        "outreach_household_status", "outreach_household_to_reach", ["status", "by_when"]
    )
    op.create_index("outreach_household_case", "outreach_household_to_reach", ["case_id"])
    op.create_index("outreach_visit_day", "outreach_visit", ["on_day", "starts_at"])
    op.create_index("outreach_visit_request", "outreach_visit", ["request_id"])
    op.create_index("outreach_visit_case", "outreach_visit", ["case_id"])
    op.create_index("outreach_visit_worker_account", "outreach_visit_worker", ["account_id"])
    op.create_index(
        "outreach_attempt_request", "outreach_contact_attempt", ["request_id", "number"]
    )
    op.create_index("outreach_round_day", "outreach_visit_round", ["on_day"])
