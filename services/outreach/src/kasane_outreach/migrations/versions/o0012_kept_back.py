"""Remembers whose address is protected, and which requests lead to a host's place instead of a home."""

import sqlalchemy as sa
from alembic import op

revision = "o0012"
down_revision = "o0011"
branch_labels = None
depends_on = None

SETTLING_NAMES = ("ケース % の本人", "The person of case %")


def upgrade() -> None:
    op.add_column(
        "outreach_household_to_reach",
        sa.Column("at_host", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "outreach_protected_person",
        sa.Column("person_id", sa.String(36), primary_key=True),
    )
    household = sa.table(
        "outreach_household_to_reach",
        sa.column("case_id", sa.String),
        sa.column("person_id", sa.String),
        sa.column("asked_by", sa.Text),
        sa.column("name", sa.Text),
        sa.column("address_protected", sa.Boolean),
        sa.column("at_host", sa.Boolean),
    )
    op.execute(
        household.update()
        .where(
            household.c.asked_by == "",
            sa.or_(*(household.c.name.like(name) for name in SETTLING_NAMES)),
        )
        .values(at_host=True)
    )
    protected = sa.table("outreach_protected_person", sa.column("person_id", sa.String))
    op.execute(
        protected.insert().from_select(
            ["person_id"],
            sa.select(household.c.person_id)
            .where(
                household.c.address_protected.is_(True),
                household.c.case_id != "",
                household.c.person_id != "",
            )
            .distinct(),
        )
    )
