"""The town wall in code: whose data this process touches right now, and which towns there are."""

from kasane_kit.tenancy.directory import (
    HOST,
    FileTownDirectory,
    MisconfiguredTownFile,
    NoTowns,
    Town,
    TownDirectory,
    UnknownTown,
    valid_code,
)
from kasane_kit.tenancy.scope import MunicipalityRequired, current_municipality, municipality_scope

__all__ = [
    "HOST",
    "FileTownDirectory",
    "MisconfiguredTownFile",
    "MunicipalityRequired",
    "NoTowns",
    "Town",
    "TownDirectory",
    "UnknownTown",
    "current_municipality",
    "municipality_scope",
    "valid_code",
]
