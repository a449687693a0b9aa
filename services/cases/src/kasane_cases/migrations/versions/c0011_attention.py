"""Keeps the open cases in the order in which they need attention, so that the first page reads no others."""

import sqlalchemy as sa
from alembic import op

revision = "c0011"
down_revision = "c0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    still_open = sa.text("status <> 'closed'")
    op.create_index(
        "cases_case_attention",
        "cases_case",
        [
            sa.text("(CASE WHEN urgent THEN 0 ELSE 1 END)"),
            sa.text("coalesce(review_on, '9999-12-31')"),
            "id",
        ],
        postgresql_where=still_open,
        sqlite_where=still_open,
    )
    # Which sessions are still to come is asked for every page of the list; most were held long ago.
    op.create_index("cases_session_status", "cases_session", ["status", "planned_for"])
