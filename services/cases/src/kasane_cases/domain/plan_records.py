"""What is written about a plan while it runs: agreements, looks at its goals, the evaluation."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from kasane_cases.domain.consent import Consent, ConsentState, GivenBy, state_on
from kasane_cases.domain.errors import DatesBackward, NotEntitledToAgree, PlanIncomplete

FULL_AGE = 18


class AgreementWay(StrEnum):
    """How somebody said whether they agree to a plan."""

    AT_SESSION = "at_session"
    WRITTEN = "written"
    SPOKEN = "spoken"


class GoalResult(StrEnum):
    """How a goal stands."""

    ACHIEVED = "achieved"
    PROGRESSING = "progressing"
    UNCHANGED = "unchanged"
    HARDER = "harder"


@dataclass(frozen=True)
class PlanAgreement:
    """That a person did or did not agree to an edition of a plan: how, when, by whom."""

    id: str
    plan_id: str
    edition: int
    person_id: str
    agreed: bool
    way: AgreementWay
    given_by: GivenBy
    on: date
    recorded_at: datetime
    recorded_by: str
    giver_name: str = ""
    note: str = ""

    def check(
        self, drafted_on: date, today: date, age: int | None, consent: Consent | None
    ) -> None:
        """Raises DatesBackward or NotEntitledToAgree.

        A person of full age agrees alone. A parent speaks for a minor; a guardian or another
        representative for a minor, for somebody recorded as not able to decide, or for somebody
        whose consent the same kind of representative gave.
        """
        if self.on < drafted_on or self.on > today:
            raise DatesBackward
        represented = consent is not None and (
            state_on(consent, today) is ConsentState.UNABLE or consent.given_by is self.given_by
        )
        entitled = (
            self.given_by is GivenBy.SELF
            or (age is not None and age < FULL_AGE)
            or (self.given_by is not GivenBy.PARENT and represented)
        )
        if not entitled or (self.given_by is not GivenBy.SELF and not self.giver_name.strip()):
            raise NotEntitledToAgree


@dataclass(frozen=True)
class GoalCheck:
    """How one goal stands; ``goal`` is its place in the plan, counted from 1."""

    goal: int
    result: GoalResult
    note: str = ""


@dataclass(frozen=True)
class Monitoring:
    """One look at a member's part of a plan: each goal, how the person is, when to look again."""

    id: str
    plan_id: str
    case_id: str
    person_id: str
    on: date
    next_on: date
    condition: str
    checks: tuple[GoalCheck, ...]
    recorded_at: datetime
    recorded_by: str
    recorder_name: str = ""

    def check(self, decided_on: date, today: date) -> None:
        """Raises DatesBackward for a look before the decision, in the future, or at no next day."""
        if not decided_on <= self.on <= today or self.next_on <= self.on:
            raise DatesBackward


@dataclass(frozen=True)
class PlanEvaluation:
    """What came of a plan: the result of every goal and what follows."""

    id: str
    plan_id: str
    case_id: str
    on: date
    outcome: str
    summary: str
    checks: tuple[GoalCheck, ...]
    recorded_at: datetime
    recorded_by: str
    recorder_name: str = ""
    session_id: str = ""

    def check(self, decided_on: date, today: date, goals: int) -> None:
        """Raises PlanIncomplete when a goal has no result, DatesBackward for an impossible day."""
        if {one.goal for one in self.checks} != set(range(1, goals + 1)):
            raise PlanIncomplete("results")
        if not self.summary.strip():
            raise PlanIncomplete("summary")
        if not decided_on <= self.on <= today:
            raise DatesBackward

    def seen_by(self, shows: Callable[[int], bool]) -> "PlanEvaluation":
        """Only the results of the goals that the reader sees, and no text on the household."""
        checks = tuple(one for one in self.checks if shows(one.goal))
        if checks == self.checks:
            return self
        return replace(self, checks=checks, summary="")
