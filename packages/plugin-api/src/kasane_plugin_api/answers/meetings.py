"""What a town says about its bodies: their legal nature, seats, secrecy and what follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kasane_plugin_api.answers.consent import AttendeeKind


class LegalKind(StrEnum):
    """The legal nature of a body. It, not the local name, decides which gate applies.

    The 支援会議 of 困窮法9条 is not the one of 社会福祉法106条の6: a town that holds them together
    names both kinds, and each agenda item says on which it is spoken of.
    """

    SUPPORT_CONFERENCE = "support_conference"
    MULTI_AGENCY_CONFERENCE = "multi_agency_conference"
    SELF_RELIANCE_CONFERENCE = "self_reliance_conference"
    CHILD_PROTECTION_COUNCIL = "child_protection_council"
    COMMUNITY_CARE_CONFERENCE = "community_care_conference"
    LONELINESS_COUNCIL = "loneliness_council"
    POLICY_SHARING = "policy_sharing"
    COMMUNITY = "community"
    GOVERNANCE = "governance"
    STAFF = "staff"


@dataclass(frozen=True)
class MeetingBody:
    """A body of the town: local name with validity, legal kinds, host, chair, members and cadence.

    ``quorum_majority`` asks for more than half of the members (過半数); ``valid_to`` is the last
    day; ``note`` says what the town's document leaves open about the body.
    """

    code: str
    label: str
    legal_kinds: tuple[LegalKind, ...]
    host: str = ""
    chair: str = ""
    members: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    cadence: str = ""
    max_members: int | None = None
    quorum_majority: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    former_label: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class MeetingRoute:
    """Where a person's matter is discussed.

    ``body`` is the code of a body, or a ``LegalKind`` for any body of that kind, or empty when the
    town has not decided (*undecided*).
    """

    body: str
    reason: str
    source: str = ""

    @property
    def undecided(self) -> bool:
        """True when a person has to choose the legal body; the platform never guesses."""
        return not self.body


@dataclass(frozen=True)
class AttendeeSlot:
    """A seat at a meeting: a role or an office, and whether it must be filled."""

    label: str
    role: str = ""
    office: str = ""
    kind: AttendeeKind = AttendeeKind.MUNICIPAL_STAFF
    mandatory: bool = False


@dataclass(frozen=True)
class Quorum:
    """Whether enough members are present, with the sentence to show."""

    met: bool
    reason: str


@dataclass(frozen=True)
class SecrecyNotice:
    """The sentence an attendee is bound by, its legal basis and whether a signature is needed.

    ``effective_from`` dates the wording; it is printed only together with ``source``.
    """

    text: str
    basis: str
    needs_signature: bool
    effective_from: date | None = None
    source: str = ""


@dataclass(frozen=True)
class FollowUp:
    """What happens after a session: which body or role is told next."""

    body: str = ""
    role: str = ""
    text: str = ""
    source: str = ""


def matching_bodies(bodies: Iterable[MeetingBody], named: str) -> tuple[MeetingBody, ...]:
    """The bodies that a text in an answer means: those with this code, else of this legal kind."""
    candidates = tuple(bodies)
    by_code = tuple(body for body in candidates if body.code == named)
    return by_code or tuple(body for body in candidates if named in body.legal_kinds)
