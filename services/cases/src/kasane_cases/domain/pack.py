"""The meeting pack: the least that each attendee needs, for a time, and numbered copies on paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kasane_cases.domain.agenda import LegalKind, PersonStanding
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import AttendeeKind, DataClass
from kasane_cases.domain.errors import PackExpired, WrongStep

DEFAULT_PACK_DAYS = 7
LONGEST_PACK_DAYS = 60

NEEDED: Mapping[AttendeeKind, tuple[DataClass, ...]] = {
    AttendeeKind.MUNICIPAL_STAFF: (DataClass.IDENTITY, DataClass.RECORD, DataClass.PLAN),
    AttendeeKind.CONTRACTOR: (DataClass.IDENTITY, DataClass.RECORD, DataClass.PLAN),
    AttendeeKind.PARTNER_AGENCY: (DataClass.IDENTITY, DataClass.RECORD, DataClass.PLAN),
    AttendeeKind.RESIDENT: (DataClass.IDENTITY,),
    AttendeeKind.PERSON_OR_FAMILY: (DataClass.IDENTITY, DataClass.PLAN),
}
"""What an attendee of a kind needs at a session; an address is never in a pack (I-10)."""


class CopyState(StrEnum):
    """Where a numbered copy is."""

    ISSUED = "issued"
    COLLECTED = "collected"
    DESTROYED = "destroyed"


_NEXT = {
    CopyState.ISSUED: (CopyState.COLLECTED, CopyState.DESTROYED),
    CopyState.COLLECTED: (CopyState.DESTROYED,),
    CopyState.DESTROYED: (),
}


@dataclass(frozen=True)
class PackPart:
    """That one attendee may read these classes of data about the person of one item."""

    id: str
    session_id: str
    attendee_id: str
    item_id: str
    data_classes: tuple[DataClass, ...]
    given_at: datetime


@dataclass
class PackCopy:
    """One numbered copy on paper, with the name of its holder."""

    id: str
    session_id: str
    number: int
    attendee_id: str
    holder: str
    printed_at: datetime
    printed_by: str
    state: CopyState = CopyState.ISSUED
    settled_at: datetime | None = None
    settled_by: str = ""

    def settle(self, state: CopyState, at: datetime, by: str) -> None:
        """Notes that the copy came back or was destroyed; a destroyed one does not come back."""
        if state not in _NEXT[self.state]:
            raise WrongStep(status=self.state.value)
        self.state, self.settled_at, self.settled_by = state, at, by


def needed_by(
    kind: AttendeeKind, basis: LegalKind, standing: PersonStanding
) -> tuple[DataClass, ...]:
    """The classes of data about a person for an attendee: what they need, inside what the consent
    covers where the item is spoken of on consent."""
    needed = NEEDED[kind]
    if not basis.asks_consent:
        return needed
    covered = standing.consent.scope.data_classes if standing.consent else ()
    return tuple(one for one in needed if one in covered)


def last_day(session: ConferenceSession) -> date:
    """The last day on which the pages of a pack are open."""
    return (session.held_on or session.planned_for) + timedelta(days=session.pack_days)


def check_open(session: ConferenceSession, day: date) -> None:
    """Raises PackExpired after the last day."""
    if day > last_day(session):
        raise PackExpired(until=last_day(session).isoformat())
