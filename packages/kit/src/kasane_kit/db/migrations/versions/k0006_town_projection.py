"""Makes the table with a service's own copy of the set of plugins that its town chose."""

import sqlalchemy as sa
from alembic import op

revision = "k0006"
down_revision = "k0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "town_projection",
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("plugins", sa.JSON, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("chosen_on", sa.Date, nullable=False),
    )
