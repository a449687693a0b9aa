"""Deletes the list of a campaign when its term is over; what it was in numbers stays, and the trail says so."""

from collections.abc import Mapping
from typing import Any

from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.strings import Strings
from kasane_kit.unit_of_work import House, UnitOfWork, reading
from kasane_outreach.domain.campaign_run import CampaignRun
from kasane_outreach.handlers.campaigns import RUN
from kasane_outreach.repository import HouseholdsToReach, Visits
from kasane_outreach.repository.campaign_counts import counts_of_run
from kasane_outreach.repository.campaigns import AreaSurveys, CampaignRuns, SurveyTargets
from kasane_outreach.repository.watching import Watches

SERVICE = "outreach"


def delete_due_lists(house: House, municipality: str) -> None:
    """Deletes each list whose last day of keeping is over, each by itself; a deleted one is left alone."""
    today = clock.today()
    with reading(house, SERVICE) as connection:
        due = [run.id for run in CampaignRuns(connection).all() if run.list_is_due(today)]
    for run_id in due:
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            runs = CampaignRuns(uow.connection)
            run = runs.get(run_id, to_change=True)
            if run.list_is_due(today):
                delete_list(run, uow)
                runs.save(run)
                uow.commit()


def delete_list(run: CampaignRun, uow: UnitOfWork) -> None:
    """Counts, deletes, and takes the people whom nobody went to or watches off the list of those to reach."""
    counts: Mapping[str, Any] = counts_of_run(uow.connection, run)
    targets, surveys = SurveyTargets(uow.connection), AreaSurveys(uow.connection)
    asked = {one.request_id for one in targets.of_run(run.id)}
    asked |= {one.request_id for one in surveys.households(run.id)}
    _forget_unvisited(sorted(asked - {""}), uow)
    targets.forget(run.id)
    surveys.forget(run.id)
    run.list_deleted(counts, Strings("kasane_outreach").text("run.term_over"), clock.today())
    uow.record("outreach.campaign.list_deleted", RUN, run.id, basis=run.legal_ground)


def _forget_unvisited(request_ids: list[str], uow: UnitOfWork) -> None:
    households, visits = HouseholdsToReach(uow.connection), Visits(uow.connection)
    watches = Watches(uow.connection)
    reason = Strings("kasane_outreach").text("run.term_over")
    for household in households.those(request_ids, to_change=True):
        kept = visits.of_household(household.id) or watches.of_request(household.id)
        if household.case_id or kept:
            continue
        household.forget(reason)
        households.save(household)
        uow.record("outreach.household.forgotten", "household_to_reach", household.id)
