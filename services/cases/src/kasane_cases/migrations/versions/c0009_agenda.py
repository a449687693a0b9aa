"""Gives agenda items their own basis, attendees, roles and minutes; decisions an owner and an end."""

import sqlalchemy as sa
from alembic import op

revision = "c0009"
down_revision = "c0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases_session", sa.Column("legal_kinds", sa.JSON, nullable=False, server_default="[]")
    )
    for name, kind, default in (
        ("legal_kind", sa.String(40), ""),
        ("admitted", sa.JSON, "[]"),
        ("state", sa.String(20), "on_agenda"),
        ("state_reason", sa.Text, ""),
        ("follows", sa.String(36), ""),
        ("minutes", sa.Text, ""),
        ("roles", sa.JSON, "[]"),
    ):
        op.add_column(
            "cases_agenda_item", sa.Column(name, kind, nullable=False, server_default=default)
        )
    op.execute(
        "UPDATE cases_agenda_item SET legal_kind = (SELECT cases_session.legal_kind"
        " FROM cases_session WHERE cases_session.id = cases_agenda_item.session_id)"
    )
    for name, kind in (("owner", sa.String(64)), ("done_note", sa.Text)):
        op.add_column(
            "cases_item_decision", sa.Column(name, kind, nullable=False, server_default="")
        )
    op.add_column("cases_item_decision", sa.Column("done_on", sa.Date))
    op.create_table(
        "cases_minutes_addendum",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("item_id", sa.String(36), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
    )
    op.create_index("cases_minutes_addendum_session", "cases_minutes_addendum", ["session_id"])
