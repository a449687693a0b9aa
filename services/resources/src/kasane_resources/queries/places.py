"""What the map, the printed list and the page for everybody read."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from kasane_kit.auth import Actor
from kasane_resources import tables
from kasane_resources.domain.errors import HumanServiceNotFound, PublicPageClosed
from kasane_resources.domain.human_service import HumanService, ServiceStatus, Visibility
from kasane_resources.domain.map_setting import MapSetting
from kasane_resources.domain.public_page import PublicPage
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.queries.finding import Place, found, how_many
from kasane_resources.queries.seeing import visible_to
from kasane_resources.repository import HumanServices
from kasane_resources.repository.map_setting import map_setting
from kasane_resources.repository.public_page import public_page

MOST_ON_MAP = 300
_EVERYBODY = frozenset({Visibility.PUBLIC})


def on_map(
    connection: Connection, viewer: Actor, search: DirectorySearch
) -> Sequence[HumanService]:
    """Entries in use for the map of a worker, at most one more than ``MOST_ON_MAP``."""
    return found(connection, visible_to(viewer), _in_use(search), most=MOST_ON_MAP + 1)


def for_everybody(
    connection: Connection, search: DirectorySearch, *, after: Place | None = None, most: int = 50
) -> Sequence[HumanService]:
    """Public entries in use, for a reader without an account."""
    return found(connection, _EVERYBODY, _in_use(search), after=after, most=most)


def count_for_everybody(connection: Connection, search: DirectorySearch) -> int:
    """How many public entries in use there are; past ``MOST_COUNTED`` one more than that."""
    return how_many(connection, _EVERYBODY, _in_use(search))


def one_for_everybody(connection: Connection, human_service_id: str) -> HumanService:
    """One public entry in use; raises HumanServiceNotFound for any other."""
    s = tables.human_service.c
    public = connection.scalar(
        select(s.id).where(
            s.id == human_service_id,
            s.visibility == Visibility.PUBLIC.value,
            s.status == ServiceStatus.ACTIVE.value,
        )
    )
    if public is None:
        raise HumanServiceNotFound
    return HumanServices(connection).get(human_service_id)


def public_switch(connection: Connection) -> PublicPage:
    """Whether the town shows its public entries to everybody."""
    return public_page(connection)


def must_be_open(connection: Connection) -> None:
    """Raises PublicPageClosed when the town shows no public page."""
    if not public_page(connection).open:
        raise PublicPageClosed


def tiles(connection: Connection) -> MapSetting:
    """Where the map's pictures come from."""
    return map_setting(connection)


def _in_use(search: DirectorySearch) -> DirectorySearch:
    return replace(search, in_use=True)
