"""Entries are found by all their times and places."""

import sqlalchemy as sa
from alembic import op

from kasane_resources.domain.finding import time_values
from kasane_resources.repository.entries import opening_of

revision = "r0015"
down_revision = "r0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    opening = op.create_table(
        "resources_finding_opening",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("weeks", sa.Integer, nullable=False),
        sa.Column("monthdays", sa.Integer, nullable=False),
        sa.Column("every_time", sa.Boolean, nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.Column("opens", sa.Integer, nullable=False),
        sa.Column("closes", sa.Integer, nullable=False),
    )
    entry = sa.table(
        "resources_human_service", sa.column("id", sa.Text), sa.column("further", sa.JSON)
    )
    finding = sa.table(
        "resources_finding",
        sa.column("number", sa.Integer),
        sa.column("human_service_id", sa.Text),
        sa.column("latitude", sa.Float),
        sa.column("longitude", sa.Float),
    )
    found = op.get_bind().execute(
        sa.select(finding.c.number, finding.c.latitude, finding.c.longitude, entry.c.further)
        .join(entry, entry.c.id == finding.c.human_service_id)
        .where(sa.cast(entry.c.further, sa.Text) != "[]")
    )
    rows = []
    for number, latitude, longitude, further in found:
        for position, one in enumerate(map(opening_of, further), start=2):
            place = one.location.position
            first = (latitude, longitude) if not one.elsewhere else (None, None)
            up, along = (place.latitude, place.longitude) if place else first
            rows.append(
                {
                    "number": number,
                    "position": position,
                    "latitude": up,
                    "longitude": along,
                    **time_values(one.schedule),
                }
            )
    if rows:
        op.bulk_insert(opening, rows)
    op.create_index(
        "resources_finding_opening_place", "resources_finding_opening", ["latitude", "longitude"]
    )
