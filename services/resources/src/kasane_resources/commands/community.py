"""The inputs of the handlers of community building."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kasane_plugin_api import CommunityLevel
from kasane_resources.domain.community import GatheringKind, IssueOutcome, ParticipantKind


@dataclass(frozen=True)
class RaiseIssue:
    """Raise an issue by hand, in words that name nobody."""

    issue_id: str
    theme: str
    title: str
    level: CommunityLevel
    areas: tuple[str, ...] = ()
    kind: str = "worker"


@dataclass(frozen=True)
class RouteIssue:
    """Give an issue to a body of the town."""

    issue_id: str
    body: str
    version: int


@dataclass(frozen=True)
class HandUpIssue:
    """Hand an issue up to the next level, with what was found."""

    issue_id: str
    reason: str
    version: int


@dataclass(frozen=True)
class AnswerIssue:
    """Write down what the body answered."""

    issue_id: str
    outcome: IssueOutcome
    answer: str
    version: int


@dataclass(frozen=True)
class PlanGathering:
    """Plan a gathering; a public one is in the public calendar."""

    gathering_id: str
    kind: GatheringKind
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    description: str = ""
    public: bool = False
    body: str = ""
    course: str = ""
    part: str = ""


@dataclass(frozen=True)
class CountGathering:
    """Write down who came, by kind, and how many new ties were made."""

    gathering_id: str
    version: int
    attendance: Mapping[ParticipantKind, int] = field(default_factory=dict)
    new_ties: int | None = None


@dataclass(frozen=True)
class CancelGathering:
    """Say that a gathering does not take place."""

    gathering_id: str
    version: int


@dataclass(frozen=True)
class JoinNetwork:
    """Write a group down as a member of a network, with what it does there."""

    member_id: str
    network: str
    name: str
    activities: tuple[str, ...]
    since: date


@dataclass(frozen=True)
class ReceiveDonation:
    """Write down what a network was given."""

    donation_id: str
    network: str
    received_on: date
    giver: str
    what: str = ""


@dataclass(frozen=True)
class VoidDonation:
    """Take a donation back that was written by mistake, with the reason."""

    donation_id: str
    reason: str


@dataclass(frozen=True)
class RegisterPartner:
    """Register a company as a partner."""

    partner_id: str
    name: str
    offers: str
    area: str
    since: date


@dataclass(frozen=True)
class VoidMember:
    """Take a member or partner back that was written by mistake, with the reason."""

    object_id: str
    reason: str


@dataclass(frozen=True)
class Leave:
    """A member or partner leaves on a day."""

    object_id: str
    until: date
