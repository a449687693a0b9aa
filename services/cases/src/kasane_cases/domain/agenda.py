"""One matter of a session: its legal basis, its gate, what was told, decided and agreed to do."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kasane_cases.domain.consent import (
    AttendeeKind,
    Consent,
    ConsentLack,
    ConsentPurpose,
    lacks,
)
from kasane_cases.domain.errors import RecordNotFound, WrongStep
from kasane_cases.domain.obstacle import Obstacle, ObstacleCode


class LegalKind(StrEnum):
    """The legal nature of a body: it, not the local name, decides which gate applies."""

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

    @property
    def takes_persons(self) -> bool:
        """Whether a person may be spoken of by name before a body of this kind."""
        return self is LegalKind.SUPPORT_CONFERENCE or self.asks_consent

    @property
    def asks_consent(self) -> bool:
        """Whether a person is spoken of only with a consent of their own that covers it.

        Of the bodies of other laws only the 支援会議 of 困窮法9条 takes persons at all, and then with
        consent: the exception of 106条の6 is not carried over to it.
        """
        return self in (
            LegalKind.MULTI_AGENCY_CONFERENCE,
            LegalKind.SELF_RELIANCE_CONFERENCE,
        )

    @property
    def asks_support_decision(self) -> bool:
        """Whether only cases are handled that the town decided to support (I-06)."""
        return self is LegalKind.MULTI_AGENCY_CONFERENCE

    @property
    def closed(self) -> bool:
        """Whether what is said stays with those who were there (I-04)."""
        return self in (LegalKind.SUPPORT_CONFERENCE, LegalKind.SELF_RELIANCE_CONFERENCE)


class ItemState(StrEnum):
    """Whether a matter is still on the agenda; what left it stays readable as a line."""

    ON_AGENDA = "on_agenda"
    REMOVED = "removed"
    MOVED = "moved"


CONSENT_CODES = frozenset(
    {
        ObstacleCode.CONSENT_MISSING,
        ObstacleCode.CONSENT_SCOPE,
        ObstacleCode.CONSENT_RECIPIENTS,
    }
)


@dataclass(frozen=True)
class PersonStanding:
    """What the gates ask about one person: the consent that stands and the town's decision."""

    consent: Consent | None
    support_decided: bool
    who: str = ""


@dataclass(frozen=True)
class ItemFact:
    """What somebody told the session about a person, with the agency that knew it."""

    id: str
    text: str
    source: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class ItemDecision:
    """What a session decided about an item: which office and who does it, by when, whether done."""

    id: str
    text: str
    in_charge: str
    role: str = ""
    due_on: date | None = None
    owner: str = ""
    done_on: date | None = None
    done_note: str = ""


@dataclass(frozen=True)
class RolePart:
    """One line of the 役割分担表: who takes which part; ``leads`` marks the 主担当."""

    who: str
    part: str
    leads: bool = False


@dataclass
class AgendaItem:
    """One matter of a session: a person of a case, or a topic that names nobody.

    ``legal_kind`` is the basis it is spoken of on, the session's own when it is None.
    ``admitted`` names the attendees of this item; empty means everybody who attends, except
    persons and families, who come in only where they are named. ``follows`` is the item of an
    earlier session or agenda that this one goes on from.
    """

    id: str
    topic: str
    case_id: str = ""
    person_id: str = ""
    reason: str = ""
    consent_state: str = ""
    facts: tuple[ItemFact, ...] = ()
    decisions: tuple[ItemDecision, ...] = ()
    legal_kind: LegalKind | None = None
    admitted: tuple[str, ...] = ()
    state: ItemState = ItemState.ON_AGENDA
    state_reason: str = ""
    follows: str = ""
    minutes: str = ""
    roles: tuple[RolePart, ...] = ()

    @property
    def identified(self) -> bool:
        """Whether the item is about a person."""
        return bool(self.person_id)

    @property
    def on_agenda(self) -> bool:
        """Whether the item was neither removed nor moved."""
        return self.state is ItemState.ON_AGENDA

    def admits(self, attendee_id: str, kind: AttendeeKind) -> bool:
        """Whether an attendee of the session takes part in this item."""
        if self.admitted:
            return attendee_id in self.admitted
        return not self.identified or kind is not AttendeeKind.PERSON_OR_FAMILY

    def decision(self, decision_id: str) -> ItemDecision:
        """One decision; raises RecordNotFound."""
        for decision in self.decisions:
            if decision.id == decision_id:
                return decision
        raise RecordNotFound

    def leave(self, state: ItemState, reason: str) -> None:
        """Takes the item off the agenda with the reason."""
        if not self.on_agenda:
            raise WrongStep(status=self.state.value)
        self.state, self.state_reason = state, reason


_PURPOSE = ConsentLack.PURPOSE
_OBSTACLES = {
    ConsentLack.MISSING: ObstacleCode.CONSENT_MISSING,
    ConsentLack.PURPOSE: ObstacleCode.CONSENT_SCOPE,
    ConsentLack.RECIPIENT: ObstacleCode.CONSENT_RECIPIENTS,
}


def obstacles_of_item(
    legal_kind: LegalKind,
    standing: PersonStanding,
    recipients: tuple[AttendeeKind, ...],
    day: date,
    item_id: str = "",
) -> tuple[Obstacle, ...]:
    """Why this person may not be spoken of before a body of this kind on a day; empty if they may.

    The 支援会議 takes people without consent. The 重層的支援会議 asks for a valid consent of this
    very person that covers its purpose and everybody present (I-02), and for the town's decision
    to support the case (I-06).
    """
    if not legal_kind.asks_consent:
        return ()
    found = [
        Obstacle(_OBSTACLES[lack], standing.who, item_id, "" if lack is _PURPOSE else detail)
        for lack, detail in lacks(standing.consent, day, ConsentPurpose.MULTI_AGENCY, recipients)
    ]
    if legal_kind.asks_support_decision and not standing.support_decided:
        found.append(Obstacle(ObstacleCode.SUPPORT_NOT_DECIDED, standing.who, item_id))
    return tuple(found)
