"""Open Referral HSDS 3.1 with the Japanese profile of ``docs/hsds.md``: written, read, and as tables."""

from kasane_resources.domain.hsds.reading import HsdsService, read_service
from kasane_resources.domain.hsds.rows import read_services
from kasane_resources.domain.hsds.tables import COLUMNS, datapackage, from_tables, to_tables
from kasane_resources.domain.hsds.terms import HSDS_VERSION, PROFILE, known_taxonomies, known_terms
from kasane_resources.domain.hsds.writing import (
    organization_of,
    places_of,
    service_listed,
    write_service,
)

__all__ = [
    "COLUMNS",
    "HSDS_VERSION",
    "PROFILE",
    "HsdsService",
    "datapackage",
    "from_tables",
    "known_taxonomies",
    "known_terms",
    "organization_of",
    "places_of",
    "read_service",
    "read_services",
    "service_listed",
    "to_tables",
    "write_service",
]
