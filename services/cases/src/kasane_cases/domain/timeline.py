"""The timeline of a case, and what somebody still has to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class TimelineKind(StrEnum):
    """What happened in the life of a case."""

    CASE_OPENED = "case_opened"
    SUPPORT_DECIDED = "support_decided"
    TEAM_CHANGED = "team_changed"
    CONSENT_RECORDED = "consent_recorded"
    NEED_IDENTIFIED = "need_identified"
    SUGGESTIONS_ARRIVED = "suggestions_arrived"
    REFERRAL_REQUESTED = "referral_requested"
    REFERRAL_ACCEPTED = "referral_accepted"
    REFERRAL_DECLINED = "referral_declined"
    OUTREACH_REQUESTED = "outreach_requested"
    VISIT_SCHEDULED = "visit_scheduled"
    VISIT_COMPLETED = "visit_completed"
    CONTACT_NOT_MADE = "contact_not_made"
    ON_AGENDA = "on_agenda"
    CONFERENCE_HELD = "conference_held"
    PLAN_DRAFTED = "plan_drafted"
    PLAN_AGREED = "plan_agreed"
    STATUS_CHANGED = "status_changed"
    CASE_CLOSED = "case_closed"
    TAKEN_OVER = "taken_over"
    MEMBERS_LEFT = "members_left"


@dataclass(frozen=True)
class TimelineEntry:
    """One line: what, when, about whom, and the record in its own service that it links to."""

    id: str
    case_id: str
    kind: TimelineKind
    at: datetime
    person_id: str = ""
    object_id: str = ""
    actor_name: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


class CaseTaskKind(StrEnum):
    """What somebody still has to do on a case."""

    ASK_CONSENT = "ask_consent"
    FIND_ANOTHER_SERVICE = "find_another_service"
    ASK_CONSENT_HERE = "ask_consent_here"
    ASK_PROTECTION = "ask_protection"


@dataclass(frozen=True)
class CaseTask:
    """Something that came up and is not done; ``reference`` names the record it came from."""

    id: str
    case_id: str
    person_id: str
    kind: CaseTaskKind
    reference: str
    raised_on: date
    done_on: date | None = None
