"""Households change by dated steps, addresses are protected by term, and pages find by index."""

import sqlalchemy as sa
from alembic import op

revision = "c0005"
down_revision = "c0004"
branch_labels = None
depends_on = None

INDEXES = (
    ("cases_case", "status"),
    ("cases_case", "number"),
    ("cases_case", "household_id"),
    ("cases_case", "consultation_id"),
    ("cases_case", "review_on"),
    ("cases_case", "area"),
    ("cases_case", "lead"),
    ("cases_person", "name"),
    ("cases_person", "birth_date"),
    ("cases_membership", "person_id"),
    ("cases_access_grant", "case_id"),
    ("cases_access_grant", "subject"),
    ("cases_access_grant", "basis_reference"),
    ("cases_consent", "case_id"),
    ("cases_consent", "expires_on"),
    ("cases_support_need", "case_id"),
    ("cases_referral", "case_id"),
    ("cases_outreach_request", "case_id"),
    ("cases_attendee", "session_id"),
    ("cases_attendee", "account_id"),
    ("cases_agenda_item", "session_id"),
    ("cases_agenda_item", "case_id"),
    ("cases_support_plan", "case_id"),
    ("cases_support_plan", "review_on"),
    ("cases_timeline", "case_id"),
    ("cases_task", "case_id"),
    ("cases_consultation_summary", "waiting"),
    ("cases_consultation_summary", "case_id"),
)


def upgrade() -> None:
    with op.batch_alter_table("cases_person") as person:
        person.add_column(sa.Column("sex", sa.String(20), nullable=False, server_default=""))
        person.add_column(sa.Column("email", sa.Text, nullable=False, server_default=""))
        person.add_column(sa.Column("contact_note", sa.Text, nullable=False, server_default=""))
        person.add_column(
            sa.Column("phone_protected", sa.Boolean, nullable=False, server_default=sa.false())
        )
    # Until now the telephone of a protected person was hidden together with the address.
    op.execute("UPDATE cases_person SET phone_protected = address_protected")
    with op.batch_alter_table("cases_membership") as membership:
        membership.add_column(
            sa.Column("householder", sa.Boolean, nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("cases_case") as case:
        case.add_column(
            sa.Column("restricted", sa.Boolean, nullable=False, server_default=sa.false())
        )
        case.add_column(sa.Column("lead", sa.String(90), nullable=False, server_default=""))
        case.add_column(sa.Column("episode", sa.Integer, nullable=False, server_default="1"))
        case.add_column(sa.Column("episode_opened_on", sa.Date))
        case.add_column(sa.Column("last_contact_on", sa.Date))
    op.create_table(
        "cases_household_step",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("case_id", sa.String(36), nullable=False, index=True),
        sa.Column("other_case_id", sa.String(36), nullable=False, index=True),
        sa.Column("persons", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("undoes", sa.String(36), nullable=False),
        sa.Column("undone_by", sa.String(36), nullable=False),
    )
    op.create_table(
        "cases_care_tie",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False, index=True),
        sa.Column("carer_id", sa.String(36), nullable=False),
        sa.Column("cared_for_id", sa.String(36), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
    )
    op.create_table(
        "cases_address_protection",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("person_id", sa.String(36), nullable=False, index=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("until_on", sa.Date, nullable=False, index=True),
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("phone_too", sa.Boolean, nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("end_reason", sa.String(20), nullable=False),
    )
    op.create_table(
        "cases_protected_reader",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("person_id", sa.String(36), nullable=False, index=True),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("given_by", sa.String(64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("emergency", sa.Boolean, nullable=False),
    )
    op.create_table(
        "cases_episode",
        sa.Column("case_id", sa.String(36), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("closed_on", sa.Date, nullable=False),
        sa.Column("outcome", sa.String(30), nullable=False),
        sa.Column("evaluation", sa.Text, nullable=False),
        sa.Column("next_contact", sa.Text, nullable=False),
    )
    op.create_table(
        "cases_handoff",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("consultation_id", sa.String(36), nullable=False, index=True),
        sa.Column("from_office", sa.String(60), nullable=False),
        sa.Column("to_office", sa.String(60), nullable=False),
        sa.Column("acknowledge_by", sa.Date, nullable=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "cases_watch_rule",
        sa.Column("code", sa.String(30), primary_key=True),
        sa.Column("days", sa.Integer, nullable=False),
    )
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
