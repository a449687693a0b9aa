"""Makes the history of states; sheets know their persons, chain, copies, company and reminders."""

import sqlalchemy as sa
from alembic import op

revision = "i0009"
down_revision = "i0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_step",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("consultation_id", sa.String(36), nullable=False),
        sa.Column("sheet_id", sa.String(36), nullable=False),
        sa.Column("from_status", sa.String(30), nullable=False),
        sa.Column("to_status", sa.String(30), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("by_account", sa.String(64), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("intake_step_consultation", "intake_step", ["consultation_id", "at"])
    op.add_column("intake_consultation", sa.Column("next_contact_on", sa.Date))
    sheet = "intake_referral_sheet"
    for column in (
        sa.Column("persons", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("responsible_office", sa.String(60), nullable=False, server_default=""),
        sa.Column("chain_id", sa.String(36), nullable=False, server_default=""),
        sa.Column("redirected_from", sa.String(36), nullable=False, server_default=""),
        sa.Column("copies_to", sa.Text, nullable=False, server_default=""),
        sa.Column("accompanied_as", sa.String(60), nullable=False, server_default=""),
        sa.Column("accompanied_on", sa.Date),
        sa.Column("accompanied_by", sa.Text, nullable=False, server_default=""),
        sa.Column("void_reason", sa.Text, nullable=False, server_default=""),
        sa.Column("reminders", sa.Integer, nullable=False, server_default="0"),
        sa.Column("reminded_on", sa.Date),
    ):
        op.add_column(sheet, column)
    op.execute(f"UPDATE {sheet} SET responsible_office = from_office, chain_id = id")
    op.create_index("intake_sheet_open", sheet, ["status", "acknowledge_by"])
    op.create_index("intake_sheet_chain", sheet, ["chain_id"])
