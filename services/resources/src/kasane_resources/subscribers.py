"""What resources does when others speak."""

from typing import Any

from kasane_contracts.cases import ReferralRequested, SupportNeedIdentified
from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.handlers import suggest_human_services, wait_for_answer


def on_support_need_identified(event: SupportNeedIdentified, uow: UnitOfWork, hooks: Any) -> None:
    """Looks for what could meet the need; heard again, the newest answer and one gap stand."""
    suggest_human_services(event, uow, hooks)


def on_referral_requested(event: ReferralRequested, uow: UnitOfWork, _hooks: Any) -> None:
    """Puts the referral on the list of those that wait; heard again, it changes nothing."""
    wait_for_answer(event, uow)
