"""Carries out campaigns: receivers first, then a list with its ground and a second person's word, then waves."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kasane_contracts import outreach as events
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.keys import Unseal
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands.campaigns import (
    BeginRun,
    FixList,
    ListedHousehold,
    ListedPerson,
    NameGround,
    SendWave,
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
from kasane_outreach.domain.errors import ChangedMeanwhile
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.domain.survey import (
    NeedLevel,
    SurveyTarget,
    code_of,
    digest_of_code,
    refusal_digest,
)
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.campaigns import (
    AreaSurveys,
    CampaignRuns,
    LetterRefusals,
    SurveyTargets,
)
from kasane_plugin_api import Phase

RUN, TARGET = "campaign_run", "survey_target"
CODES = "survey-codes"
REPLIES = "survey-replies"


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
    """Adds people to the list while it is not fixed; each gets the code of a letter. Raises ListFixed.

    Who wanted no letters in an earlier run gets none in this one either.
    """
    run = _changing_list(run_id, uow)
    targets = SurveyTargets(uow.connection)
    number, key = len(targets.of_run(run.id)), uow.key(CODES)
    marks = [refusal_digest(key, one.name, one.address) for one in people]
    silent = LetterRefusals(uow.connection).among(marks)
    listed = []
    for one, mark in zip(people, marks, strict=True):
        number += 1
        target_id = new_id()
        digest = digest_of_code(key, code_of(key, target_id))
        listed.append(
            SurveyTarget(
                target_id,
                run.id,
                number,
                one.name,
                one.kana,
                one.address,
                digest,
                no_letters=mark in silent,
            )
        )
    targets.add(listed)
    uow.record("outreach.campaign.list_changed", RUN, run.id)
    uow.commit()


def add_households(run_id: str, households: Sequence[ListedHousehold], uow: UnitOfWork) -> None:
    """Adds households by area while the list is not fixed. Raises ListFixed."""
    run = _changing_list(run_id, uow)
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


def fix_list(command: FixList, uow: UnitOfWork) -> None:
    """A second person approves the list as they read it; from now on nobody is added or taken off.

    Raises ReceiversNotReady (I-17), GroundMissing, SamePersonApproves, ListFixed, NobodyLeft and
    ChangedMeanwhile.
    """
    runs = CampaignRuns(uow.connection)
    run = runs.get(command.run_id, to_change=True)
    run.fix_list(uow.actor.account_id, clock.now())
    listed = SurveyTargets(uow.connection).of_run(run.id)
    if not listed and not AreaSurveys(uow.connection).households(run.id):
        raise NobodyLeft
    runs.save(run, command.version)
    uow.record("outreach.campaign.list_fixed", RUN, run.id, basis=run.legal_ground)
    uow.commit()


def send_wave(command: SendWave, uow: UnitOfWork) -> int:
    """Sends a wave to who has not replied, did not ask for silence and is not reached already; returns its number.

    Raises ListNotFixed, RunOver, NobodyLeft and, where it went out already, ChangedMeanwhile.
    """
    runs, targets = CampaignRuns(uow.connection), SurveyTargets(uow.connection)
    run = runs.get(command.run_id, to_change=True)
    wave = run.next_wave()
    listed = targets.of_run(run.id, to_change=True)
    linked = _linked(listed, uow)
    to_write = [one for one in listed if one.may_be_written_to and one.id not in linked]
    if not to_write:
        raise NobodyLeft
    for target in to_write:
        target.wave, target.sent_on = wave, clock.today()
        targets.save(target)
    runs.save(run, command.version)
    uow.record("outreach.campaign.wave_sent", RUN, run.id)
    uow.commit()
    return wave


def triage_reply(command: TriageReply, uow: UnitOfWork) -> None:
    """Somebody read a reply and says what it needs; where help is wanted it becomes a consultation, once.

    No reply is triaged by nobody: it is neither a refusal nor a consent (I-17). Raises CampaignRunNotFound,
    and ChangedMeanwhile where another reply came or somebody else decided.
    """
    targets = SurveyTargets(uow.connection)
    target = targets.get(command.target_id, to_change=True)
    if target.replied_at is None:
        raise CampaignRunNotFound
    if target.version != command.version:
        raise ChangedMeanwhile
    target.triage(command.need, uow.actor.account_id)
    helped = command.to_intake and command.need is not NeedLevel.NONE
    if helped and not target.consultation_id:
        target.consultation_id = new_id()
        answers = answers_of(uow.unseal, target.id, targets.reply(target.id))
        run = CampaignRuns(uow.connection).get(target.run_id)
        uow.publish(
            events.HelpAskedFor(
                consultation_id=target.consultation_id,
                campaign=run.campaign,
                need=command.need.value,
                office=uow.actor.office,
                want=answers.get("want", ""),
                name=target.name,
                kana=target.kana,
                address=target.address,
                contact=answers.get("contact", ""),
                story=answers.get("trouble", ""),
            )
        )
        uow.record("outreach.survey_reply.passed_on", TARGET, target.id)
    targets.save(target)
    uow.record("outreach.survey_reply.triaged", TARGET, target.id)
    uow.commit()


def answers_of(unseal: Unseal, target_id: str, sealed: bytes) -> Mapping[str, str]:
    """What was answered, out of its seal; empty where nothing was."""
    found = json.loads(unseal(REPLIES, sealed, place_of_reply(target_id))) if sealed else {}
    return {str(name): str(value) for name, value in found.items()}


def place_of_reply(target_id: str) -> str:
    """Where a reply's seal belongs: it opens nowhere else."""
    return f"outreach_survey_target|{target_id}"


def close_run(run_id: str, reason: str, uow: UnitOfWork) -> None:
    """Ends a run for a reason; the list stays until its term. Raises RunOver and ReasonMissing."""
    runs = CampaignRuns(uow.connection)
    run = runs.get(run_id)
    run.close(reason, clock.today())
    runs.save(run)
    uow.record("outreach.campaign.closed", RUN, run.id)
    uow.commit()


def ask_for_visits(run_id: str, uow: UnitOfWork) -> int:
    """Puts those with a high need and those who did not reply on the list of households to reach, once each.

    Returns how many. No reply says nothing of consent: each visit begins with the person's own word (I-17).
    """
    run = CampaignRuns(uow.connection).get(run_id, to_change=True)
    run.must_go_on()
    targets = SurveyTargets(uow.connection)
    households = HouseholdsToReach(uow.connection)
    asked = 0
    for target in targets.of_run(run.id, to_change=True):
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


def _linked(listed: Sequence[SurveyTarget], uow: UnitOfWork) -> frozenset[str]:
    """Those whom somebody has met already, or whose reply became a consultation."""
    asked = {one.request_id: one.id for one in listed if one.request_id}
    met = {
        asked[household.id]
        for household in HouseholdsToReach(uow.connection).those(sorted(asked))
        if household.status is ReachStatus.REACHED
    }
    return frozenset(met | {one.id for one in listed if one.consultation_id})


def _changing_list(run_id: str, uow: UnitOfWork) -> CampaignRun:
    """The run in a new version, because who approves it has to see the list as it will be."""
    runs = CampaignRuns(uow.connection)
    run = runs.get(run_id, to_change=True)
    if not run.open_to_change:
        raise ListFixed
    runs.save(run)
    return run
