"""What the page of the town's set of plugins reads."""

from sqlalchemy import Connection

from kasane_portal.domain.plugin_set import PluginSet
from kasane_portal.repository import PluginSets


def revisions_of(connection: Connection) -> tuple[PluginSet, ...]:
    """Every set that the town chose, the newest first."""
    return PluginSets(connection).revisions()
