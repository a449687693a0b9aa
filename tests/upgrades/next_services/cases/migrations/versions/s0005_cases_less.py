"""Lets everybody say what was told; the release before, which says nothing of it, must be gone."""

from alembic import op

revision = "s0005"
down_revision = "s0004"
branch_labels = None
depends_on = None
contract = "the release before writes no word of it"


def upgrade() -> None:
    with op.batch_alter_table("cases_small_heard") as heard:
        heard.alter_column("told", server_default=None)
