"""The inputs about support plans."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kasane_cases.domain.consent import GivenBy
from kasane_cases.domain.plan_records import AgreementWay, GoalCheck
from kasane_cases.domain.support_plan import PlanGoal, PlanKind, PlanOutcome, PlanTrack


@dataclass(frozen=True)
class DraftPlan:
    """Write a plan for some persons of a case."""

    plan_id: str
    case_id: str
    kind: PlanKind
    persons: tuple[str, ...]
    goals: tuple[PlanGoal, ...]
    tracks: tuple[PlanTrack, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    extensions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class RevisePlan:
    """Write a new edition of a plan that is not decided, and say why."""

    case_id: str
    plan_id: str
    persons: tuple[str, ...]
    goals: tuple[PlanGoal, ...]
    version: int
    reason: str
    tracks: tuple[PlanTrack, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    extensions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class SubmitPlan:
    """Sign a draft off, so that a session may decide it."""

    case_id: str
    plan_id: str
    version: int


@dataclass(frozen=True)
class DecidePlan:
    """Take a held session's decision; ``review_on`` follows the town's interval unless given.

    ``agreed_by`` names the persons who said at the session that they agree.
    """

    case_id: str
    plan_id: str
    session_id: str
    agreed_by: tuple[str, ...] = ()
    review_on: date | None = None


@dataclass(frozen=True)
class RecordAgreement:
    """Write down that a person did or did not agree to the plan.

    ``expected`` is the edition that was read to them; None where the newest is meant.
    """

    agreement_id: str
    case_id: str
    plan_id: str
    person_id: str
    agreed: bool
    way: AgreementWay
    on: date
    given_by: GivenBy = GivenBy.SELF
    giver_name: str = ""
    note: str = ""
    expected: int | None = None


@dataclass(frozen=True)
class RecordMonitoring:
    """Write down how a member's part of a plan goes; ``next_on`` follows the town's interval."""

    monitoring_id: str
    case_id: str
    plan_id: str
    person_id: str
    on: date
    condition: str
    checks: tuple[GoalCheck, ...] = ()
    next_on: date | None = None


@dataclass(frozen=True)
class EvaluatePlan:
    """Evaluate a plan: the result of every goal, what follows, why."""

    evaluation_id: str
    case_id: str
    plan_id: str
    on: date
    outcome: PlanOutcome
    summary: str
    checks: tuple[GoalCheck, ...]
    version: int
    reason: str = ""
    session_id: str = ""


@dataclass(frozen=True)
class RecordOrigin:
    """Write down who told a fact outside every closed session, and when."""

    origin_id: str
    case_id: str
    text: str
    told_by: str
    told_on: date


@dataclass(frozen=True)
class FinishPlan:
    """End, renew or interrupt an evaluated plan; ``new_plan_id`` is the plan that goes on."""

    case_id: str
    plan_id: str
    version: int
    new_plan_id: str = ""
    review_on: date | None = None
