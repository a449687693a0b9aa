"""Counts the changes of a person on a survey's list, so that nobody decides on a reply that they have not read."""

import sqlalchemy as sa
from alembic import op

revision = "o0013"
down_revision = "o0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "outreach_survey_target",
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    )
