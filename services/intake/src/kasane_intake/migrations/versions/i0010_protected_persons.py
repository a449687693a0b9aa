"""Makes the table of people whose address is hidden."""

import sqlalchemy as sa
from alembic import op

revision = "i0010"
down_revision = "i0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_protected_person",
        sa.Column("person_id", sa.String(36), primary_key=True),
        sa.Column("phone_too", sa.Boolean, nullable=False),
    )
