"""Names the columns of links for organizations and of their answers."""

from sqlalchemy import Boolean, Column, Date, DateTime, String, Table, Text

from kasane_resources.tables.schema import metadata

confirm_link = Table(
    "resources_confirm_link",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("human_service_id", String(36), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
)
organization_answer = Table(
    "resources_organization_answer",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("human_service_id", String(36), nullable=False),
    Column("link_id", String(36), nullable=False),
    Column("as_it_is", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("answered_at", DateTime(timezone=True), nullable=False),
    Column("state", String(20), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("entry_digest", String(64), nullable=False, server_default=""),
)
confirmation_reminder = Table(
    "resources_confirmation_reminder",
    metadata,
    Column("human_service_id", String(36), primary_key=True),
    Column("reminded_on", Date, nullable=False),
)
