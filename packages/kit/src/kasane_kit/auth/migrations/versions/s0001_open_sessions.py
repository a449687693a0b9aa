"""Makes the table of the open sessions of a town."""

import sqlalchemy as sa
from alembic import op

revision = "s0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_session",
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("last_used", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("provider_subject", sa.String(64), nullable=False),
        sa.Column("provider_session", sa.String(64), nullable=False),
    )
    op.create_index("open_session_account", "open_session", ["account_id"])
    op.create_index("open_session_until", "open_session", ["until"])
