"""Says what a plugin must tell about itself before it is loaded for a town."""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kasane_plugin_api.scopes import DataScope

API_VERSION = "0.2"

FIRST_VERSION = "0.1"
"""What a plugin was made for that does not say it."""


class PluginKind(StrEnum):
    """Whether a plugin encodes one town, one programme used by several, or a prefecture."""

    TOWN = "town"
    PROGRAMME = "programme"
    PREFECTURE = "prefecture"


@dataclass(frozen=True)
class SettingSpec:
    """One setting that a town file may give; ``type`` is the Python type its value must have.

    A list checks its items and a table its values against ``item_type``. A setting that is
    ``required`` must be in the town file; any other has its ``default`` when it is left out.
    """

    type: builtins.type
    meaning: str
    default: Any = None
    required: bool = False
    item_type: builtins.type | None = None


@dataclass(frozen=True)
class PluginMetadata:
    """The facts of a plugin: entry-point name, label in both languages, kind and settings.

    ``documents`` maps a short tag (for example ``004``) to the title and date of the source
    document, so that every ``source`` in an answer such as ``004:L135-138`` can be resolved.

    ``scopes`` is all that its hooks are shown beside days, codes and counts; from version 0.2 on a hook that takes
    more is refused. ``budget_ms`` is the most computing that one call of it takes, where that is less than the
    question allows. ``needs`` names the plugins that stand before it in a town's list.
    """

    name: str
    label: str
    label_en: str
    kind: PluginKind
    api_version: str = FIRST_VERSION
    settings: Mapping[str, SettingSpec] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    scopes: frozenset[DataScope] = frozenset()
    budget_ms: int | None = None
    needs: tuple[str, ...] = ()
