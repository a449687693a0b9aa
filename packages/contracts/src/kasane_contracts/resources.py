"""Declares what resources says: entries published, suggestions for a need, answers to a referral."""

from dataclasses import dataclass

from kasane_contracts.registry import event


@event("resources.human_service.published", version=1, subject="human_service_id")
@dataclass(frozen=True)
class HumanServicePublished:
    """An entry of the directory can be found and suggested."""

    human_service_id: str
    name: str
    source: str = ""


@dataclass(frozen=True)
class Suggestion:
    """One human service that could meet a need, with points and a sentence for each part of them."""

    human_service_id: str
    name: str
    points: float
    reasons: tuple[str, ...] = ()


@event("resources.human_services.suggested", version=1, subject="need_id")
@dataclass(frozen=True)
class HumanServicesSuggested:
    """What the directory offers for a need, best first; ``missing`` says what nobody offers."""

    need_id: str
    case_id: str
    suggestions: tuple[Suggestion, ...] = ()
    missing: tuple[str, ...] = ()


@event("resources.referral.accepted", version=1, subject="referral_id")
@dataclass(frozen=True)
class ReferralAccepted:
    """The organisation takes the person on."""

    referral_id: str
    case_id: str
    human_service_id: str
    human_service_name: str = ""


@event("resources.referral.declined", version=1, subject="referral_id")
@dataclass(frozen=True)
class ReferralDeclined:
    """The organisation cannot take the person on, with its reason."""

    referral_id: str
    case_id: str
    human_service_id: str
    reason: str
    human_service_name: str = ""
