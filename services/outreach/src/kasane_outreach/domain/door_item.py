"""One thing that was written at a door and sent from a telephone, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

COPY_KEPT_FOR = timedelta(days=35)
"""How long a telephone keeps a sealed copy of what the server took, to send it again after a restore."""


class DoorItemKind(StrEnum):
    """What was written at the door."""

    RECORD = "record"
    ADDENDUM = "addendum"
    PHOTO = "photo"
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    SURVEY = "survey"


class DoorOutcome(StrEnum):
    """How a thing that was sent ended; nothing ends in silence."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


@dataclass
class DoorItem:
    """What arrived, once: ``reason`` is the code of the refusal and ``facts`` fill its sentence.

    What was not accepted is kept sealed at the server as well, so that it outlives the telephone;
    ``settled_at`` says when a person dealt with it. ``visit_id`` is the survey's household for a thing of that kind.
    """

    id: str
    device_id: str
    account_id: str
    visit_id: str
    kind: DoorItemKind
    day: date
    made_at: datetime
    clock_moved: bool
    arrived_at: datetime
    outcome: DoorOutcome
    reason: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    settled_at: datetime | None = None
    settled_by: str = ""

    @property
    def waits(self) -> bool:
        """Whether a person still has to deal with it."""
        return self.outcome is DoorOutcome.REJECTED and self.settled_at is None


@dataclass(frozen=True)
class VisitAddendum:
    """Words added to a visit beside its record; the record itself stays as it is."""

    id: str
    visit_id: str
    written_by: str
    written_at: datetime
    text: str


@dataclass(frozen=True)
class VisitPhoto:
    """A picture taken at a visit; its bytes lie sealed."""

    id: str
    visit_id: str
    name: str
    media_type: str
    size: int
    digest: str
    taken_at: datetime
    added_by: str


def believable_moment(claimed: datetime, arrived: datetime, earliest: datetime) -> datetime:
    """The moment that a telephone names, kept between the beginning of the sealed day and the arrival.

    The seal proves the day, also where a restored server does not know any more when it handed the round out.
    """
    return min(max(claimed, earliest), arrived)
