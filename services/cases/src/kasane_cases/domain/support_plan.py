"""A support plan: goals, who does what by when, decided at a session with agreement."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kasane_cases.domain.errors import AgreementMissing, WrongStep


class PlanKind(StrEnum):
    """The three national kinds of plan."""

    MULTI_AGENCY = "multi_agency"
    OUTREACH = "outreach"
    PARTICIPATION = "participation"


class PlanStatus(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"
    DECIDED = "decided"


@dataclass(frozen=True)
class PlanTrack:
    """Who does what for whom by when."""

    person_id: str
    what: str
    agency: str
    due_on: date | None = None


@dataclass
class SupportPlan:
    """One plan for some persons of a case; it holds from the session that decided it."""

    id: str
    case_id: str
    kind: PlanKind
    persons: tuple[str, ...]
    goals: tuple[str, ...]
    tracks: tuple[PlanTrack, ...]
    drafted_on: date
    drafted_by: str
    status: PlanStatus = PlanStatus.DRAFT
    session_id: str = ""
    decided_on: date | None = None
    review_on: date | None = None
    agreed_by: tuple[str, ...] = ()
    extensions: dict[str, object] = field(default_factory=dict)
    version: int = 1

    def revise(
        self,
        persons: tuple[str, ...],
        goals: tuple[str, ...],
        tracks: tuple[PlanTrack, ...],
        extensions: dict[str, object],
    ) -> None:
        """Writes the draft anew; a decided plan stays as it was decided."""
        self._must_be_draft()
        self.persons, self.goals, self.tracks = persons, goals, tracks
        self.extensions = extensions

    def decide(
        self, session_id: str, day: date, review_on: date, agreed_by: tuple[str, ...]
    ) -> None:
        """Takes the session's decision; raises AgreementMissing when a person did not agree."""
        self._must_be_draft()
        if set(self.persons) - set(agreed_by):
            raise AgreementMissing
        self.status, self.session_id = PlanStatus.DECIDED, session_id
        self.decided_on, self.review_on, self.agreed_by = day, review_on, self.persons

    def _must_be_draft(self) -> None:
        if self.status is not PlanStatus.DRAFT:
            raise WrongStep(status=self.status.value)
