"""Visits every household of an area: leaders are heard first, apart; a refused survey refuses no help."""

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands.campaigns import HearLeader, RecordSurveyVisit
from kasane_outreach.domain.area_survey import LeaderHearing, SurveyVisit
from kasane_outreach.domain.campaign_errors import GroundMissing, RunOver
from kasane_outreach.domain.campaign_run import CampaignStage
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.errors import DayIsPast
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.campaigns import AreaSurveys, CampaignRuns

HOUSEHOLD = "survey_household"
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
        id=new_id(),
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


def record_survey_visit(command: RecordSurveyVisit, uow: UnitOfWork) -> None:
    """Keeps what came of a visit; a worrying household is put on the list of those to reach, once.

    Raises ListNotFixed before the list is approved, RunOver after its end, and DayIsPast for a day to come.
    """
    surveys = AreaSurveys(uow.connection)
    household = surveys.household(command.household_id)
    run = CampaignRuns(uow.connection).get(household.run_id)
    run.must_go_on()
    if command.on > clock.today():
        raise DayIsPast
    household.visited(command.result, command.on)
    visit = SurveyVisit(
        id=new_id(),
        household_id=household.id,
        run_id=run.id,
        agency=household.agency,
        result=command.result,
        on=command.on,
        by=uow.actor.account_id,
    )
    surveys.add_visit(visit, uow.seal(WORDS, command.words.encode(), place_of_words(visit.id)))
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
    uow.commit()


def place_of_words(object_id: str) -> str:
    """Where the seal of words belongs: it opens nowhere else."""
    return f"outreach_survey_words|{object_id}"
