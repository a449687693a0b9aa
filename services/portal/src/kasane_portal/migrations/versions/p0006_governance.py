"""Makes the tables of rosters, of a year's evaluation and of the bodies its report came before."""

import sqlalchemy as sa
from alembic import op

revision = "p0006"
down_revision = "p0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_seat",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("body", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("officer", sa.String(60), nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("extension_reason", sa.Text, nullable=False),
    )
    op.create_table(
        "portal_evaluation_entry",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("framework", sa.String(60), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("result", sa.String(60), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("entered_by", sa.String(200), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(
        "portal_evaluation_entry_year", "portal_evaluation_entry", ["framework", "year"]
    )
    op.create_table(
        "portal_reported_step",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("body", sa.String(60), nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("members", sa.Integer, nullable=False),
        sa.Column("present", sa.Integer, nullable=False),
        sa.Column("opinion", sa.Text, nullable=False),
        sa.Column("entered_by", sa.String(200), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("year", "body"),
    )
