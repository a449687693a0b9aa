"""Declares what resources says: entries, suggestions, answers, participation, community issues."""

from dataclasses import dataclass
from datetime import date

from kasane_contracts.registry import event, personal


@event("resources.human_service.published", version=1, subject="human_service_id")
@dataclass(frozen=True)
class HumanServicePublished:
    """An entry of the directory can be found and suggested."""

    human_service_id: str
    name: str
    source: str = ""


@event("resources.human_service.confirmation_due", version=1, subject="human_service_id")
@dataclass(frozen=True)
class HumanServiceConfirmationDue:
    """Nobody confirmed an entry for long; ``owner`` is the account that keeps it right."""

    human_service_id: str
    owner: str
    due_on: date


@event("resources.human_service.confirmed", version=1, subject="human_service_id")
@dataclass(frozen=True)
class HumanServiceConfirmed:
    """Somebody made sure that an entry is right."""

    human_service_id: str


@event("resources.organization.answered", version=1, subject="human_service_id")
@dataclass(frozen=True)
class OrganizationAnswered:
    """An organization said through its link whether its entry is right; ``owner`` is empty when nobody keeps it."""

    human_service_id: str
    owner: str = ""


@dataclass(frozen=True)
class Suggestion:
    """One human service that could meet a need, with points and a sentence for each part of them."""

    human_service_id: str
    name: str
    points: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """One human service of a kind that meets a need and that is left out, and why in a sentence."""

    human_service_id: str
    name: str
    reason: str


@event("resources.human_services.suggested", version=1, subject="need_id")
@dataclass(frozen=True)
class HumanServicesSuggested:
    """What the directory offers for a need, best first; ``missing`` says what nobody offers.

    ``left_out`` are the nearest of those that would meet the need by their kind and cannot be used.
    """

    need_id: str
    case_id: str
    suggestions: tuple[Suggestion, ...] = ()
    missing: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@event("resources.gap.closed", version=1, subject="gap_id")
@dataclass(frozen=True)
class GapClosed:
    """What nobody offered for a need was developed: the entry of the directory that is there now."""

    gap_id: str
    need_id: str
    human_service_id: str
    human_service_name: str
    closed_on: date


@event("resources.referral.accepted", version=1, subject="referral_id")
@dataclass(frozen=True)
class ReferralAccepted:
    """The organisation takes the person on."""

    referral_id: str
    case_id: str
    human_service_id: str
    human_service_name: str = ""
    accepted_on: date | None = None


@event("resources.referral.declined", version=1, subject="referral_id")
@dataclass(frozen=True)
class ReferralDeclined:
    """The organisation cannot take the person on, with its reason."""

    referral_id: str
    case_id: str
    human_service_id: str
    reason: str
    human_service_name: str = ""


@event("resources.participation.moved", version=1, subject="participation_id")
@dataclass(frozen=True)
class ParticipationMoved:
    """Participation support took a step; ``due_on`` is the day by which somebody looks again."""

    participation_id: str
    case_id: str
    person_id: str
    status: str
    on: date
    host: str = ""
    host_id: str = ""
    due_on: date | None = None
    reason: str = personal("")


@event("resources.settling_visit.requested", version=1, subject="request_id")
@dataclass(frozen=True)
class SettlingVisitRequested:
    """Somebody should look in where a person has begun to take part; ``place`` is the host's, no home."""

    request_id: str
    participation_id: str
    case_id: str
    case_number: str
    person_id: str
    by_when: date
    host: str = ""
    place: str = ""
    area: str = ""
    address_protected: bool = False


@event("resources.settling_visit.called_off", version=1, subject="request_id")
@dataclass(frozen=True)
class SettlingVisitCalledOff:
    """A settling visit is no longer wanted, because the participation went on or came back."""

    request_id: str
    participation_id: str
    case_id: str


@event("resources.community_issue.answered", version=1, subject="issue_id")
@dataclass(frozen=True)
class CommunityIssueAnswered:
    """A body of the community answered an issue; the answer goes back to where the issue came from."""

    issue_id: str
    body: str
    outcome: str
    answer: str
    answered_on: date


@dataclass(frozen=True)
class ParticipantCount:
    """How many of one kind came to a gathering; no name is ever taken."""

    kind: str
    number: int


@event("resources.gathering.counted", version=1, subject="gathering_id")
@dataclass(frozen=True)
class GatheringCounted:
    """Somebody wrote down who came to a gathering, by kind; said again it takes the place of before.

    With ``cancelled`` it did not take place. ``place`` is what people call the place, no home.
    """

    gathering_id: str
    kind: str
    held_on: date
    participants: tuple[ParticipantCount, ...] = ()
    body: str = ""
    course: str = ""
    new_ties: int | None = None
    cancelled: bool = False
    place: str = ""


@event("resources.network_member.changed", version=1, subject="member_id")
@dataclass(frozen=True)
class NetworkMemberChanged:
    """A group takes part in a network since a day, or left it on ``until``; its name stays in resources.

    A group that comes back is another member with the same ``group_id``. ``voided``: it was written by mistake.
    """

    member_id: str
    network: str
    activities: tuple[str, ...]
    since: date
    until: date | None = None
    group_id: str = ""
    voided: bool = False


@event("resources.donation.received", version=1, subject="donation_id")
@dataclass(frozen=True)
class DonationReceived:
    """Somebody gave something to a network; who and what stays in resources. ``voided``: it was written by mistake."""

    donation_id: str
    network: str
    received_on: date
    voided: bool = False


@event("resources.records.shredded", version=1, subject="shredding_id")
@dataclass(frozen=True)
class ResourcesRecordsShredded:
    """Nothing personal of the ended records is left in resources; how many rows, keys and events there were."""

    shredding_id: str
    rows: int
    keys: int
    events: int
