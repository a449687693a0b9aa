"""The town wall in code: whose data this process touches right now, and which towns there are."""

from kasane_kit.tenancy.chosen import ChosenSet, settings_text, toml_value
from kasane_kit.tenancy.directory import (
    HOST,
    FileTownDirectory,
    MisconfiguredTownFile,
    NoTowns,
    TownDirectory,
    UnknownTown,
)
from kasane_kit.tenancy.projected import ProjectedTownDirectory, with_choice
from kasane_kit.tenancy.provider_part import ProviderAccess, SignInProvider
from kasane_kit.tenancy.scope import MunicipalityRequired, current_municipality, municipality_scope
from kasane_kit.tenancy.town import Town, valid_code
from kasane_kit.tenancy.town_file import DatedTown, WrongTownFile, read_town_file

__all__ = [
    "HOST",
    "ChosenSet",
    "DatedTown",
    "FileTownDirectory",
    "MisconfiguredTownFile",
    "MunicipalityRequired",
    "NoTowns",
    "ProjectedTownDirectory",
    "ProviderAccess",
    "SignInProvider",
    "Town",
    "TownDirectory",
    "UnknownTown",
    "WrongTownFile",
    "current_municipality",
    "municipality_scope",
    "read_town_file",
    "settings_text",
    "toml_value",
    "valid_code",
    "with_choice",
]
