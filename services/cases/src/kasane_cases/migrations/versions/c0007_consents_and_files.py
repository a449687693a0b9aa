"""Says who heard a consent and who spoke for the person; keeps files, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "c0007"
down_revision = "c0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("heard_by", "representative", "representative_basis", "own_will"):
        op.add_column("cases_consent", sa.Column(name, sa.Text, nullable=False, server_default=""))
    for name, length in (("form", 60), ("evidence_id", 36)):
        op.add_column(
            "cases_consent",
            sa.Column(name, sa.String(length), nullable=False, server_default=""),
        )
    op.create_table(
        "cases_attachment",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("reference", sa.String(36), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.Column("added_by_name", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("cases_attachment_case", "cases_attachment", ["case_id", "added_at"])
    op.create_index("cases_consent_expiry", "cases_consent", ["state", "expires_on"])
