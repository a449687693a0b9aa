"""A member of a network and a partner company can be taken back when they were written by mistake."""

import sqlalchemy as sa
from alembic import op

revision = "r0018"
down_revision = "r0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("resources_network_member", "resources_partner_company"):
        op.add_column(table, sa.Column("void_reason", sa.Text, nullable=False, server_default=""))
