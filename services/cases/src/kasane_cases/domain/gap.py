"""What is about to be lost from sight: the kinds of gap, and after how many days a town looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class GapKind(StrEnum):
    """Why a case needs somebody's eye now."""

    NO_LEAD = "no_lead"
    NO_CONTACT = "no_contact"
    HANDOFF_UNANSWERED = "handoff_unanswered"
    PLAN_UNREVIEWED = "plan_unreviewed"
    ACCEPTED_NO_SUPPORT = "accepted_no_support"
    OBSERVATION_OVERDUE = "observation_overdue"
    CONSENT_EXPIRING = "consent_expiring"
    PROTECTION_ENDING = "protection_ending"
    PLAN_ENDING = "plan_ending"
    LOOK_DUE = "look_due"
    OBSERVATION_DUE = "observation_due"


class HandoffState(StrEnum):
    """Where a つなぐシート about one of our consultations stands."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    RETURNED = "returned"


WATCHED_DAYS: Mapping[GapKind, int] = {
    GapKind.NO_CONTACT: 60,
    GapKind.ACCEPTED_NO_SUPPORT: 30,
    GapKind.CONSENT_EXPIRING: 30,
    GapKind.PROTECTION_ENDING: 31,
    GapKind.PLAN_ENDING: 30,
    GapKind.LOOK_DUE: 7,
    GapKind.OBSERVATION_DUE: 7,
}
"""The days that hold until a town chooses its own; lead times where the name ends in what is to come."""

SET_BY_STATE = frozenset({GapKind.PROTECTION_ENDING})
"""Days that follow from a national rule (a protection is renewed from one month before its end)."""


@dataclass(frozen=True)
class Gap:
    """One case, or a consultation without one, that may be lost from sight, and since when."""

    kind: GapKind
    since: date
    case_id: str = ""
    number: str = ""
    person_id: str = ""
    reference: str = ""
    consultation_id: str = ""


@dataclass
class Handoff:
    """What cases knows of a つなぐシート: sent, and answered or not."""

    id: str
    consultation_id: str
    from_office: str
    to_office: str
    acknowledge_by: date
    state: HandoffState
