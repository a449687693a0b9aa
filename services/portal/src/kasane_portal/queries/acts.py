"""Reads what the copy of the trails has that a service no longer knows after it was restored."""

from sqlalchemy import select

from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import House, reading
from kasane_portal import tables


def acts_behind(house: House, municipality: str, *, service: str, position: int) -> tuple[str, ...]:
    """What the copy of a service's trail has behind a position, a line for each act, in their order."""
    copy = tables.audit_copy.c
    with municipality_scope(municipality), reading(house, "portal") as connection:
        rows = connection.execute(
            select(copy.at, copy.actor_name, copy.action, copy.object_kind, copy.object_id)
            .where(copy.service == service, copy.position > position)
            .order_by(copy.position)
        )
        return tuple(" ".join(row) for row in rows)
