"""The tables of HSDS 3.1 (one CSV file for each) for nested services, their data package, and back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kasane_resources.domain.hsds.terms import known_taxonomies

Rows = list[dict[str, Any]]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organizations": ("id", "name", "description"),
    "organization_identifiers": (
        "id",
        "organization_id",
        "identifier_scheme",
        "identifier_type",
        "identifier",
    ),
    "services": (
        "id",
        "organization_id",
        "name",
        "alternate_name",
        "description",
        "url",
        "email",
        "status",
        "application_process",
        "fees_description",
        "eligibility_description",
        "minimum_age",
        "maximum_age",
        "assured_date",
        "alert",
        "last_modified",
    ),
    "phones": ("id", "service_id", "number"),
    "schedules": (
        "id",
        "service_id",
        "service_at_location_id",
        "valid_from",
        "valid_to",
        "timezone",
        "freq",
        "interval",
        "byday",
        "bymonthday",
        "opens_at",
        "closes_at",
        "description",
    ),
    "service_areas": ("id", "service_id", "name", "extent", "extent_type"),
    "locations": ("id", "location_type", "name", "latitude", "longitude"),
    "addresses": (
        "id",
        "location_id",
        "address_1",
        "city",
        "state_province",
        "postal_code",
        "country",
        "address_type",
    ),
    "accessibility": ("id", "location_id", "description", "details"),
    "service_at_location": ("id", "service_id", "location_id"),
    "cost_options": ("id", "service_id", "option", "currency", "amount", "amount_description"),
    "units": ("id", "name"),
    "service_capacity": (
        "id",
        "service_id",
        "unit_id",
        "available",
        "maximum",
        "description",
        "updated",
    ),
    "attributes": (
        "id",
        "link_id",
        "taxonomy_term_id",
        "link_type",
        "link_entity",
        "value",
        "label",
    ),
    "taxonomies": ("id", "name", "description", "version"),
    "taxonomy_terms": (
        "id",
        "code",
        "name",
        "description",
        "taxonomy",
        "language",
        "taxonomy_id",
    ),
}
_NUMBERS = frozenset(
    [
        "minimum_age",
        "maximum_age",
        "timezone",
        "interval",
        "latitude",
        "longitude",
        "amount",
        "available",
        "maximum",
    ]
)
# The parts of a service by their tables, with the column that points at it.
_PARTS = {
    "phones": "phones",
    "schedules": "schedules",
    "service_areas": "service_areas",
    "cost_options": "cost_options",
}
_OF_PLACE = ("addresses", "accessibility")


def to_tables(services: Iterable[Mapping[str, Any]]) -> dict[str, Rows]:
    """Every table with its rows; what several services share stands once."""
    found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in COLUMNS}

    def put(table: str, row: Mapping[str, Any], **links: str) -> None:
        columns = COLUMNS[table]
        kept = {name: row.get(name) for name in columns}
        found[table].setdefault(str(row["id"]), {**kept, **links})

    for whole in known_taxonomies():
        put("taxonomies", whole)
    for service in services:
        put("services", service)
        organization = service.get("organization")
        if organization:
            put("organizations", organization)
            for identifier in organization.get("organization_identifiers", ()):
                put("organization_identifiers", identifier, organization_id=organization["id"])
        for part, table in _PARTS.items():
            for row in service.get(part, ()):
                put(table, row, service_id=service["id"])
        for row in service.get("capacities", ()):
            put("units", row["unit"])
            put("service_capacity", row, service_id=service["id"], unit_id=row["unit"]["id"])
        for row in service.get("attributes", ()):
            put("taxonomy_terms", row["taxonomy_term"])
            put("attributes", row, taxonomy_term_id=row["taxonomy_term"]["id"])
        for at in service.get("service_at_locations", ()):
            place = at["location"]
            put("locations", place)
            put("service_at_location", at, service_id=service["id"], location_id=place["id"])
            for row in at.get("schedules", ()):
                put("schedules", row, service_at_location_id=at["id"])
            for part in _OF_PLACE:
                for row in place.get(part, ()):
                    put(part, row, location_id=place["id"])
    return {name: list(rows.values()) for name, rows in found.items()}


def from_tables(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    """The nested services of tables; cells are text, empty ones are not known."""
    rows = {name: [_row(row) for row in tables.get(name, ())] for name in COLUMNS}
    by_id = {
        name: {row["id"]: row for row in rows[name] if row.get("id")}
        for name in ("organizations", "locations", "units", "taxonomy_terms")
    }
    grouped = {
        name: _grouped(rows[name], link)
        for name, link in (
            ("organization_identifiers", "organization_id"),
            *((table, "service_id") for table in _PARTS.values()),
            ("service_capacity", "service_id"),
            ("service_at_location", "service_id"),
            ("attributes", "link_id"),
            *((part, "location_id") for part in _OF_PLACE),
        )
    }
    at_place = _grouped(rows["schedules"], "service_at_location_id")
    for row in rows["services"]:
        service: dict[str, Any] = dict(row)
        one = str(row.get("id", ""))
        organization = by_id["organizations"].get(row.get("organization_id"))
        if organization:
            identifiers = grouped["organization_identifiers"].get(organization["id"], [])
            service["organization"] = {**organization, "organization_identifiers": identifiers}
        for part, table in _PARTS.items():
            service[part] = grouped[table].get(one, [])
        service["capacities"] = [
            {**said, "unit": by_id["units"].get(said.get("unit_id"))}
            for said in grouped["service_capacity"].get(one, [])
        ]
        service["attributes"] = [
            {**said, "taxonomy_term": by_id["taxonomy_terms"].get(said.get("taxonomy_term_id"))}
            for said in grouped["attributes"].get(one, [])
        ]
        service["service_at_locations"] = [
            {
                **at,
                "location": _place(by_id["locations"].get(at.get("location_id")), grouped),
                "schedules": at_place.get(str(at.get("id")), []),
            }
            for at in grouped["service_at_location"].get(one, [])
        ]
        yield service


def datapackage() -> dict[str, Any]:
    """The description of the tables as a Tabular Data Package."""
    return {
        "profile": "tabular-data-package",
        "name": "human_services",
        "title": "Human services (HSDS 3.1)",
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "path": f"{name}.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "primaryKey": "id",
                    "fields": [
                        {"name": column, "type": "number" if column in _NUMBERS else "string"}
                        for column in columns
                    ],
                },
            }
            for name, columns in COLUMNS.items()
        ],
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in ("", None)}


def _grouped(rows: Iterable[dict[str, Any]], link: str) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for row in rows:
        if row.get(link):
            found.setdefault(str(row[link]), []).append(row)
    return found


def _place(
    place: Mapping[str, Any] | None, grouped: Mapping[str, Mapping[str, Rows]]
) -> dict[str, Any]:
    if place is None:
        return {}
    return {**place, **{part: grouped[part].get(str(place["id"]), []) for part in _OF_PLACE}}
