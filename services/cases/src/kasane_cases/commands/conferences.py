"""The inputs about sessions of a body."""

from dataclasses import dataclass
from datetime import date

from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import (
    AttendeeKind,
)


@dataclass(frozen=True)
class AttendeeAsked:
    """Who is asked to a session: staff by account, or a guest by name and affiliation."""

    kind: AttendeeKind = AttendeeKind.MUNICIPAL_STAFF
    account_id: str = ""
    name: str = ""
    affiliation: str = ""


@dataclass(frozen=True)
class PlanSession:
    """Set the date of a session of a body; ``appointed`` counts its members for the quorum."""

    session_id: str
    body: str
    legal_kind: LegalKind
    planned_for: date
    place: str = ""
    appointed: int | None = None
    attendees: tuple[AttendeeAsked, ...] = ()


@dataclass(frozen=True)
class AddAttendee:
    """Ask somebody more to a session."""

    attendee_id: str
    session_id: str
    attendee: AttendeeAsked


@dataclass(frozen=True)
class RecordSecrecy:
    """Record that an attendee was shown the duty of secrecy, and signed where that is needed."""

    session_id: str
    attendee_id: str
    signed: bool = False


@dataclass(frozen=True)
class MarkPresence:
    """Record whether somebody who was asked has come."""

    session_id: str
    attendee_id: str
    present: bool


@dataclass(frozen=True)
class AddAgendaItem:
    """Put a person of a case, or a topic that names nobody, on an agenda.

    ``reason`` is why a person chose this body where the town has not decided; ``legal_kind`` is the
    basis of this item where the body has several.
    """

    item_id: str
    session_id: str
    topic: str
    case_id: str = ""
    person_id: str = ""
    reason: str = ""
    legal_kind: LegalKind | None = None
    admitted: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenSession:
    """Open a session when no gate fails."""

    session_id: str


@dataclass(frozen=True)
class RecordFact:
    """Write down what was told about an item, and which agency knew it."""

    fact_id: str
    session_id: str
    item_id: str
    text: str
    source: str


@dataclass(frozen=True)
class RecordDecision:
    """Write down what was decided about an item."""

    decision_id: str
    session_id: str
    item_id: str
    text: str
    in_charge: str
    role: str = ""
    due_on: date | None = None
    owner: str = ""


@dataclass(frozen=True)
class HoldSession:
    """End an open session."""

    session_id: str
    next_on: date | None = None
