"""Makes what entries are found by: one narrow row for each, and the words of the areas served."""

from secrets import randbits

import sqlalchemy as sa
from alembic import op

from kasane_resources.domain.finding import Findable

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None

PER_STEP = 500
BY_CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    finding = op.create_table(
        "resources_finding",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("human_service_id", sa.String(36), nullable=False),
        sa.Column("mark", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("visibility", sa.String(30), nullable=False),
        sa.Column("minimum_age", sa.Integer),
        sa.Column("maximum_age", sa.Integer),
        sa.Column("area_kind", sa.String(20), nullable=False),
        sa.Column("radius_km", sa.Integer),
        sa.Column("municipality", sa.String(6), nullable=False),
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
        sa.Column("by_line", sa.Boolean, nullable=False),
        sa.Column("visits", sa.Boolean, nullable=False),
        sa.Column("free", sa.Boolean, nullable=False),
        sa.Column("referral_needed", sa.Boolean),
        sa.Column("confirmed_on", sa.Date),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sort_key", BY_CODE, nullable=False),
    )
    words = op.create_table(
        "resources_area_word",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("word", sa.Text, nullable=False),
    )
    areas = op.create_table(
        "resources_finding_area",
        sa.Column("area_word_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    )
    _fill(finding, words, areas)
    op.create_index(
        "resources_finding_service", "resources_finding", ["human_service_id"], unique=True
    )
    op.create_index("resources_area_word_word", "resources_area_word", ["word"], unique=True)
    op.create_index("resources_finding_area_number", "resources_finding_area", ["number"])
    op.create_index(
        "resources_finding_point", "resources_finding", ["area_kind", "latitude", "longitude"]
    )
    op.create_index("resources_finding_town", "resources_finding", ["area_kind", "municipality"])
    op.create_index("resources_finding_place", "resources_finding", ["latitude", "longitude"])
    op.create_index(
        "resources_finding_reading", "resources_finding", ["sort_key", "human_service_id"]
    )


def _fill(finding: sa.Table, words: sa.Table, areas: sa.Table) -> None:
    bind, last, number = op.get_bind(), "", 0
    known: dict[str, int] = {}
    while found := bind.execute(_entries(last)).mappings().all():
        for row in found:
            number += 1
            values = {**row, "area_words": tuple(row["area_words"]), "byday": tuple(row["byday"])}
            for name in ("contact_modes", "weeks", "monthdays"):
                values[name] = tuple(row[name])
            values["costs"] = tuple(cost["amount"] for cost in row["costs"])
            if not values.pop("referral_stated") and not row["referral_needed"]:
                values["referral_needed"] = None
            one = Findable(**values)
            columns = one.values() | {"number": number, "mark": randbits(31)}
            op.bulk_insert(finding, [columns])
            for word in dict.fromkeys(one.area_words):
                if word not in known:
                    known[word] = len(known) + 1
                    op.bulk_insert(words, [{"id": known[word], "word": word}])
                op.bulk_insert(areas, [{"area_word_id": known[word], "number": number}])
        last = found[-1]["human_service_id"]
    if number and bind.dialect.name == "postgresql":
        for table, column in (("resources_finding", "number"), ("resources_area_word", "id")):
            bind.execute(
                sa.text(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'),"
                    f" (SELECT greatest(1, max({column})) FROM {table}))"
                )
            )


def _entries(last: str) -> sa.Select[tuple[object, ...]]:
    text = sa.Text
    h = sa.table(
        "resources_human_service",
        *(sa.column(n, text) for n in ("id", "name", "kana", "search_text", "sort_key", "status")),
        *(sa.column(n, text) for n in ("visibility", "fees_description")),
        *(sa.column(n, sa.JSON) for n in ("contact_modes", "costs")),
        *(sa.column(n, sa.Boolean) for n in ("referral_needed", "referral_stated")),
        sa.column("last_confirmed_on", sa.Date),
    )
    e = sa.table(
        "resources_eligibility",
        *(sa.column(n, text) for n in ("human_service_id", "area_kind")),
        *(sa.column(n, sa.Integer) for n in ("minimum_age", "maximum_age", "radius_km")),
        sa.column("area_words", sa.JSON),
    )
    s = sa.table(
        "resources_schedule",
        *(sa.column(n, text) for n in ("human_service_id", "opens_at", "closes_at")),
        *(sa.column(n, sa.JSON) for n in ("byday", "weeks", "monthdays")),
        sa.column("interval_count", sa.Integer),
        *(sa.column(n, sa.Date) for n in ("valid_from", "valid_to")),
    )
    link = sa.table(
        "resources_service_at_location",
        *(sa.column(n, text) for n in ("human_service_id", "location_id")),
    )
    place = sa.table(
        "resources_location",
        *(sa.column(n, text) for n in ("id", "municipality")),
        *(sa.column(n, sa.Float) for n in ("latitude", "longitude")),
    )
    return (
        sa.select(
            h.c.id.label("human_service_id"),
            h.c.name,
            h.c.kana,
            h.c.search_text.label("text"),
            h.c.sort_key,
            h.c.status,
            h.c.visibility,
            e.c.minimum_age,
            e.c.maximum_age,
            e.c.area_kind,
            e.c.area_words,
            e.c.radius_km,
            sa.func.coalesce(place.c.municipality, "").label("municipality"),
            place.c.latitude,
            place.c.longitude,
            s.c.byday,
            s.c.opens_at,
            s.c.closes_at,
            s.c.weeks,
            s.c.monthdays,
            s.c.interval_count.label("interval"),
            s.c.valid_from,
            s.c.valid_to,
            h.c.contact_modes,
            h.c.fees_description.label("fees"),
            h.c.costs,
            h.c.referral_needed,
            h.c.referral_stated,
            h.c.last_confirmed_on.label("confirmed_on"),
        )
        .join(e, e.c.human_service_id == h.c.id)
        .join(s, s.c.human_service_id == h.c.id)
        .outerjoin(link, link.c.human_service_id == h.c.id)
        .outerjoin(place, place.c.id == link.c.location_id)
        .where(h.c.id > last)
        .order_by(h.c.id)
        .limit(PER_STEP)
    )
