"""The inputs about a case and its team."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kasane_cases.domain.case import CaseStatus, ClosingOutcome, GrantSubject
from kasane_cases.domain.gap import GapKind


@dataclass(frozen=True)
class TeamMember:
    """Who works on a case: an account, an office or a role, by its code."""

    kind: GrantSubject
    subject: str


@dataclass(frozen=True)
class PersonOfCase:
    """One person as typed on the opening form when there is no consultation."""

    person_id: str
    name: str = ""
    kana: str = ""
    birth_date: date | None = None
    relation: str = ""
    address: str = ""
    phone: str = ""
    householder: bool = False
    sex: str = ""


@dataclass(frozen=True)
class OpenCase:
    """Open a case from a consultation, or with ``persons`` when there is none.

    ``consent_confirmed`` lists the persons whose consent heard at the desk is confirmed.
    """

    case_id: str
    consultation_id: str = ""
    persons: tuple[PersonOfCase, ...] = ()
    consent_confirmed: tuple[str, ...] = ()
    address_protected: tuple[str, ...] = ()
    support_decided: bool = False
    support_reason: str = ""
    team: tuple[TeamMember, ...] = ()


@dataclass(frozen=True)
class DecideSupport:
    """Write down that the town decided to support the household (支援決定)."""

    case_id: str
    reason: str


@dataclass(frozen=True)
class AssignTeam:
    """Give somebody of the team a right to the case."""

    grant_id: str
    case_id: str
    member: TeamMember
    valid_to: date | None = None


@dataclass(frozen=True)
class EndTeam:
    """End a right to the case."""

    case_id: str
    grant_id: str


@dataclass(frozen=True)
class ChangeStatus:
    """Move a case to another state."""

    case_id: str
    status: CaseStatus
    version: int
    review_on: date | None = None


@dataclass(frozen=True)
class CloseCase:
    """End the multi-agency work on a case."""

    case_id: str
    outcome: ClosingOutcome
    evaluation: str
    version: int
    next_contact: str = ""
    no_contact_needed: bool = False
    review_on: date | None = None


@dataclass(frozen=True)
class FinishTask:
    """Mark something that came up on a case as done."""

    case_id: str
    task_id: str


@dataclass(frozen=True)
class SetWatchRules:
    """After how many days the town looks, by kind of gap."""

    days: Mapping[GapKind, int]
