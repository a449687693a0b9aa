"""Why an agenda item or a session may not go ahead."""

from dataclasses import dataclass
from enum import StrEnum


class ObstacleCode(StrEnum):
    """Why an agenda item or a session may not go ahead."""

    CONSENT_MISSING = "consent_missing"
    CONSENT_SCOPE = "consent_scope"
    CONSENT_RECIPIENTS = "consent_recipients"
    SUPPORT_NOT_DECIDED = "support_not_decided"
    SECRECY_MISSING = "secrecy_missing"
    NOBODY_ATTENDS = "nobody_attends"
    NO_QUORUM = "no_quorum"
    FAMILY_WITHOUT_CONSENT = "family_without_consent"
    NOBODY_ADMITTED = "nobody_admitted"


@dataclass(frozen=True)
class Obstacle:
    """One gate that fails: ``who`` names the attendee, ``item_id`` the agenda item."""

    code: ObstacleCode
    who: str = ""
    item_id: str = ""
    detail: str = ""
