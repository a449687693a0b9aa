"""Makes the portal's tables."""

import sqlalchemy as sa
from alembic import op

revision = "p0001"
down_revision = None
branch_labels = ("portal",)
depends_on = "k0001"


def upgrade() -> None:
    op.create_table(
        "portal_account",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("login_name", sa.String(64), nullable=False, unique=True),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("functions", sa.JSON, nullable=False),
        sa.Column("office", sa.String(60), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
    )
    op.create_table(
        "portal_sign_in_failure",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("address", sa.String(100), nullable=False),
    )
    op.create_table(
        "portal_task_copy",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("subject_id", sa.String(64), primary_key=True),
        sa.Column("consultation_id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "portal_task_target",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("subject_id", sa.String(64), primary_key=True),
        sa.Column("target", sa.String(100), primary_key=True),
        sa.Column("when_overdue", sa.Boolean, primary_key=True),
    )
    op.create_table(
        "portal_number_copy",
        sa.Column("subject_id", sa.String(64), primary_key=True),
        sa.Column("number", sa.String(40), nullable=False),
    )
    op.create_table(
        "portal_counted_fact",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("subject_id", sa.String(64), primary_key=True),
        sa.Column("month", sa.String(7), nullable=False),
    )
    op.create_table(
        "portal_audit_copy",
        sa.Column("entry_id", sa.String(64), primary_key=True),
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("action", sa.String(120), nullable=False),
        sa.Column("object_kind", sa.String(60), nullable=False),
        sa.Column("object_id", sa.String(128), nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("causation_id", sa.String(64), nullable=False),
    )
    op.create_index("portal_failure_subject", "portal_sign_in_failure", ["subject", "at"])
    op.create_index("portal_failure_address", "portal_sign_in_failure", ["address", "at"])
    op.create_index("portal_task_target_target", "portal_task_target", ["target"])
    op.create_index("portal_task_open", "portal_task_copy", ["closed_at"])
    op.create_index("portal_task_consultation", "portal_task_copy", ["consultation_id"])
    op.create_index("portal_task_case", "portal_task_copy", ["case_id"])
    op.create_index("portal_counted_month", "portal_counted_fact", ["month", "kind"])
    op.create_index("portal_audit_at", "portal_audit_copy", ["at", "entry_id"])
    op.create_index("portal_audit_correlation", "portal_audit_copy", ["correlation_id", "at"])
    op.create_index("portal_audit_object", "portal_audit_copy", ["object_id", "at"])
    op.create_index("portal_audit_actor", "portal_audit_copy", ["actor", "at"])
