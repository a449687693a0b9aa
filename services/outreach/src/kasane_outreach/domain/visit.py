"""One visit: its day, time and workers, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.disruption import VisitPin
from kasane_outreach.domain.errors import (
    AlreadyRecorded,
    NotAVisitTime,
    ReasonMissing,
    SameWorkers,
    VisitCancelled,
    WorkersMissing,
)
from kasane_outreach.domain.routing import END_OF_DAY, LONGEST_MINUTES, SHORTEST_MINUTES
from kasane_outreach.domain.time_of_day import minute_of

VISITING_FUNCTIONS = frozenset({"outreach_worker", "coordinator"})


class VisitStatus(StrEnum):
    """Where a visit stands."""

    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    NOT_MADE = "not_made"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class VisitRecord:
    """What the worker wrote down.

    ``consent_heard`` is what the person said, no consent in writing; ``accompanied_to`` is
    where the worker went along (同行).
    """

    result: VisitResult
    made_on: date
    recorded_by: str
    recorded_at: datetime
    note: str = ""
    consent_heard: bool = False
    accompanied_to: str = ""
    next_wish: str = ""
    submission: str = ""

    def same_content(self, other: "VisitRecord") -> bool:
        """Whether the other says the same, whenever it was sent."""
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        wishes = (self.accompanied_to, self.next_wish)
        return (self.result, self.note, self.consent_heard, *wishes, self.submission)


@dataclass
class Visit:
    """A visit to a household by one worker or two; ``version`` counts changes. ``pin`` says whether the household
    was told its time, or a person locked it: such a visit stays when others are rearranged.
    """

    id: str
    request_id: str
    case_id: str
    person_id: str
    on: date
    starts_at: time
    minutes: int
    workers: tuple[str, ...]
    two_person: bool = False
    round_id: str = ""
    status: VisitStatus = VisitStatus.SCHEDULED
    cancel_reason: str = ""
    record: VisitRecord | None = None
    version: int = 1
    pin: VisitPin = VisitPin.NONE

    def __post_init__(self) -> None:
        """Raises WorkersMissing and NotAVisitTime."""
        if len(set(self.workers)) < (2 if self.two_person else 1):
            raise WorkersMissing
        if not SHORTEST_MINUTES <= self.minutes <= LONGEST_MINUTES or self.ends > END_OF_DAY:
            raise NotAVisitTime(shortest=SHORTEST_MINUTES, longest=LONGEST_MINUTES)

    @property
    def starts(self) -> int:
        """The minute of the day at which it begins."""
        return minute_of(self.starts_at)

    @property
    def ends(self) -> int:
        """The minute of the day at which it is over."""
        return self.starts + self.minutes

    @property
    def due(self) -> bool:
        """Whether it is still to be made or recorded."""
        return self.status is VisitStatus.SCHEDULED

    def same_household(self, other: "Visit") -> bool:
        """Whether both go to the household of one case, or of one request where there is no case."""
        return self.leads_to(other.request_id, other.case_id)

    def leads_to(self, request_id: str, case_id: str) -> bool:
        """Whether it goes to the household of the case, or of the request where there is no case."""
        same_case = bool(self.case_id) and self.case_id == case_id
        return same_case or self.request_id == request_id

    def overlaps(self, other: "Visit") -> bool:
        """Whether one worker cannot make both."""
        same_day = self.on == other.on and bool(set(self.workers) & set(other.workers))
        return same_day and self.starts < other.ends and other.starts < self.ends

    def write_record(self, record: VisitRecord) -> bool:
        """Takes the record; False when the very same one was taken before, so nothing changes.

        Raises VisitCancelled, and AlreadyRecorded naming who did.
        """
        if self.record is not None:
            again = bool(record.submission) and self.record.same_content(record)
            if again and self.record.recorded_by == record.recorded_by:
                return False
            raise AlreadyRecorded(by=self.record.recorded_by)
        if self.status is VisitStatus.CANCELLED:
            raise VisitCancelled(reason=self.cancel_reason)
        self.record = record
        made = record.result.contact_made
        self.status = VisitStatus.COMPLETED if made else VisitStatus.NOT_MADE
        return True

    def keep_at_its_time(self, pin: VisitPin) -> None:
        """Notes why it stays, or with NONE that it may move. Raises VisitCancelled and AlreadyRecorded."""
        if self.status is VisitStatus.CANCELLED:
            raise VisitCancelled(reason=self.cancel_reason)
        if self.record is not None:
            raise AlreadyRecorded(by=self.record.recorded_by)
        self.pin = pin

    def take_longer(self, minutes: int) -> None:
        """Adds minutes to its length. Raises NotAVisitTime when that is longer than a visit or a day can be."""
        longer = self.minutes + minutes
        if minutes <= 0 or longer > LONGEST_MINUTES or self.starts + longer > END_OF_DAY:
            raise NotAVisitTime(shortest=SHORTEST_MINUTES, longest=LONGEST_MINUTES)
        self.minutes = longer

    def hand_over(self, workers: tuple[str, ...]) -> None:
        """Gives it to others. Raises VisitCancelled, AlreadyRecorded, SameWorkers and WorkersMissing."""
        if self.record is not None:
            raise AlreadyRecorded(by=self.record.recorded_by)
        if self.status is VisitStatus.CANCELLED:
            raise VisitCancelled(reason=self.cancel_reason)
        if set(workers) == set(self.workers):
            raise SameWorkers
        if len(set(workers)) < (2 if self.two_person else 1):
            raise WorkersMissing
        self.workers = workers

    def cancel(self, reason: str) -> bool:
        """Takes it out of the day; False when it was, for the same reason, so nothing changes.

        Raises ReasonMissing, AlreadyRecorded, and VisitCancelled with the first reason.
        """
        if not reason.strip():
            raise ReasonMissing
        if self.record is not None:
            raise AlreadyRecorded(by=self.record.recorded_by)
        if self.status is VisitStatus.CANCELLED:
            if reason.strip() == self.cancel_reason:
                return False
            raise VisitCancelled(reason=self.cancel_reason)
        self.status = VisitStatus.CANCELLED
        self.cancel_reason = reason.strip()
        return True
