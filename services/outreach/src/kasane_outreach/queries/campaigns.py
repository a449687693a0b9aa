"""What the screens of campaigns and of watching read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from kasane_kit.auth import Actor
from kasane_outreach.domain.area_survey import (
    AreaProgress,
    LeaderHearing,
    SurveyHousehold,
    SurveyVisit,
)
from kasane_outreach.domain.campaign_errors import CampaignRunNotFound
from kasane_outreach.domain.campaign_run import CampaignRun
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.survey import SurveyTarget
from kasane_outreach.domain.watch_assignment import WatchAssignment, WatchReport
from kasane_outreach.queries.sight import without_protected_address
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.campaigns import AreaSurveys, CampaignRuns, SurveyTargets
from kasane_outreach.repository.watching import Watches


@dataclass(frozen=True)
class AgencyMonth:
    """What one agency did in a month: households are counted once, visits every time."""

    agency: str
    households: int
    visits: int
    by_result: Mapping[str, int]


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


def area_progress(connection: Connection, run_id: str) -> Sequence[AreaProgress]:
    """How far each area is, by name."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for area, agency, result, households, visits in AreaSurveys(connection).counts(run_id):
        counts = found.setdefault((area, agency), {})
        counts[result] = counts.get(result, 0) + households
        counts["visits"] = counts.get("visits", 0) + visits
    return [
        AreaProgress(
            area=area,
            agency=agency,
            households=sum(count for name, count in counts.items() if name != "visits"),
            met=counts.get("met", 0),
            absent=counts.get("absent", 0),
            refused=counts.get("refused", 0),
            moved=counts.get("moved", 0),
            worrying=counts.get("worrying", 0),
            visits=counts["visits"],
        )
        for (area, agency), counts in sorted(found.items())
    ]


def heard_areas(connection: Connection, run_id: str) -> frozenset[str]:
    """The areas in which a leader was heard before the visits."""
    return AreaSurveys(connection).heard_areas(run_id)


def households_of_area(connection: Connection, run_id: str, area: str) -> Sequence[SurveyHousehold]:
    """The households of an area; raises CampaignRunNotFound where there is none."""
    found = AreaSurveys(connection).households(run_id, area)
    if not found:
        raise CampaignRunNotFound
    return found


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
    """What each agency did in the month of a day, by name."""
    first = month.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    visits = AreaSurveys(connection).visits_between(run_id, first, last)
    found: dict[str, list[SurveyVisit]] = {}
    for visit in visits:
        found.setdefault(visit.agency, []).append(visit)
    return [
        AgencyMonth(
            agency=agency,
            households=len({visit.household_id for visit in made}),
            visits=len(made),
            by_result={
                result: sum(1 for visit in made if visit.result.value == result)
                for result in ("met", "absent", "refused", "moved", "worrying")
            },
        )
        for agency, made in sorted(found.items())
    ]


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
