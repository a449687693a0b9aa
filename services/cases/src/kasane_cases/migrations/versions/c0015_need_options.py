"""Keeps what a service has to fit for a need, what was left out, and what was decided about each service."""

import sqlalchemy as sa
from alembic import op

revision = "c0015"
down_revision = "c0014"
branch_labels = None
depends_on = None

_EMPTY_LIST = sa.text("'[]'")


def upgrade() -> None:
    with op.batch_alter_table("cases_support_need") as need:
        need.add_column(
            sa.Column("circumstances", sa.JSON, nullable=False, server_default=_EMPTY_LIST)
        )
        need.add_column(sa.Column("contact", sa.String(30), nullable=False, server_default=""))
        need.add_column(sa.Column("times", sa.String(30), nullable=False, server_default=""))
        need.add_column(sa.Column("left_out", sa.JSON, nullable=False, server_default=_EMPTY_LIST))
    op.create_table(
        "cases_need_option",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("need_id", sa.String(36), nullable=False),
        sa.Column("human_service_id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("cases_need_option_need", "cases_need_option", ["need_id", "at"])
