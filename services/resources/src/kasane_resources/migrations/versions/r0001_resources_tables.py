"""Makes resources' tables."""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None
branch_labels = ("resources",)
depends_on = "k0001"


def upgrade() -> None:
    op.create_table(
        "resources_organization",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded_name", sa.Text, nullable=False),
        sa.Column("corporate_number", sa.String(13), nullable=False),
    )
    op.create_table(
        "resources_human_service",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("organization_id", sa.String(36)),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kana", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("contact_modes", sa.JSON, nullable=False),
        sa.Column("referral_needed", sa.Boolean, nullable=False),
        sa.Column("application_process", sa.Text, nullable=False),
        sa.Column("fees_description", sa.Text, nullable=False),
        sa.Column("capacity", sa.Integer),
        sa.Column("visibility", sa.String(30), nullable=False),
        sa.Column("last_confirmed_on", sa.Date),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("sort_key", sa.Text, nullable=False),
        sa.Column("hand_edited", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "resources_service_category",
        sa.Column("human_service_id", sa.String(36), primary_key=True),
        sa.Column("category", sa.String(60), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "resources_eligibility",
        sa.Column("human_service_id", sa.String(36), primary_key=True),
        sa.Column("minimum_age", sa.Integer),
        sa.Column("maximum_age", sa.Integer),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("area_kind", sa.String(20), nullable=False),
        sa.Column("area_words", sa.JSON, nullable=False),
        sa.Column("radius_km", sa.Integer),
    )
    op.create_table(
        "resources_schedule",
        sa.Column("human_service_id", sa.String(36), primary_key=True),
        sa.Column("byday", sa.JSON, nullable=False),
        sa.Column("opens_at", sa.String(5), nullable=False),
        sa.Column("closes_at", sa.String(5), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
    )
    op.create_table(
        "resources_location",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("municipality", sa.String(6), nullable=False),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
    )
    op.create_table(
        "resources_service_at_location",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("human_service_id", sa.String(36), nullable=False),
        sa.Column("location_id", sa.String(36), nullable=False),
    )
    op.create_table(
        "resources_source_row",
        sa.Column("human_service_id", sa.String(36), primary_key=True),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("row_key", sa.String(200), nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("original", sa.JSON, nullable=False),
        sa.Column("problems", sa.JSON, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "resources_import",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("layout", sa.String(60), nullable=False),
        sa.Column("visibility", sa.String(30), nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("uploaded_by", sa.String(64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.Column("counts", sa.JSON, nullable=False),
    )
    op.create_table(
        "resources_referral",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("need_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("human_service_id", sa.String(36), nullable=False),
        sa.Column("human_service_name", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "resources_gap",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("need_id", sa.String(36), nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("age_band", sa.String(10), nullable=False),
        sa.Column("missing", sa.JSON, nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("resolved_on", sa.Date),
    )
    op.create_index(
        "resources_organization_name", "resources_organization", ["folded_name"], unique=True
    )
    op.create_index("resources_human_service_sort", "resources_human_service", ["sort_key", "id"])
    op.create_index(
        "resources_category_services",
        "resources_service_category",
        ["category", "human_service_id"],
    )
    op.create_index(
        "resources_at_location_service", "resources_service_at_location", ["human_service_id"]
    )
    op.create_index("resources_location_point", "resources_location", ["latitude", "longitude"])
    op.create_index(
        "resources_source_row_key", "resources_source_row", ["source", "row_key"], unique=True
    )
    op.create_index("resources_referral_status", "resources_referral", ["status", "requested_at"])
    op.create_index("resources_gap_need", "resources_gap", ["need_id"], unique=True)
