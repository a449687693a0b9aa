"""Makes the table of the town's choice of map."""

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resources_map_setting",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("tiles", sa.Text, nullable=False),
        sa.Column("attribution", sa.Text, nullable=False),
    )
