"""Makes the ledger of disclosures and the legal bases that were asked for."""

import sqlalchemy as sa
from alembic import op

revision = "c0002"
down_revision = "c0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases_disclosure",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("destination", sa.String(40), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("recipient_code", sa.String(64), nullable=False),
        sa.Column("act", sa.String(30), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(30), nullable=False),
        sa.Column("data_classes", sa.JSON, nullable=False),
        sa.Column("closed_classes", sa.JSON, nullable=False),
        sa.Column("basis", sa.String(30), nullable=False),
        sa.Column("basis_reference", sa.String(36), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("approver", sa.String(64), nullable=False),
        sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disclosed_by", sa.String(64), nullable=False),
        sa.Column("disclosed_by_name", sa.Text, nullable=False),
    )
    op.create_table(
        "cases_legal_ground",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("destination", sa.String(40), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("data_classes", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_classes", sa.JSON, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("answered_by", sa.String(64), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("approved", sa.Boolean, nullable=False),
        sa.Column("answer_note", sa.Text, nullable=False),
    )
    op.create_index("cases_disclosure_case", "cases_disclosure", ["case_id", "disclosed_at"])
    op.create_index("cases_disclosure_person", "cases_disclosure", ["person_id", "disclosed_at"])
    op.create_index("cases_legal_ground_case", "cases_legal_ground", ["case_id", "person_id"])
