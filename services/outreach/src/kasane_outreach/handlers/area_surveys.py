"""Visits every household of an area: leaders are heard first, apart; a refused survey refuses no help."""

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands.campaigns import HearLeader, RecordSurveyVisit, TakeArea
from kasane_outreach.domain.area_survey import LeaderHearing, SurveyHousehold, SurveyVisit
from kasane_outreach.domain.campaign_errors import CampaignRunNotFound, GroundMissing, RunOver
from kasane_outreach.domain.campaign_run import CampaignStage
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.errors import ChangedMeanwhile, DayIsPast
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.campaigns import AreaSurveys, CampaignRuns

HOUSEHOLD, RUN = "survey_household", "campaign_run"
WORDS = "survey-words"


def hear_leader(command: HearLeader, uow: UnitOfWork) -> str:
    """Keeps what a leader said, sealed and apart, with the ground for having asked.

    Raises GroundMissing and RunOver.
    """
    run = CampaignRuns(uow.connection).get(command.run_id)
    if run.stage is CampaignStage.CLOSED:
        raise RunOver
    if not command.legal_ground.strip() or not command.words.strip():
        raise GroundMissing
    hearing = LeaderHearing(
        id=command.hearing_id,
        run_id=command.run_id,
        area=command.area,
        heard_from=command.heard_from,
        on=command.on,
        legal_ground=command.legal_ground,
        by=uow.actor.account_id,
        at=clock.now(),
    )
    sealed = uow.seal(WORDS, command.words.encode(), place_of_words(hearing.id))
    AreaSurveys(uow.connection).add_hearing(hearing, sealed)
    uow.record("outreach.leader.heard", "leader_hearing", hearing.id, basis=command.legal_ground)
    uow.commit()
    return hearing.id


def take_area(command: TakeArea, uow: UnitOfWork) -> None:
    """The households of an area whose turn is not over lie in the actor's telephone today.

    Raises CampaignRunNotFound, ListNotFixed before the list is approved and RunOver after its end.
    """
    surveys = AreaSurveys(uow.connection)
    run = CampaignRuns(uow.connection).get(command.run_id)
    run.must_go_on()
    if not surveys.households(run.id, command.area):
        raise CampaignRunNotFound
    surveys.take_area(uow.actor.account_id, clock.today(), run.id, command.area)
    uow.record("outreach.survey_area.taken", RUN, run.id, basis=run.legal_ground)
    uow.commit()


def record_survey_visit(command: RecordSurveyVisit, uow: UnitOfWork) -> None:
    """Keeps what came of a visit; a worrying household is put on the list of those to reach, once.

    Raises ListNotFixed before the list is approved, RunOver after its end, DayIsPast for a day to come, and
    ChangedMeanwhile where somebody else recorded a visit that who records did not see.
    """
    write_survey_visit(command, uow)
    uow.commit()


def write_survey_visit(command: RecordSurveyVisit, uow: UnitOfWork) -> None:
    """The same without committing, for what comes from a telephone."""
    surveys = AreaSurveys(uow.connection)
    household = surveys.household(command.household_id, to_change=True)
    run = CampaignRuns(uow.connection).get(household.run_id)
    run.must_go_on()
    if command.on > clock.today():
        raise DayIsPast
    if command.version not in (None, household.version):
        raise ChangedMeanwhile
    household.visited(command.result, command.on)
    _keep_visit(household, command, uow)
    if command.result is VisitResult.WORRYING and not household.request_id:
        household.request_id = new_id()
        HouseholdsToReach(uow.connection).add(
            HouseholdToReach(
                id=household.request_id,
                case_id="",
                person_id=household.id,
                name=household.label,
                address=household.label,
                reason=run.label,
                purpose=run.label,
                heard_at=clock.now(),
                area=household.area[:60],
            )
        )
        uow.record("outreach.household.put_on_list", "household_to_reach", household.request_id)
    surveys.save_household(household)
    uow.record("outreach.survey_household.visited", HOUSEHOLD, household.id)


def keep_beside(command: RecordSurveyVisit, uow: UnitOfWork) -> None:
    """Keeps a visit that came too late to count as the household's result: it was made, and its words stay.

    Raises CampaignRunNotFound where the list is gone. The caller commits.
    """
    surveys = AreaSurveys(uow.connection)
    household = surveys.household(command.household_id, to_change=True)
    _keep_visit(household, command, uow)
    household.visits += 1
    surveys.save_household(household)
    uow.record("outreach.survey_household.visited", HOUSEHOLD, household.id, basis="beside")


def _keep_visit(household: SurveyHousehold, command: RecordSurveyVisit, uow: UnitOfWork) -> None:
    visit = SurveyVisit(
        id=new_id(),
        household_id=household.id,
        run_id=household.run_id,
        agency=household.agency,
        result=command.result,
        on=command.on,
        by=uow.actor.account_id,
    )
    sealed = uow.seal(WORDS, command.words.encode(), place_of_words(visit.id))
    AreaSurveys(uow.connection).add_visit(visit, sealed)


def place_of_words(object_id: str) -> str:
    """Where the seal of words belongs: it opens nowhere else."""
    return f"outreach_survey_words|{object_id}"
