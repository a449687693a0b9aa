"""Lets a decided plan to which nobody agreed wait for agreement; c0006 had made it active."""

import sqlalchemy as sa
from alembic import op

revision = "c0013"
down_revision = "c0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    plan = sa.table(
        "cases_support_plan",
        sa.column("id", sa.String),
        sa.column("status", sa.String),
        sa.column("agreed_by", sa.JSON),
    )
    connection = op.get_bind()
    active = connection.execute(
        sa.select(plan.c.id, plan.c.agreed_by).where(plan.c.status == "active")
    )
    for plan_id in [row.id for row in active.all() if not row.agreed_by]:
        connection.execute(plan.update().where(plan.c.id == plan_id).values(status="decided"))
