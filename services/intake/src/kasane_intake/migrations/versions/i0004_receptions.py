"""Makes the tables of how consultations came and of their national categories; notes carers and descriptions."""

import sqlalchemy as sa
from alembic import op

revision = "i0004"
down_revision = "i0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_reception",
        sa.Column("consultation_id", sa.String(36), primary_key=True),
        sa.Column("route", sa.String(20), nullable=False),
        sa.Column("written_on", sa.Date),
        sa.Column("heard_by", sa.Text, nullable=False),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("campaign", sa.String(60), nullable=False),
        sa.Column("need", sa.String(10), nullable=False),
        sa.Column("contact_by", sa.Text, nullable=False),
        sa.Column("do_not_contact", sa.Text, nullable=False),
    )
    op.create_table(
        "intake_national_category",
        sa.Column("consultation_id", sa.String(36), primary_key=True),
        sa.Column("code", sa.String(40), primary_key=True),
        sa.Column("main", sa.Boolean, nullable=False),
    )
    op.create_index("intake_national_code", "intake_national_category", ["code"])
    op.add_column(
        "intake_person_concerned",
        sa.Column("carer", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "intake_person_concerned",
        sa.Column("description", sa.Text, nullable=False, server_default=""),
    )
