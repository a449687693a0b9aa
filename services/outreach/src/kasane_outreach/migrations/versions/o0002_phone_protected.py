"""Keeps whether a telephone number is protected with the address; hides those that were before."""

import sqlalchemy as sa
from alembic import op

revision = "o0002"
down_revision = "o0001"
branch_labels = None
depends_on = None
contract = "a household entered by the release before must say whether its telephone is protected"


def upgrade() -> None:
    with op.batch_alter_table("outreach_household_to_reach") as table:
        table.add_column(
            sa.Column("phone_protected", sa.Boolean, nullable=False, server_default=sa.false())
        )
    household = sa.table(
        "outreach_household_to_reach",
        sa.column("address_protected", sa.Boolean),
        sa.column("phone_protected", sa.Boolean),
    )
    op.execute(
        household.update()
        .where(household.c.address_protected.is_(True))
        .values(phone_protected=True)
    )
    with op.batch_alter_table("outreach_household_to_reach") as table:
        table.alter_column("phone_protected", server_default=None)
