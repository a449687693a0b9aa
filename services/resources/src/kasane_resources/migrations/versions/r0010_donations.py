"""Makes the table of what companies and others gave to a network."""

import sqlalchemy as sa
from alembic import op

revision = "r0010"
down_revision = "r0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resources_donation",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("network", sa.String(60), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("giver", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("void_reason", sa.Text, nullable=False),
    )
    op.create_index("resources_donation_network", "resources_donation", ["network", "received_on"])
