"""What cases keep of a consultation: a small local copy, until a case is opened from it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class HeardPerson:
    """One person as intake described them; ``given_consent`` was heard and is no consent yet."""

    id: str
    relation: str = ""
    given_consent: bool = False
    name: str = ""
    kana: str = ""
    birth_date: date | None = None
    address: str = ""
    phone: str = ""


@dataclass
class ConsultationSummary:
    """The local copy of a consultation: as much as a coordinator needs to open a case."""

    id: str
    number: str
    received_on: date
    desk: str
    categories: tuple[str, ...]
    main_category: str
    urgent: bool
    area: str
    escalation_level: str
    target_role: str
    waiting: bool
    persons: tuple[HeardPerson, ...]
    story: str
    reason: str = ""
    case_id: str = ""
    closed: bool = False
    closed_on: date | None = None

    def escalate(self, level: str, target_role: str, reason: str, *, to_coordinator: bool) -> None:
        """Takes what intake found out later; a summary that waits goes on waiting."""
        self.escalation_level, self.target_role, self.reason = level, target_role, reason
        self.waiting = self.waiting or to_coordinator
