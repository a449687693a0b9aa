"""Households to reach, as lists and their page show them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, and_, func, not_, or_, select

from kasane_kit.auth import Actor
from kasane_outreach import tables
from kasane_outreach.domain.errors import HouseholdNotFound
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.queries.sight import household_visible_to, without_protected_address
from kasane_outreach.repository import HouseholdsToReach


def households(
    connection: Connection,
    viewer: Actor,
    *,
    status: str = "",
    after: tuple[date | None, str] | None = None,
    most: int = 50,
) -> tuple[HouseholdToReach, ...]:
    """Households that the viewer may see, the nearest date first, without protected addresses.

    ``after`` is (by_when, id) of the last one shown.
    """
    h = tables.household_to_reach.c
    statement = select(h.id).where(household_visible_to(viewer))
    wanted = h.status == status if status else h.status != ReachStatus.CLOSED.value
    statement = statement.where(wanted)
    if after:
        undated = and_(h.by_when.is_(None), h.id > after[1])
        if after[0]:
            same_day = and_(h.by_when == after[0], h.id > after[1])
            statement = statement.where(or_(h.by_when > after[0], same_day, h.by_when.is_(None)))
        else:
            statement = statement.where(undated)
    ids = connection.scalars(
        statement.order_by(h.by_when.is_(None), h.by_when, h.id).limit(most)
    ).all()
    return tuple(without_protected_address(one) for one in HouseholdsToReach(connection).those(ids))


def count_households(connection: Connection, viewer: Actor) -> Mapping[str, int]:
    """How many households the viewer may see, by status."""
    h = tables.household_to_reach.c
    counts = dict.fromkeys((status.value for status in ReachStatus), 0)
    rows = connection.execute(
        select(h.status, func.count()).where(household_visible_to(viewer)).group_by(h.status)
    )
    return counts | {status: count for status, count in rows}


def household(connection: Connection, viewer: Actor, request_id: str) -> HouseholdToReach:
    """One household without a protected address; raises HouseholdNotFound when it is not open
    to the viewer.
    """
    h = tables.household_to_reach.c
    allowed = connection.scalar(
        select(h.id).where(h.id == request_id, household_visible_to(viewer))
    )
    if allowed is None:
        raise HouseholdNotFound
    return without_protected_address(HouseholdsToReach(connection).get(request_id))


def unplaced(
    connection: Connection, viewer: Actor, most: int
) -> tuple[tuple[HouseholdToReach, ...], int]:
    """Open households that the viewer may see and whose address found no place, the nearest date first.

    Behind them, how many more have none because their address is protected (I-10); those are never placed.
    """
    h = tables.household_to_reach.c
    seen = (household_visible_to(viewer), h.status != ReachStatus.CLOSED.value)
    hidden = or_(h.address_protected, h.sealed_address != "")
    found = HouseholdsToReach(connection).load(*seen, h.latitude.is_(None), not_(hidden))
    count = connection.scalar(
        select(func.count()).select_from(tables.household_to_reach).where(*seen, hidden)
    )
    return found[:most], count or 0
