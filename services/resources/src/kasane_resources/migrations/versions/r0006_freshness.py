"""Makes links with which organizations confirm their entries, their answers, and when somebody was reminded."""

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resources_confirm_link",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("human_service_id", sa.String(36), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "resources_organization_answer",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("human_service_id", sa.String(36), nullable=False),
        sa.Column("link_id", sa.String(36), nullable=False),
        sa.Column("as_it_is", sa.Boolean, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "resources_confirmation_reminder",
        sa.Column("human_service_id", sa.String(36), primary_key=True),
        sa.Column("reminded_on", sa.Date, nullable=False),
    )
    op.create_index(
        "resources_confirm_link_digest", "resources_confirm_link", ["digest"], unique=True
    )
    op.create_index("resources_confirm_link_of", "resources_confirm_link", ["human_service_id"])
    op.create_index(
        "resources_answer_state", "resources_organization_answer", ["state", "answered_at"]
    )
    op.create_index(
        "resources_human_service_confirmed", "resources_human_service", ["last_confirmed_on"]
    )
