"""What the screens of campaigns and of watching read."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from kasane_kit.auth import Actor
from kasane_outreach.domain.area_survey import (
    AgencyMonth,
    AreaProgress,
    LeaderHearing,
    SurveyHousehold,
    SurveyVisit,
)
from kasane_outreach.domain.campaign_errors import CampaignRunNotFound, ListGone
from kasane_outreach.domain.campaign_run import CampaignRun
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.survey import PostalCounts, SurveyTarget
from kasane_outreach.domain.watch_assignment import WatchAssignment, WatchReport
from kasane_outreach.queries.sight import without_protected_address
from kasane_outreach.repository import HouseholdsToReach, campaign_counts
from kasane_outreach.repository.campaigns import AreaSurveys, CampaignRuns, SurveyTargets
from kasane_outreach.repository.watching import Watches


def campaign_runs(connection: Connection) -> Sequence[CampaignRun]:
    """Every run, the newest first."""
    return CampaignRuns(connection).all()


def campaign_run(connection: Connection, run_id: str) -> CampaignRun:
    """One run; raises CampaignRunNotFound."""
    return CampaignRuns(connection).get(run_id)


def survey_targets(connection: Connection, run_id: str) -> Sequence[SurveyTarget]:
    """The list of a postal survey, by number."""
    return SurveyTargets(connection).of_run(run_id)


def survey_reply(connection: Connection, run_id: str, target_id: str) -> tuple[SurveyTarget, bytes]:
    """One person of a list with the reply, sealed; raises CampaignRunNotFound."""
    target = SurveyTargets(connection).get(target_id)
    if target.run_id != run_id:
        raise CampaignRunNotFound
    return target, SurveyTargets(connection).reply(target_id)


def postal_counts(connection: Connection, run_id: str) -> PostalCounts:
    """A postal survey in numbers; raises CampaignRunNotFound."""
    return campaign_counts.postal_counts(connection, CampaignRuns(connection).get(run_id))


def area_progress(connection: Connection, run_id: str) -> Sequence[AreaProgress]:
    """How far each area is, by name; raises CampaignRunNotFound."""
    return campaign_counts.area_progress(connection, CampaignRuns(connection).get(run_id))


def households_of_area(connection: Connection, run_id: str, area: str) -> Sequence[SurveyHousehold]:
    """The households of an area; raises CampaignRunNotFound where there is none, ListGone after its term."""
    if CampaignRuns(connection).get(run_id).deleted_on is not None:
        raise ListGone
    found = AreaSurveys(connection).households(run_id, area)
    if not found:
        raise CampaignRunNotFound
    return found


def walks_area(connection: Connection, viewer: Actor, run_id: str, area: str, on: date) -> bool:
    """Whether the viewer walks the area on this day with the telephone."""
    return (run_id, area) in AreaSurveys(connection).areas_walked(viewer.account_id, on)


def hearings_of_area(
    connection: Connection, run_id: str, area: str
) -> Sequence[tuple[LeaderHearing, bytes]]:
    """What leaders of an area said, sealed."""
    return AreaSurveys(connection).hearings(run_id, area)


def survey_household(
    connection: Connection, run_id: str, household_id: str
) -> tuple[SurveyHousehold, Sequence[tuple[SurveyVisit, bytes]]]:
    """One household with its visits and its own words, sealed; raises CampaignRunNotFound."""
    surveys = AreaSurveys(connection)
    household = surveys.household(household_id)
    if household.run_id != run_id:
        raise CampaignRunNotFound
    return household, surveys.visits_of(household_id)


def agency_months(connection: Connection, run_id: str, month: date) -> Sequence[AgencyMonth]:
    """What each agency did in the month of a day, by name; raises CampaignRunNotFound."""
    return campaign_counts.agency_months(connection, CampaignRuns(connection).get(run_id), month)


def watches(connection: Connection, viewer: Actor) -> Sequence[WatchAssignment]:
    """What is watched: the viewer's own; a coordinator sees all."""
    return Watches(connection).open_ones("" if viewer.has("coordinator") else viewer.account_id)


def watch(
    connection: Connection, viewer: Actor, assignment_id: str
) -> tuple[WatchAssignment, Sequence[tuple[WatchReport, bytes]]]:
    """One assignment with its reports, sealed: for its watcher and for coordinators alone.

    Raises CampaignRunNotFound.
    """
    found = Watches(connection).get(assignment_id)
    if found.watcher != viewer.account_id and not viewer.has("coordinator"):
        raise CampaignRunNotFound
    return found, Watches(connection).reports_of(assignment_id)


def household_watched(connection: Connection, request_id: str) -> HouseholdToReach:
    """The household of an assignment that the viewer has opened, without a protected address."""
    return without_protected_address(HouseholdsToReach(connection).get(request_id))
