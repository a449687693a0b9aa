"""The inputs about needs, referrals and visits asked for."""

from dataclasses import dataclass
from datetime import date

from kasane_cases.domain.consent import (
    AttendeeKind,
)
from kasane_cases.domain.need_option import (
    NeedCircumstance,
    NeedTimes,
    OptionStep,
    WishedContact,
)


@dataclass(frozen=True)
class IdentifyNeed:
    """Write down what a person needs."""

    need_id: str
    case_id: str
    person_id: str
    category: str
    description: str
    circumstances: tuple[NeedCircumstance, ...] = ()
    contact: WishedContact | None = None
    times: NeedTimes | None = None


@dataclass(frozen=True)
class DecideNeedOption:
    """Take a step with a human service for a need; ``name`` is how the directory calls it."""

    option_id: str
    case_id: str
    need_id: str
    human_service_id: str
    name: str
    step: OptionStep
    reason: str = ""


@dataclass(frozen=True)
class RequestReferral:
    """Ask a human service to take the person of a need on."""

    referral_id: str
    case_id: str
    need_id: str
    human_service_id: str
    human_service_name: str = ""
    recipient: AttendeeKind = AttendeeKind.PARTNER_AGENCY
    message: str = ""


@dataclass(frozen=True)
class RequestOutreach:
    """Ask that somebody visits a person."""

    request_id: str
    case_id: str
    person_id: str
    purpose: str
    agency: str
    reason: str = ""
    by_when: date | None = None
    minutes: int = 45
    two_person: bool = False
