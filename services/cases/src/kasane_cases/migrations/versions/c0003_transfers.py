"""Makes the tables of households handed over between towns."""

import sqlalchemy as sa
from alembic import op

revision = "c0003"
down_revision = "c0002"
branch_labels = None
depends_on = "k0002"


def upgrade() -> None:
    op.create_table(
        "cases_transfer",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("to_municipality", sa.String(16), nullable=False),
        sa.Column("secret", sa.Boolean, nullable=False),
        sa.Column("person_ids", sa.JSON, nullable=False),
        sa.Column("handover", sa.Text, nullable=False),
        sa.Column("safety_notes", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("evaluation", sa.Text, nullable=False),
        sa.Column("prepared_by", sa.String(64), nullable=False),
        sa.Column("prepared_by_name", sa.Text, nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approver", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("documents", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("receipt", sa.String(80), nullable=False),
        sa.Column("receipt_documents", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sealed_key", sa.Text, nullable=False),
    )
    op.create_index("ix_cases_transfer_case_id", "cases_transfer", ["case_id"])
    under_way = sa.text("status IN ('draft', 'approved', 'offered', 'withdrawing')")
    op.create_index(
        "ux_cases_transfer_under_way",
        "cases_transfer",
        ["case_id"],
        unique=True,
        sqlite_where=under_way,
        postgresql_where=under_way,
    )
    op.create_table(
        "cases_transfer_offer",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("from_municipality", sa.String(16), nullable=False),
        sa.Column("from_name", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("persons", sa.Integer, nullable=False),
        sa.Column("documents", sa.Integer, nullable=False),
        sa.Column("secret", sa.Boolean, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.String(64), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "cases_transfer_document",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("offer_id", sa.String(36), nullable=False),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("dated", sa.Date, nullable=False),
        sa.Column("lines", sa.JSON, nullable=False),
        sa.Column("third_party", sa.Boolean, nullable=False),
    )
    op.create_index("ix_cases_transfer_document_case_id", "cases_transfer_document", ["case_id"])
