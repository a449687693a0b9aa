"""An organization's answer keeps which entry it saw."""

import sqlalchemy as sa
from alembic import op

revision = "r0017"
down_revision = "r0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "resources_organization_answer",
        sa.Column("entry_digest", sa.String(64), nullable=False, server_default=""),
    )
