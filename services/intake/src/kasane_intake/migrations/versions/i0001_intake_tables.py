"""Makes intake's tables."""

import sqlalchemy as sa
from alembic import op

revision = "i0001"
down_revision = None
branch_labels = ("intake",)
depends_on = "k0001"


def upgrade() -> None:
    op.create_table(
        "intake_consultation",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.String(64), nullable=False),
        sa.Column("desk", sa.String(60), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("categories", sa.JSON, nullable=False),
        sa.Column("main_category", sa.String(60), nullable=False),
        sa.Column("contact_name", sa.Text, nullable=False),
        sa.Column("contact_kana", sa.Text, nullable=False),
        sa.Column("contact_relation", sa.String(60), nullable=False),
        sa.Column("contact_phone", sa.String(40), nullable=False),
        sa.Column("contact_hidden", sa.Boolean, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("area", sa.String(60), nullable=False),
        sa.Column("single_agency_enough", sa.Boolean),
        sa.Column("ordinary_cooperation_enough", sa.Boolean),
        sa.Column("escalation_level", sa.String(30), nullable=False),
        sa.Column("target_role", sa.String(60), nullable=False),
        sa.Column("escalation_reason", sa.Text, nullable=False),
        sa.Column("escalation_source", sa.String(120), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("extensions", sa.JSON, nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "intake_person_concerned",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("consultation_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kana", sa.Text, nullable=False),
        sa.Column("birth_date", sa.Date),
        sa.Column("relation", sa.String(60), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("given_consent", sa.Boolean, nullable=False),
    )
    op.create_table(
        "intake_referral_sheet",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("consultation_id", sa.String(36), nullable=False),
        sa.Column("from_office", sa.String(60), nullable=False),
        sa.Column("to_office", sa.String(60), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("consent", sa.Boolean, nullable=False),
        sa.Column("companionship", sa.String(60), nullable=False),
        sa.Column("sent_on", sa.Date, nullable=False),
        sa.Column("acknowledge_by", sa.Date, nullable=False),
        sa.Column("overdue_role", sa.String(60), nullable=False),
        sa.Column("includes_arrears", sa.Boolean, nullable=False),
        sa.Column("arrears_consent", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("return_reason", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("extensions", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "intake_counter",
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_index("intake_consultation_received", "intake_consultation", ["received_at", "id"])
    op.create_index("intake_person_consultation", "intake_person_concerned", ["consultation_id"])
    op.create_index("intake_sheet_consultation", "intake_referral_sheet", ["consultation_id"])
    op.create_index("intake_sheet_to", "intake_referral_sheet", ["to_office", "status"])
