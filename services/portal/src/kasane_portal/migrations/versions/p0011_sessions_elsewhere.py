"""Drops the table of the sessions that were begun: they stand where every service sees them."""

from alembic import op

revision = "p0011"
down_revision = "p0010"
branch_labels = None
depends_on = None
contract = "the release before lists and ends its own sessions with it"


def upgrade() -> None:
    op.drop_table("portal_session")
