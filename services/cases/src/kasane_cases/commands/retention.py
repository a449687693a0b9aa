"""The inputs about how long records are kept and how they end."""

from dataclasses import dataclass
from datetime import date

from kasane_cases.domain.retention import CountedFrom, RetainedKind


@dataclass(frozen=True)
class SetRetention:
    """Enter the town's term for one kind of record, with the document that says so."""

    rule_id: str
    kind: RetainedKind
    years: int
    counted_from: CountedFrom
    title: str
    article: str
    document_date: date
    waiting_days: int


@dataclass(frozen=True)
class PlaceHold:
    """Keep a record on although its time is over; one without an id is named by its number."""

    hold_id: str
    kind: RetainedKind
    record_id: str
    reason: str
    number: str = ""


@dataclass(frozen=True)
class LiftHold:
    """Let the time of a record count again."""

    hold_id: str


@dataclass(frozen=True)
class ProposeShredding:
    """Propose that a record whose time is over be destroyed."""

    shredding_id: str
    kind: RetainedKind
    record_id: str


@dataclass(frozen=True)
class ConfirmShredding:
    """Agree, as a second person."""

    shredding_id: str


@dataclass(frozen=True)
class WithdrawShredding:
    """Take the end of a record back while that is possible."""

    shredding_id: str
