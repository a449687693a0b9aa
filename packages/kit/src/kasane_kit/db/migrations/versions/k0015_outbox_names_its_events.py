"""Keeps the id and the type of an event beside its text, so that nobody reads the text to number it.

Both stay empty in what an earlier release writes; who numbers reads them from the text then.
"""

import sqlalchemy as sa
from alembic import op

revision = "k0015"
down_revision = "k0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("event_id", sa.String(64)))
    op.add_column("outbox", sa.Column("type", sa.String(120)))
