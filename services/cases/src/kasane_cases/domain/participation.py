"""What a case knows of its persons' participation support: resources carries it out."""

from dataclasses import dataclass
from datetime import date

from kasane_cases.domain.errors import HostUnknown, JudgementClosed, WrongStep


@dataclass
class CaseParticipation:
    """A proposal of participation support for one person, and where resources says it stands.

    ``status`` is the code that resources says; it is empty until the first answer.
    """

    id: str
    case_id: str
    person_id: str
    category: str
    wish: str
    proposed_on: date
    proposed_by: str
    status: str = ""
    host: str = ""
    host_id: str = ""
    due_on: date | None = None
    moved_on: date | None = None
    judged_session: str = ""
    judged_on: date | None = None
    judged_needed: bool | None = None
    told_on: date | None = None

    @property
    def over(self) -> bool:
        """Whether nothing can happen any more."""
        return self.status == "ended"

    def judge(self, session_id: str, on: date, *, needed: bool, closed: bool) -> None:
        """Takes a session's judgement. What is told at a closed session stays there (I-04)."""
        if closed:
            raise JudgementClosed
        if self.over:
            raise WrongStep(status=self.status)
        self.judged_session, self.judged_on, self.judged_needed = session_id, on, needed

    def moved(self, status: str, on: date, host: str, host_id: str, due_on: date | None) -> None:
        """Takes in a step that resources took; another host has not been told."""
        if host_id != self.host_id:
            self.told_on = None
        self.status, self.moved_on, self.due_on = status, on, due_on
        self.host, self.host_id = host, host_id

    def told(self, on: date) -> None:
        """The host learns who comes. Raises HostUnknown while there is none."""
        if not self.host_id or self.over:
            raise HostUnknown
        self.told_on = on
