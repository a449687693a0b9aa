"""Lets a draft say which records it is about, so that it goes with them."""

import sqlalchemy as sa
from alembic import op

revision = "k0013"
down_revision = "k0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("kept_draft", sa.Column("about", sa.Text, nullable=False, server_default=""))
