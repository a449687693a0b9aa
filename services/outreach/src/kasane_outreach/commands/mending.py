"""Commands about days that do not go as planned."""

from dataclasses import dataclass

from kasane_outreach.domain.disruption import Disruption, VisitPin


@dataclass(frozen=True)
class MendDay:
    """Carry out what was shown for a disruption: ``shown`` is the mark of it, ``reason`` why visits are cancelled."""

    disruption: Disruption
    shown: str
    reason: str


@dataclass(frozen=True)
class PinVisit:
    """Note that a visit keeps its time because it was told or is locked, or that it may move again."""

    visit_id: str
    pin: VisitPin
    version: int
