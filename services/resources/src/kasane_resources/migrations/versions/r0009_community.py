"""Makes the tables of community building."""

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resources_community_issue",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("theme", sa.String(60), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("areas", sa.JSON, nullable=False),
        sa.Column("households", sa.Integer),
        sa.Column("raised_on", sa.Date, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("body", sa.String(60), nullable=False),
        sa.Column("outcome", sa.String(20)),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_on", sa.Date),
        sa.Column("steps", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "resources_gathering",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("body", sa.String(60), nullable=False),
        sa.Column("course", sa.String(60), nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("attendance", sa.JSON, nullable=False),
        sa.Column("new_ties", sa.Integer),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "resources_network_member",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("network", sa.String(60), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("activities", sa.JSON, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
    )
    op.create_table(
        "resources_partner_company",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("offers", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
    )
    op.create_index("resources_gathering_start", "resources_gathering", ["starts_at"])
    op.create_index("resources_network_member_of", "resources_network_member", ["network"])
