"""Waiting for an organization's answer to a referral, and writing it down."""

from typing import Any

from kasane_contracts.cases import PersonsMovedCase, ReferralRequested
from kasane_contracts.resources import ReferralAccepted, ReferralDeclined
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.commands import AnswerReferral
from kasane_resources.domain.errors import HumanServiceNotFound
from kasane_resources.domain.referral import Referral
from kasane_resources.repository import HumanServices, Referrals

OBJECT = "referral"


def wait_for_answer(event: ReferralRequested, uow: UnitOfWork) -> None:
    """Puts a referral on the list; one that is there stays as it is; does not commit."""
    referrals = Referrals(uow.connection)
    if referrals.find(event.referral_id) is not None:
        return
    try:
        name = HumanServices(uow.connection).get(event.human_service_id).entry.name
    except HumanServiceNotFound:
        name = ""
    referrals.add(
        Referral(
            id=event.referral_id,
            case_id=event.case_id,
            need_id=event.need_id,
            person_id=event.person_id,
            human_service_id=event.human_service_id,
            human_service_name=name,
            name=event.name,
            message=event.message,
            requested_at=clock.now(),
        )
    )
    uow.record("resources.referral.requested", OBJECT, event.referral_id)


def move_referrals(event: PersonsMovedCase, uow: UnitOfWork) -> None:
    """The persons' referrals belong to their other case now; does not commit."""
    for referral_id in Referrals(uow.connection).move(
        event.from_case_id, event.to_case_id, event.person_ids
    ):
        uow.record("resources.referral.moved_case", OBJECT, referral_id, basis="case")


def answer_referral(command: AnswerReferral, uow: UnitOfWork, _hooks: Any) -> None:
    """Writes down the organization's answer and says it to the case.

    Raises ReasonMissing without a reason for declining, AlreadyAnswered when it has its answer.
    """
    referrals = Referrals(uow.connection)
    referral = referrals.get(command.referral_id)
    if command.accepted:
        referral.accept(uow.actor.account_id, clock.now())
    else:
        referral.decline(command.reason, uow.actor.account_id, clock.now())
    referrals.save(referral)
    done = "accepted" if command.accepted else "declined"
    uow.record(f"resources.referral.{done}", OBJECT, referral.id)
    if command.accepted:
        uow.publish(
            ReferralAccepted(
                referral.id,
                referral.case_id,
                referral.human_service_id,
                referral.human_service_name,
                clock.today(),
            )
        )
    else:
        uow.publish(
            ReferralDeclined(
                referral.id,
                referral.case_id,
                referral.human_service_id,
                referral.reason,
                referral.human_service_name,
            )
        )
    uow.commit()
