"""Commands about households on the list."""

from dataclasses import dataclass
from datetime import date

from kasane_outreach.domain.position import Position


@dataclass(frozen=True)
class PutOnList:
    """Put a household on the list of those to reach, as a case asked.

    ``visit_address`` is a protected one: it is kept sealed, for the workers of a visit. ``at_host``
    says that the address is a host's, which the reason names as well.
    """

    request_id: str
    case_id: str
    person_id: str
    name: str
    address: str
    reason: str
    purpose: str
    by_when: date | None
    minutes: int
    two_person: bool
    agency: str
    area: str
    category: str
    address_protected: bool
    kana: str = ""
    phone: str = ""
    visit_address: str = ""
    at_host: bool = False


@dataclass(frozen=True)
class PlaceHousehold:
    """Put a household on the map by hand; ``town_block`` is empty for typed coordinates."""

    request_id: str
    position: Position
    town_block: str
    version: int


@dataclass(frozen=True)
class NoteContactDetails:
    """Write down how the name is read and the telephone number."""

    request_id: str
    kana: str
    phone: str
    version: int


@dataclass(frozen=True)
class AskForVisits:
    """A worker asks for visits to somebody; ``like`` names a household that they know, with its case and person."""

    request_id: str
    purpose: str
    reason: str
    name: str = ""
    kana: str = ""
    phone: str = ""
    address: str = ""
    by_when: date | None = None
    minutes: int = 45
    two_person: bool = False
    agency: str = ""
    area: str = ""
    address_protected: bool = False
    like: str = ""


@dataclass(frozen=True)
class EndRequest:
    """Nobody has to go there any more, for a reason; only where no case asked for it."""

    request_id: str
    reason: str
    version: int
