"""The inputs about how long is kept what became no consultation."""

from dataclasses import dataclass
from datetime import date

from kasane_intake.domain.arrival import ArrivalKind, TermUnit


@dataclass(frozen=True)
class SetArrivalTerm:
    """Enter the town's term, with the document that says so."""

    term_id: str
    length: int
    unit: TermUnit
    title: str
    article: str
    document_date: date


@dataclass(frozen=True)
class HoldArrival:
    """Keep a message or a booking on although its time is over."""

    hold_id: str
    kind: ArrivalKind
    arrival_id: str
    reason: str
