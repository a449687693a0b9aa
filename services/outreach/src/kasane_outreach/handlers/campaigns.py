"""Carries out campaigns: receivers first, then a list with its ground and a second person's word, then waves."""

from collections.abc import Sequence
from typing import Any

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands.campaigns import (
    BeginRun,
    ListedHousehold,
    ListedPerson,
    NameGround,
    TriageReply,
)
from kasane_outreach.domain.area_survey import SurveyHousehold
from kasane_outreach.domain.campaign_errors import (
    CampaignNotRunning,
    CampaignRunNotFound,
    ListFixed,
    NobodyLeft,
)
from kasane_outreach.domain.campaign_run import CampaignRun
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.survey import SurveyTarget, code_of, digest_of_code
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.campaigns import AreaSurveys, CampaignRuns, SurveyTargets
from kasane_plugin_api import Phase

RUN, TARGET = "campaign_run", "survey_target"
CODES = "survey-codes"


def begin_run(command: BeginRun, uow: UnitOfWork, hooks: Any) -> str:
    """Begins to carry out a campaign that runs on this day by the town's own word.

    Raises CampaignNotRunning for one that is only planned, and CampaignRunNotFound for an unknown one.
    """
    named = {one.code: one for one in hooks.campaigns(year=command.year)}
    if command.campaign not in named or not named[command.campaign].kind:
        raise CampaignRunNotFound
    campaign = named[command.campaign]
    answer = hooks.phase(feature=campaign.feature, on=clock.today())
    if answer.phase is not Phase.ACTIVE:
        raise CampaignNotRunning(words=answer.text)
    run = CampaignRun(
        id=command.run_id,
        campaign=campaign.code,
        kind=campaign.kind,
        label=campaign.label,
        year=command.year,
        preconditions=tuple(campaign.preconditions),
        made_by=uow.actor.account_id,
        made_at=clock.now(),
    )
    CampaignRuns(uow.connection).add(run)
    uow.record("outreach.campaign.begun", RUN, run.id)
    uow.commit()
    return run.id


def confirm_receiver(run_id: str, precondition: str, uow: UnitOfWork) -> None:
    """Somebody says that those who receive are ready."""
    runs = CampaignRuns(uow.connection)
    run = runs.get(run_id)
    run.confirm(precondition, uow.actor.display_name)
    runs.save(run)
    uow.record("outreach.campaign.receiver_confirmed", RUN, run.id)
    uow.commit()


def add_people(run_id: str, people: Sequence[ListedPerson], uow: UnitOfWork) -> None:
    """Adds people to the list while it is not fixed; each gets the code of a letter. Raises ListFixed."""
    run = _changeable(run_id, uow)
    targets = SurveyTargets(uow.connection)
    number, key = len(targets.of_run(run.id)), uow.key(CODES)
    listed = []
    for one in people:
        number += 1
        target_id = new_id()
        digest = digest_of_code(key, code_of(key, target_id))
        listed.append(
            SurveyTarget(target_id, run.id, number, one.name, one.kana, one.address, digest)
        )
    targets.add(listed)
    uow.record("outreach.campaign.list_changed", RUN, run.id)
    uow.commit()


def add_households(run_id: str, households: Sequence[ListedHousehold], uow: UnitOfWork) -> None:
    """Adds households by area while the list is not fixed. Raises ListFixed."""
    run = _changeable(run_id, uow)
    AreaSurveys(uow.connection).add_households(
        [SurveyHousehold(new_id(), run.id, one.area, one.agency, one.label) for one in households]
    )
    uow.record("outreach.campaign.list_changed", RUN, run.id)
    uow.commit()


def name_ground(command: NameGround, uow: UnitOfWork) -> None:
    """Says where the list is from and on which ground. Raises ListFixed and GroundMissing."""
    runs = CampaignRuns(uow.connection)
    run = runs.get(command.run_id)
    run.name_ground(command.source, command.legal_ground, command.keep_until, clock.today())
    runs.save(run)
    uow.record("outreach.campaign.ground_named", RUN, run.id)
    uow.commit()


def fix_list(run_id: str, uow: UnitOfWork) -> None:
    """A second person approves the list; from now on nobody is added or taken off.

    Raises ReceiversNotReady (I-17), GroundMissing, SamePersonApproves, ListFixed and NobodyLeft.
    """
    runs = CampaignRuns(uow.connection)
    run = runs.get(run_id)
    run.fix_list(uow.actor.account_id, clock.now())
    listed = SurveyTargets(uow.connection).of_run(run.id)
    if not listed and not AreaSurveys(uow.connection).households(run.id):
        raise NobodyLeft
    runs.save(run)
    uow.record("outreach.campaign.list_fixed", RUN, run.id, basis=run.legal_ground)
    uow.commit()


def send_wave(run_id: str, uow: UnitOfWork) -> int:
    """Sends a wave to everybody who has not replied and did not ask for silence; returns its number.

    Raises ListNotFixed and NobodyLeft.
    """
    runs, targets = CampaignRuns(uow.connection), SurveyTargets(uow.connection)
    run = runs.get(run_id)
    wave = run.next_wave()
    to_write = [one for one in targets.of_run(run.id) if one.may_be_written_to]
    if not to_write:
        raise NobodyLeft
    for target in to_write:
        target.wave, target.sent_on = wave, clock.today()
        targets.save(target)
    runs.save(run)
    uow.record("outreach.campaign.wave_sent", RUN, run.id)
    uow.commit()
    return wave


def triage_reply(command: TriageReply, uow: UnitOfWork) -> None:
    """Somebody read a reply and says what it needs."""
    targets = SurveyTargets(uow.connection)
    target = targets.get(command.target_id)
    if target.replied_at is None:
        raise CampaignRunNotFound
    target.triage(command.need, uow.actor.account_id)
    targets.save(target)
    uow.record("outreach.survey_reply.triaged", TARGET, target.id)
    uow.commit()


def ask_for_visits(run_id: str, uow: UnitOfWork) -> int:
    """Puts those with a high need and those who did not reply on the list of households to reach, once each.

    Returns how many. No reply says nothing of consent: each visit begins with the person's own word (I-17).
    """
    run = CampaignRuns(uow.connection).get(run_id)
    targets = SurveyTargets(uow.connection)
    households = HouseholdsToReach(uow.connection)
    asked = 0
    for target in targets.of_run(run.id):
        if not target.to_visit:
            continue
        target.request_id = new_id()
        households.add(
            HouseholdToReach(
                id=target.request_id,
                case_id="",
                person_id=target.id,
                name=target.name,
                kana=target.kana,
                address=target.address,
                reason=run.label,
                purpose=run.label,
                heard_at=clock.now(),
            )
        )
        targets.save(target)
        uow.record(
            "outreach.household.put_on_list", "household_to_reach", target.request_id, run.id
        )
        asked += 1
    if not asked:
        raise NobodyLeft
    uow.commit()
    return asked


def _changeable(run_id: str, uow: UnitOfWork) -> CampaignRun:
    run = CampaignRuns(uow.connection).get(run_id)
    if not run.open_to_change:
        raise ListFixed
    return run
