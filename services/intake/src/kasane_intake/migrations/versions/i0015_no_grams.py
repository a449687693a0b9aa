"""Takes away the plain pieces of the texts, in whose place tags are kept."""

from alembic import op

revision = "i0015"
down_revision = "i0014"
branch_labels = None
depends_on = None
contract = (
    "grams are the pieces of the stories in plain letters; only the release before looks into them"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("intake_search_text_grams", "intake_search_text")
    op.drop_column("intake_search_text", "grams")
