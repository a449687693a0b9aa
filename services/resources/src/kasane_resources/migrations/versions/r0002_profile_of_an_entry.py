"""Keeps what the Japanese profile says of an entry, the owner of an entry and the contact at the host."""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

_EMPTY_LIST = sa.text("'[]'")


def upgrade() -> None:
    with op.batch_alter_table("resources_human_service") as service:
        service.add_column(sa.Column("alternate_name", sa.Text, nullable=False, server_default=""))
        service.add_column(sa.Column("alert", sa.Text, nullable=False, server_default=""))
        service.add_column(
            sa.Column("referral_stated", sa.Boolean, nullable=False, server_default=sa.false())
        )
        service.add_column(sa.Column("vacancy_available", sa.Integer))
        service.add_column(sa.Column("vacancy_asked_on", sa.Date))
        service.add_column(sa.Column("vacancy_note", sa.Text, nullable=False, server_default=""))
        service.add_column(
            sa.Column("accessibility", sa.JSON, nullable=False, server_default=_EMPTY_LIST)
        )
        service.add_column(
            sa.Column("accessibility_note", sa.Text, nullable=False, server_default="")
        )
        service.add_column(sa.Column("costs", sa.JSON, nullable=False, server_default=_EMPTY_LIST))
        service.add_column(sa.Column("owner", sa.String(64), nullable=False, server_default=""))
        service.add_column(sa.Column("confirmed_by", sa.Text, nullable=False, server_default=""))
        service.add_column(sa.Column("modified_at", sa.DateTime(timezone=True)))
    with op.batch_alter_table("resources_schedule") as schedule:
        schedule.add_column(sa.Column("weeks", sa.JSON, nullable=False, server_default=_EMPTY_LIST))
        schedule.add_column(
            sa.Column("monthdays", sa.JSON, nullable=False, server_default=_EMPTY_LIST)
        )
        schedule.add_column(
            sa.Column("interval_count", sa.Integer, nullable=False, server_default="1")
        )
        schedule.add_column(sa.Column("valid_from", sa.Date))
        schedule.add_column(sa.Column("valid_to", sa.Date))
    op.create_table(
        "resources_micro_task",
        sa.Column("human_service_id", sa.String(36), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
    )
    op.create_table(
        "resources_host_contact",
        sa.Column("human_service_id", sa.String(36), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
