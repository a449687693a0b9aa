"""Names the columns of community building."""

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, String, Table, Text

from kasane_resources.tables.schema import metadata

community_issue = Table(
    "resources_community_issue",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("theme", String(60), nullable=False),
    Column("title", Text, nullable=False),
    Column("level", String(20), nullable=False),
    Column("areas", JSON, nullable=False),
    Column("households", Integer),
    Column("raised_on", Date, nullable=False),
    Column("status", String(20), nullable=False),
    Column("body", String(60), nullable=False),
    Column("outcome", String(20)),
    Column("answer", Text, nullable=False),
    Column("answered_on", Date),
    Column("steps", JSON, nullable=False),
    Column("version", Integer, nullable=False),
)
gathering = Table(
    "resources_gathering",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("place", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("body", String(60), nullable=False),
    Column("course", String(60), nullable=False),
    Column("part", Text, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("attendance", JSON, nullable=False),
    Column("new_ties", Integer),
    Column("sequence", Integer, nullable=False),
    Column("changed_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
)
network_member = Table(
    "resources_network_member",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("network", String(60), nullable=False),
    Column("name", Text, nullable=False),
    Column("activities", JSON, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("void_reason", Text, nullable=False, server_default=""),
)
donation = Table(
    "resources_donation",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("network", String(60), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("giver", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("void_reason", Text, nullable=False),
)
partner_company = Table(
    "resources_partner_company",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("offers", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("void_reason", Text, nullable=False, server_default=""),
)
