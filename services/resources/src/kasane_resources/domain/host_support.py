"""Support for a host (受入先への支援): it runs beside the participation and names nobody."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kasane_resources.domain.errors import WordsMissing, WorryAnswered


class HostSupportKind(StrEnum):
    """What happened between the town and a host."""

    CONTACT = "contact"
    WORRY = "worry"
    VISIT = "visit"


@dataclass
class HostSupport:
    """A contact with a host, a worry of the host's, or a visit to it; a worry waits for an answer."""

    id: str
    host_id: str
    host: str
    kind: HostSupportKind
    on: date
    note: str
    recorded_at: datetime
    recorded_by: str
    recorded_by_name: str
    answer: str = ""
    answered_on: date | None = None
    answered_by_name: str = ""
    version: int = 1

    @property
    def waiting(self) -> bool:
        """Whether a worry still waits for an answer."""
        return self.kind is HostSupportKind.WORRY and self.answered_on is None

    def reply(self, answer: str, on: date, by_name: str) -> None:
        """Answers a worry. Raises WordsMissing without words, WorryAnswered a second time."""
        if not answer.strip():
            raise WordsMissing
        if not self.waiting:
            raise WorryAnswered
        self.answer, self.answered_on, self.answered_by_name = answer.strip(), on, by_name


@dataclass(frozen=True)
class SettlingVisit:
    """A look at how somebody settles in: asked of outreach, made or not met, called off."""

    id: str
    participation_id: str
    by_when: date
    made_on: date | None = None
    result: str = ""
    called_off: bool = False

    @property
    def due(self) -> bool:
        """Whether it still has to be made."""
        return self.made_on is None and not self.called_off
