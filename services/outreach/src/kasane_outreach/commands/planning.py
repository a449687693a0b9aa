"""Commands about visit plans, working hours and wishes."""

from dataclasses import dataclass
from datetime import date

from kasane_outreach.domain.plan_run import USUAL_SECONDS
from kasane_outreach.domain.planning import PlanWeights
from kasane_outreach.domain.visit_wish import VisitWish
from kasane_outreach.domain.worker_profile import WorkerProfile


@dataclass(frozen=True)
class AskForPlan:
    """Plan some days from ``starts_on`` for these workers; the search takes ``seconds`` at most.

    ``requests`` are the households that who asks may see; None when that is every one.
    """

    run_id: str
    starts_on: date
    days: int
    workers: tuple[str, ...]
    seconds: int = USUAL_SECONDS
    requests: frozenset[str] | None = None


@dataclass(frozen=True)
class StopPlan:
    """End the search with the best plan so far."""

    run_id: str


@dataclass(frozen=True)
class AcceptPlan:
    """Turn a plan into visits."""

    run_id: str
    version: int


@dataclass(frozen=True)
class SetWorkerProfile:
    """Write down when and how a worker goes round; version 0 for the first time."""

    profile: WorkerProfile
    version: int


@dataclass(frozen=True)
class SetVisitWish:
    """Write down what a household needs and wishes; version 0 for the first time."""

    wish: VisitWish
    version: int


@dataclass(frozen=True)
class SetPlanWeights:
    """Choose the weights of the soft goals; version 0 for the first time."""

    weights: PlanWeights
    version: int
