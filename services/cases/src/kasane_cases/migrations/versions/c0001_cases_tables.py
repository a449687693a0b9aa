"""Makes the tables of cases."""

import sqlalchemy as sa
from alembic import op

revision = "c0001"
down_revision = None
branch_labels = ("cases",)
depends_on = "k0001"


def upgrade() -> None:
    op.create_table(
        "cases_consultation_summary",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("desk", sa.String(60), nullable=False),
        sa.Column("categories", sa.JSON, nullable=False),
        sa.Column("main_category", sa.String(60), nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("area", sa.String(60), nullable=False),
        sa.Column("escalation_level", sa.String(30), nullable=False),
        sa.Column("target_role", sa.String(60), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("waiting", sa.Boolean, nullable=False),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("persons", sa.JSON, nullable=False),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
    )
    op.create_table(
        "cases_case",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("consultation_id", sa.String(36), nullable=False),
        sa.Column("household_id", sa.String(36), nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("area", sa.String(60), nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("categories", sa.JSON, nullable=False),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("support_decided_on", sa.Date),
        sa.Column("support_reason", sa.Text, nullable=False),
        sa.Column("review_on", sa.Date),
        sa.Column("evaluation", sa.Text, nullable=False),
        sa.Column("next_contact", sa.Text, nullable=False),
        sa.Column("closing_outcome", sa.String(30), nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "cases_person",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kana", sa.Text, nullable=False),
        sa.Column("birth_date", sa.Date),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("address_protected", sa.Boolean, nullable=False),
    )
    op.create_table(
        "cases_household",
        sa.Column("id", sa.String(36), primary_key=True),
    )
    op.create_table(
        "cases_membership",
        sa.Column("household_id", sa.String(36), primary_key=True),
        sa.Column("person_id", sa.String(36), primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("relation", sa.String(60), nullable=False),
        sa.Column("valid_to", sa.Date),
    )
    op.create_table(
        "cases_access_grant",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("subject_kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("basis", sa.String(20), nullable=False),
        sa.Column("basis_reference", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "cases_consent",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("purposes", sa.JSON, nullable=False),
        sa.Column("recipients", sa.JSON, nullable=False),
        sa.Column("data_classes", sa.JSON, nullable=False),
        sa.Column("given_by", sa.String(30), nullable=False),
        sa.Column("method", sa.String(60), nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("expires_on", sa.Date),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "cases_support_need",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("identified_on", sa.Date, nullable=False),
        sa.Column("identified_by", sa.String(64), nullable=False),
        sa.Column("missing", sa.JSON, nullable=False),
        sa.Column("suggested_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "cases_suggestion",
        sa.Column("need_id", sa.String(36), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("human_service_id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("points", sa.Float, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
    )
    op.create_table(
        "cases_referral",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("need_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("human_service_id", sa.String(64), nullable=False),
        sa.Column("human_service_name", sa.Text, nullable=False),
        sa.Column("recipient", sa.String(30), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("requested_on", sa.Date, nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("answered_on", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "cases_outreach_request",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("agency", sa.String(60), nullable=False),
        sa.Column("agency_label", sa.Text, nullable=False),
        sa.Column("basis", sa.String(80), nullable=False),
        sa.Column("requested_on", sa.Date, nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("by_when", sa.Date),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("two_person", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("next_visit_on", sa.Date),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_table(
        "cases_session",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("body", sa.String(60), nullable=False),
        sa.Column("body_label", sa.Text, nullable=False),
        sa.Column("legal_kind", sa.String(40), nullable=False),
        sa.Column("planned_for", sa.Date, nullable=False),
        sa.Column("planned_by", sa.String(64), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("appointed", sa.Integer),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("held_on", sa.Date),
        sa.Column("next_on", sa.Date),
        sa.Column("minutes", sa.Text, nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "cases_attendee",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("affiliation", sa.Text, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("duty_text", sa.Text, nullable=False),
        sa.Column("duty_basis", sa.Text, nullable=False),
        sa.Column("needs_signature", sa.Boolean, nullable=False),
        sa.Column("duty_source", sa.Text, nullable=False),
        sa.Column("duty_effective_from", sa.Date),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "cases_agenda_item",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("consent_state", sa.String(20), nullable=False),
    )
    op.create_table(
        "cases_item_fact",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("item_id", sa.String(36), nullable=False),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
    )
    op.create_table(
        "cases_item_decision",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("item_id", sa.String(36), nullable=False),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("in_charge", sa.String(60), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date),
    )
    op.create_table(
        "cases_support_plan",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("persons", sa.JSON, nullable=False),
        sa.Column("goals", sa.JSON, nullable=False),
        sa.Column("tracks", sa.JSON, nullable=False),
        sa.Column("drafted_on", sa.Date, nullable=False),
        sa.Column("drafted_by", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("decided_on", sa.Date),
        sa.Column("review_on", sa.Date),
        sa.Column("agreed_by", sa.JSON, nullable=False),
        sa.Column("extensions", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "cases_timeline",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.Column("actor_name", sa.Text, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
    )
    op.create_table(
        "cases_task",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("raised_on", sa.Date, nullable=False),
        sa.Column("done_on", sa.Date),
    )
    op.create_table(
        "cases_counter",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_index("cases_access_grant_case", "cases_access_grant", ["case_id"])
    op.create_index("cases_access_grant_subject", "cases_access_grant", ["subject_kind", "subject"])
    op.create_index("cases_agenda_item_session", "cases_agenda_item", ["session_id"])
    op.create_index("cases_agenda_item_case", "cases_agenda_item", ["case_id"])
    op.create_index("cases_attendee_session", "cases_attendee", ["session_id"])
    op.create_index("cases_attendee_account", "cases_attendee", ["account_id"])
    op.create_index("cases_case_opened", "cases_case", ["opened_on", "id"])
    op.create_index("cases_fact_session", "cases_item_fact", ["session_id"])
    op.create_index("cases_decision_session", "cases_item_decision", ["session_id"])
    op.create_index("cases_need_case", "cases_support_need", ["case_id"])
    op.create_index("cases_outreach_case", "cases_outreach_request", ["case_id"])
    op.create_index("cases_plan_case", "cases_support_plan", ["case_id"])
    op.create_index("cases_referral_case", "cases_referral", ["case_id"])
    op.create_index("cases_session_planned", "cases_session", ["planned_for", "id"])
    op.create_index(
        "cases_summary_waiting", "cases_consultation_summary", ["waiting", "received_on"]
    )
    op.create_index("cases_task_case", "cases_task", ["case_id"])
    op.create_index("cases_timeline_case", "cases_timeline", ["case_id", "at"])
    op.create_index(
        "cases_consent_person", "cases_consent", ["case_id", "person_id", "number"], unique=True
    )
