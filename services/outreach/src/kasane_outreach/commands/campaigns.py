"""The inputs of the handlers of campaigns and of watching."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.survey import NeedLevel


@dataclass(frozen=True)
class BeginRun:
    """Carry out a campaign that the town names for a year."""

    run_id: str
    campaign: str
    year: int


@dataclass(frozen=True)
class ListedPerson:
    """One person as on the list that the town brings."""

    name: str
    kana: str
    address: str


@dataclass(frozen=True)
class ListedHousehold:
    """One household as on the list of an area: who goes, and how the house is found."""

    area: str
    agency: str
    label: str


@dataclass(frozen=True)
class NameGround:
    """Say where the list is from, on which ground, and how long it is kept."""

    run_id: str
    source: str
    legal_ground: str
    keep_until: date


@dataclass(frozen=True)
class FixList:
    """Approve the list and its ground as they were read in this version of the run."""

    run_id: str
    version: int


@dataclass(frozen=True)
class SendWave:
    """Send the wave that follows this version of the run."""

    run_id: str
    version: int


@dataclass(frozen=True)
class SendReply:
    """What somebody sent back with the code of their letter; ``address`` is where they are, for counting."""

    code: str
    answers: Mapping[str, str]
    no_letters: bool
    address: str


@dataclass(frozen=True)
class TriageReply:
    """Say what the reply that was read needs; ``to_intake`` makes it a consultation, because help is wanted."""

    target_id: str
    version: int
    need: NeedLevel
    to_intake: bool = False


@dataclass(frozen=True)
class RecordSurveyVisit:
    """What came of a visit to a household of an area; ``words`` are the household's own.

    ``version`` is what who records knew of the household, None at a door without a line.
    """

    household_id: str
    result: VisitResult
    on: date
    words: str
    version: int | None = None


@dataclass(frozen=True)
class TakeArea:
    """Walk an area today with the telephone at the door."""

    run_id: str
    area: str


@dataclass(frozen=True)
class HearLeader:
    """What a leader said before the visits of an area, with the ground for having asked."""

    hearing_id: str
    run_id: str
    area: str
    heard_from: str
    on: date
    legal_ground: str
    words: str


@dataclass(frozen=True)
class AssignWatch:
    """Ask somebody to look after a household that has not consented."""

    assignment_id: str
    request_id: str
    watcher: str
    every_days: int
    what: str
    basis: str
    begins_on: date


@dataclass(frozen=True)
class ReportWatch:
    """What a watcher saw."""

    report_id: str
    assignment_id: str
    on: date
    worrying: bool
    words: str
