"""Who may know of which entry, and the order of lists, for every query."""

from sqlalchemy import ColumnElement, Connection, collate

from kasane_kit.auth import Actor
from kasane_resources import tables
from kasane_resources.domain.human_service import Visibility

SUPPORTERS = frozenset({"receiver", "contact", "responsible", "coordinator", "outreach_worker"})


def visible_to(viewer: Actor) -> frozenset[Visibility]:
    """What a viewer may know of: entries for supporters only are open to those who support."""
    if viewer.functions & SUPPORTERS:
        return frozenset(Visibility)
    return frozenset({Visibility.PUBLIC, Visibility.TOWN_HALL})


def visible(viewer: Actor) -> ColumnElement[bool]:
    """The condition that the viewer may know of an entry."""
    return tables.human_service.c.visibility.in_(sorted(one.value for one in visible_to(viewer)))


def in_order_of_codes(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """The column in the order of its characters' codes, the same on every database."""
    return collate(column, "C") if connection.dialect.name == "postgresql" else column
