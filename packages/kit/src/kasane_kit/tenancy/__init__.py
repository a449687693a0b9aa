"""The town wall in code: whose data this process touches right now, and which towns there are."""

from kasane_kit.tenancy.directory import (
    HOST,
    FileTownDirectory,
    MisconfiguredTownFile,
    NoTowns,
    TownDirectory,
    UnknownTown,
)
from kasane_kit.tenancy.scope import MunicipalityRequired, current_municipality, municipality_scope
from kasane_kit.tenancy.town import Town, valid_code
from kasane_kit.tenancy.town_file import DatedTown, WrongTownFile, read_town_file

__all__ = [
    "HOST",
    "DatedTown",
    "FileTownDirectory",
    "MisconfiguredTownFile",
    "MunicipalityRequired",
    "NoTowns",
    "Town",
    "TownDirectory",
    "UnknownTown",
    "WrongTownFile",
    "current_municipality",
    "municipality_scope",
    "read_town_file",
    "valid_code",
]
