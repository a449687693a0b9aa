"""What resources does when others speak."""

from typing import Any

from kasane_contracts.cases import (
    AddressProtectionChanged,
    CaseClosed,
    CaseStatusChanged,
    CommunityIssueRaised,
    ConsentRecorded,
    ParticipationHostTold,
    ParticipationJudged,
    ParticipationProposed,
    PersonsMovedCase,
    ReferralRequested,
    SupportNeedIdentified,
    SupportPlanAgreed,
)
from kasane_contracts.outreach import ContactNotMade, VisitCompleted
from kasane_contracts.resources import ResourcesRecordsShredded
from kasane_kit.shredding import Part
from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.handlers import (
    community,
    move_referrals,
    participation,
    suggest_human_services,
    wait_for_answer,
)
from kasane_resources.repository.ending import RULES


def on_support_need_identified(event: SupportNeedIdentified, uow: UnitOfWork, hooks: Any) -> None:
    """Looks for what could meet the need; heard again, the newest answer and one gap stand."""
    suggest_human_services(event, uow, hooks)


def on_referral_requested(event: ReferralRequested, uow: UnitOfWork, _hooks: Any) -> None:
    """Puts the referral on the list of those that wait; heard again, it changes nothing."""
    wait_for_answer(event, uow)


def on_participation_proposed(event: ParticipationProposed, uow: UnitOfWork, hooks: Any) -> None:
    """Begins participation support; heard again, it changes nothing."""
    participation.take_proposal(event, uow, hooks)


def on_participation_judged(event: ParticipationJudged, uow: UnitOfWork, hooks: Any) -> None:
    """Opens the town's gate when the judgement is the one it asks for."""
    participation.take_judgement(event, uow, hooks)


def on_participation_host_told(event: ParticipationHostTold, uow: UnitOfWork, _hooks: Any) -> None:
    """The host knows who comes."""
    participation.take_host_told(event, uow)


def on_support_plan_agreed(event: SupportPlanAgreed, uow: UnitOfWork, _hooks: Any) -> None:
    """A plan of participation support leads on to looking for a place."""
    participation.take_plan(event, uow)


def on_persons_moved_case(event: PersonsMovedCase, uow: UnitOfWork, _hooks: Any) -> None:
    """What is open of persons follows them into their other case."""
    move_referrals(event, uow)
    participation.take_moved_case(event, uow)


def on_consent_recorded(event: ConsentRecorded, uow: UnitOfWork, _hooks: Any) -> None:
    """Without the person's consent no new step is taken with a host."""
    participation.take_consent(event, uow)


def on_settling_visit(event: VisitCompleted | ContactNotMade, uow: UnitOfWork, _hooks: Any) -> None:
    """Takes in a settling visit; any other visit is none of ours."""
    participation.take_settling_visit(event, uow)


def on_address_protection_changed(
    event: AddressProtectionChanged, uow: UnitOfWork, _hooks: Any
) -> None:
    """Settling visits of a protected person are on no map."""
    participation.take_protection(event, uow)


def on_case_closed(event: CaseClosed, uow: UnitOfWork, _hooks: Any) -> None:
    """Settling visits end with the case that asked for them."""
    participation.take_case_closed(event, uow)


def on_case_status_changed(event: CaseStatusChanged, uow: UnitOfWork, _hooks: Any) -> None:
    """While a case is over, no new step is taken with a host."""
    participation.take_case_status(event, uow)


def on_community_issue_raised(event: CommunityIssueRaised, uow: UnitOfWork, hooks: Any) -> None:
    """Gives an issue raised from cases to the body that the town names."""
    community.take_issue(event, uow, hooks)


on_records_ended = Part(RULES, answer=ResourcesRecordsShredded)
"""Destroys what resources has of the records that ended, and answers."""
