"""The inputs about the states of a consultation; ``version`` is the one that was read."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DeclareEmergency:
    """Life or safety is at risk."""

    consultation_id: str
    reason: str
    version: int


@dataclass(frozen=True)
class SettleEmergency:
    """The danger is over, and how."""

    consultation_id: str
    how: str
    version: int


@dataclass(frozen=True)
class ContinueContact:
    """Stay in touch; the next contact is on a day."""

    consultation_id: str
    next_contact_on: date
    note: str
    version: int


@dataclass(frozen=True)
class ReopenConsultation:
    """It was ended too early."""

    consultation_id: str
    reason: str
    version: int
