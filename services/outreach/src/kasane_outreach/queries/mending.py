"""What the screens of days that do not go as planned read."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from kasane_kit.auth import Actor
from kasane_outreach import tables
from kasane_outreach.domain.disruption import Disruption
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.town_block import TownBlock
from kasane_outreach.domain.travel import TravelTimes
from kasane_outreach.queries.sight import household_visible_to, without_protected_address
from kasane_outreach.queries.visits import VisitLine, visits_on
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.mending import MendedDay, mend


def mended_days(
    connection: Connection,
    disruption: Disruption,
    travel: TravelTimes,
    blocks: Sequence[TownBlock],
) -> MendedDay:
    """What would become of the visits; nothing is changed. Raises what ``mend`` raises."""
    return mend(connection, disruption, travel, blocks)


def households_of(
    connection: Connection, viewer: Actor, mended: MendedDay
) -> Mapping[str, HouseholdToReach]:
    """Those households of what changes that the viewer may see, by request, without protected addresses."""
    ids = {one.visit.request_id for one in mended.changes} | {
        one.id for one, _slots in mended.added
    }
    h = tables.household_to_reach.c
    found = HouseholdsToReach(connection).load(h.id.in_(sorted(ids)), household_visible_to(viewer))
    return {one.id: without_protected_address(one) for one in found}


def due_on(connection: Connection, viewer: Actor, on: date) -> Sequence[VisitLine]:
    """The visits of a day that are still to be made, as far as the viewer may see them."""
    return [one for one in visits_on(connection, viewer, on, most=500) if one.visit.due]


def could_be_added(connection: Connection, viewer: Actor) -> Sequence[HouseholdToReach]:
    """The open households on the map that the viewer may see and that a plan may take."""
    h = tables.household_to_reach.c
    found = HouseholdsToReach(connection).load(household_visible_to(viewer), h.status != "closed")
    return [one for one in found if one.position is not None and not one.hides_address]
