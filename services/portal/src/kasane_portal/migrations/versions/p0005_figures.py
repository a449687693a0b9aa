"""Makes the tables of what is counted, with its marks, and of figures that a town states itself."""

import sqlalchemy as sa
from alembic import op

revision = "p0005"
down_revision = "p0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_measured_fact",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("fact_id", sa.String(100), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("quantity", sa.Integer, nullable=False),
    )
    op.create_index("portal_measured_fact_day", "portal_measured_fact", ["kind", "day"])
    op.create_table(
        "portal_measured_mark",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("fact_id", sa.String(100), primary_key=True),
        sa.Column("mark", sa.String(20), primary_key=True),
        sa.Column("value", sa.String(100), primary_key=True),
    )
    op.create_index(
        "portal_measured_mark_value", "portal_measured_mark", ["kind", "mark", "value", "fact_id"]
    )
    op.create_table(
        "portal_same_person",
        sa.Column("merge_id", sa.String(64), primary_key=True),
        sa.Column("one_id", sa.String(64), nullable=False),
        sa.Column("other_id", sa.String(64), nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False),
    )
    op.create_table(
        "portal_stated_figure",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("metric", sa.String(60), nullable=False),
        sa.Column("period", sa.String(20), nullable=False),
        sa.Column("value", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("stated_by", sa.String(200), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(
        "portal_stated_figure_of", "portal_stated_figure", ["metric", "period", "stated_at"]
    )
