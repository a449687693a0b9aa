"""Makes the links between people who are one person under two records."""

import sqlalchemy as sa
from alembic import op

revision = "c0004"
down_revision = "c0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases_person_link",
        sa.Column("merge_id", sa.String(36), primary_key=True),
        sa.Column("one_person_id", sa.String(36), nullable=False),
        sa.Column("other_person_id", sa.String(36), nullable=False),
        sa.Column("one_consultation_id", sa.String(36), nullable=False),
        sa.Column("other_consultation_id", sa.String(36), nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False),
    )
    op.create_index("cases_person_link_one", "cases_person_link", ["one_person_id"])
    op.create_index("cases_person_link_other", "cases_person_link", ["other_person_id"])
