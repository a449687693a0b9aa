"""Chooses what could meet a need by an index alone, without reading the texts beside it."""

from alembic import op

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None

ALONE = (
    "area_kind",
    "latitude",
    "longitude",
    "municipality",
    "radius_km",
    "active",
    "minimum_age",
    "maximum_age",
    "mark",
    "human_service_id",
    "number",
)


def upgrade() -> None:
    op.drop_index("resources_finding_point", "resources_finding")
    op.drop_index("resources_finding_town", "resources_finding")
    op.create_index("resources_finding_point", "resources_finding", list(ALONE))
    town = (
        "area_kind",
        "municipality",
        *(one for one in ALONE if one not in ("area_kind", "municipality")),
    )
    op.create_index("resources_finding_town", "resources_finding", list(town))
