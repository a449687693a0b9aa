"""Knows which plugins are installed: entry points, read once per process.

This is one of the two modules that may import by name; the class of a plugin is loaded only when
a town enables it, so one that cannot be imported harms that town alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

GROUP = "kasane.plugins"


@dataclass(frozen=True)
class InstalledPlugin:
    """One installed plugin: its name, the distribution it comes from and where its class is."""

    name: str
    distribution: str
    version: str
    entry_point: EntryPoint

    def load(self) -> object:
        """What the entry point names; lets the plugin's own import errors through."""
        return self.entry_point.load()

    def folder(self) -> Path:
        """The folder of the plugin's package; raises LookupError when it is not on disk."""
        package = self.entry_point.module.partition(".")[0]
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise LookupError(f"the package {package} of plugin {self.name} is not on disk")
        return Path(spec.origin).parent


@cache
def catalogue() -> Mapping[str, InstalledPlugin]:
    """Every installed plugin by name, read once per process.

    Two distributions that offer the same name are a mistake of the installation: LookupError.
    """
    found: dict[str, InstalledPlugin] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        origin = point.dist
        plugin = InstalledPlugin(
            name=point.name,
            distribution=origin.name if origin is not None else "",
            version=origin.version if origin is not None else "",
            entry_point=point,
        )
        other = found.get(point.name)
        if other is not None and other.entry_point.value != point.value:
            raise LookupError(
                f"two distributions offer the plugin {point.name}: {other.distribution} and "
                f"{plugin.distribution}; no plugin was loaded; uninstall one of them"
            )
        found[point.name] = plugin
    return MappingProxyType(found)
