"""Makes the requests to merge two records of one person, and the turn in which they are decided."""

import sqlalchemy as sa
from alembic import op

revision = "i0005"
down_revision = "i0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_person_merge",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("one_id", sa.String(36), nullable=False),
        sa.Column("other_id", sa.String(36), nullable=False),
        sa.Column("one_consultation_id", sa.String(36), nullable=False),
        sa.Column("other_consultation_id", sa.String(36), nullable=False),
        sa.Column("choices", sa.JSON, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("requested_by_name", sa.Text, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_by_name", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decision_reason", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("undone_by", sa.String(64), nullable=False),
        sa.Column("undone_by_name", sa.Text, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undo_reason", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    turn = op.create_table(
        "intake_merge_turn",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.bulk_insert(turn, [{"id": 1, "last": 0}])
    op.create_index("intake_merge_one", "intake_person_merge", ["one_id", "status"])
    op.create_index("intake_merge_other", "intake_person_merge", ["other_id", "status"])
    op.create_index("intake_merge_status", "intake_person_merge", ["status", "id"])
