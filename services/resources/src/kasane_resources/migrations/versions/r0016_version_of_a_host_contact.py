"""A contact at a host counts how often it was written."""

import sqlalchemy as sa
from alembic import op

revision = "r0016"
down_revision = "r0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "resources_host_contact",
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    )
