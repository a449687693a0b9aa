"""Makes room for the tags of the sealed texts; ``kasane migrate`` seals and tags what is there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "i0014"
down_revision = "i0013"
branch_labels = None
depends_on = None

TAGS = sa.LargeBinary().with_variant(ARRAY(sa.Integer), "postgresql")


def upgrade() -> None:
    op.add_column("intake_search_text", sa.Column("tags", TAGS))
    op.add_column(
        "intake_search_text",
        sa.Column("tag_version", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("intake_search_text_version", "intake_search_text", ["tag_version"])
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "intake_search_text_tags", "intake_search_text", ["tags"], postgresql_using="gin"
        )
