"""Gives an acknowledged つなぐシート the day by which it is accepted or returned."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "i0012"
down_revision = "i0011"
branch_labels = None
depends_on = None

# Five working days are a week where no holiday falls.
TERM = timedelta(days=7)


def upgrade() -> None:
    op.add_column("intake_referral_sheet", sa.Column("decide_by", sa.Date))
    sheet = sa.table(
        "intake_referral_sheet",
        sa.column("id", sa.String),
        sa.column("status", sa.String),
        sa.column("acknowledge_by", sa.Date),
        sa.column("decide_by", sa.Date),
    )
    connection = op.get_bind()
    waiting = sa.select(sheet.c.id, sheet.c.acknowledge_by).where(sheet.c.status == "acknowledged")
    for row in connection.execute(waiting).all():
        connection.execute(
            sa.update(sheet).where(sheet.c.id == row.id).values(decide_by=row.acknowledge_by + TERM)
        )
    op.create_index(
        "intake_referral_sheet_decide", "intake_referral_sheet", ["status", "decide_by"]
    )
