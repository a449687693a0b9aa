"""What is open of persons follows them when a household divides or comes together."""

from kasane_contracts.cases import PersonsMovedCase
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.handlers.subjects import HOUSEHOLD
from kasane_outreach.repository import HouseholdsToReach, Visits
from kasane_outreach.repository.watching import Watches

VISIT, WATCH = "visit", "watch_assignment"


def follow_persons(event: PersonsMovedCase, uow: UnitOfWork) -> None:
    """Open requests of these persons, their visits still to be recorded and their watches go to the other case.

    What was recorded or ended stays where it was. A second delivery finds nothing left to move; the delivery commits.
    """
    households, visits, watches = (
        HouseholdsToReach(uow.connection),
        Visits(uow.connection),
        Watches(uow.connection),
    )
    moved = [
        one
        for one in households.of_case(event.from_case_id)
        if one.open and one.person_id in event.person_ids
    ]
    for household in moved:
        household.case_id = event.to_case_id
        households.save(household)
        uow.record("outreach.household.moved_case", HOUSEHOLD, household.id, basis="case")
        for visit in visits.of_household(household.id):
            if visit.due:
                visit.case_id = event.to_case_id
                visits.save(visit)
                uow.record("outreach.visit.moved_case", VISIT, visit.id, basis="case")
    requests = {one.id for one in moved}
    for watch in watches.of_case(event.from_case_id):
        if watch.request_id in requests:
            watch.case_id = event.to_case_id
            watches.save(watch)
            uow.record("outreach.watch.moved_case", WATCH, watch.id, basis="case")
