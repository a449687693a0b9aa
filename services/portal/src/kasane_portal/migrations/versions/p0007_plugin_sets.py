"""Makes the tables of the sets of plugins that the town chose, and of those it tried."""

import sqlalchemy as sa
from alembic import op

revision = "p0007"
down_revision = "p0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_plugin_trial",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("plugins", sa.JSON, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("preview", sa.JSON, nullable=False),
        sa.Column("tried_by", sa.String(64), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "portal_plugin_set",
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("plugins", sa.JSON, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("preview", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("back_to", sa.Integer),
        sa.Column("chosen_by", sa.String(200), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_on", sa.Date, nullable=False),
    )
