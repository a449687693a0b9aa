"""What the screen of a day without a worker reads."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.travel import TravelTimes
from kasane_outreach.queries.sight import without_protected_address
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.mending import MendedDay, mend_day


def mended_day(connection: Connection, on: date, account_id: str, travel: TravelTimes) -> MendedDay:
    """What would become of the worker's visits; nothing is changed."""
    return mend_day(connection, on, account_id, travel)


def households_of_day(connection: Connection, mended: MendedDay) -> Mapping[str, HouseholdToReach]:
    """The households of the visits that move, by request, without protected addresses."""
    ids = [one.visit.request_id for one in mended.visits]
    found = HouseholdsToReach(connection).those(ids)
    return {one.id: without_protected_address(one) for one in found}
