"""A row a day that whoever books a visit locks."""

import sqlalchemy as sa
from alembic import op

revision = "o0003"
down_revision = "o0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("outreach_booking_day", sa.Column("on_day", sa.Date, primary_key=True))
