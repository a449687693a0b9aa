"""The timeline of a case, and what somebody still has to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kasane_cases.domain.emergency import review_due


class TimelineKind(StrEnum):
    """What happened in the life of a case."""

    CASE_OPENED = "case_opened"
    SUPPORT_DECIDED = "support_decided"
    TEAM_CHANGED = "team_changed"
    CONSENT_RECORDED = "consent_recorded"
    ASSESSED = "assessed"
    NEED_IDENTIFIED = "need_identified"
    NEED_OPTION_DECIDED = "need_option_decided"
    SUGGESTIONS_ARRIVED = "suggestions_arrived"
    REFERRAL_REQUESTED = "referral_requested"
    REFERRAL_ACCEPTED = "referral_accepted"
    REFERRAL_DECLINED = "referral_declined"
    OUTREACH_REQUESTED = "outreach_requested"
    VISIT_SCHEDULED = "visit_scheduled"
    VISIT_COMPLETED = "visit_completed"
    CONTACT_NOT_MADE = "contact_not_made"
    DISCLOSED = "disclosed"
    ON_AGENDA = "on_agenda"
    CONFERENCE_HELD = "conference_held"
    PLAN_DRAFTED = "plan_drafted"
    ORIGIN_RECORDED = "origin_recorded"
    PLAN_SUBMITTED = "plan_submitted"
    PLAN_AGREED = "plan_agreed"
    PLAN_ACCEPTED = "plan_accepted"
    PLAN_NOT_ACCEPTED = "plan_not_accepted"
    PLAN_MONITORED = "plan_monitored"
    PLAN_EVALUATED = "plan_evaluated"
    PLAN_ENDED = "plan_ended"
    PLAN_RENEWED = "plan_renewed"
    PLAN_INTERRUPTED = "plan_interrupted"
    STATUS_CHANGED = "status_changed"
    CASE_CLOSED = "case_closed"
    TAKEN_OVER = "taken_over"
    MEMBERS_LEFT = "members_left"
    MEMBER_ADDED = "member_added"
    MEMBER_LEFT = "member_left"
    PERSON_CHANGED = "person_changed"
    HOUSEHOLD_SPLIT = "household_split"
    SPLIT_FROM = "split_from"
    HOUSEHOLDS_MERGED = "households_merged"
    CARE_RECORDED = "care_recorded"
    CARE_ENDED = "care_ended"
    PROTECTION_RECORDED = "protection_recorded"
    PROTECTION_ENDED = "protection_ended"
    EMERGENCY_ACCESS = "emergency_access"
    LEAD_NAMED = "lead_named"
    POST_LEFT = "post_left"
    SHEET_SENT = "sheet_sent"
    SHEET_ANSWERED = "sheet_answered"
    PARTICIPATION_PROPOSED = "participation_proposed"
    PARTICIPATION_NEEDED = "participation_needed"
    PARTICIPATION_NOT_NEEDED = "participation_not_needed"
    PARTICIPATION_HOST_TOLD = "participation_host_told"
    PARTICIPATION_MOVED = "participation_moved"
    COMMUNITY_ISSUE_ANSWERED = "community_issue_answered"
    GAP_CLOSED = "gap_closed"


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
    RENEW_PROTECTION = "renew_protection"
    OFFER_MULTI_AGENCY = "offer_multi_agency"
    RECORD_PROTECTION = "record_protection"
    ASK_PROTECTION_AGAIN = "ask_protection_again"
    REVIEW_EMERGENCY = "review_emergency"
    HAND_OVER = "hand_over"
    RENEW_CONSENT = "renew_consent"
    ANSWER_LEGAL_GROUND = "answer_legal_ground"
    EVALUATE_PLAN = "evaluate_plan"
    LOOK_AT_PLAN = "look_at_plan"
    LOOK_AGAIN = "look_again"
    CONFIRM_TRANSFER = "confirm_transfer"


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

    @property
    def due_on(self) -> date | None:
        """The last day for what has one: the review of an emergency look."""
        reviews = self.kind is CaseTaskKind.REVIEW_EMERGENCY
        return review_due(self.raised_on) if reviews else None
