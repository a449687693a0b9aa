"""Loads and saves rounds: the problem and the plan as plain JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kasane_outreach import tables
from kasane_outreach.domain.errors import ChangedMeanwhile, RoundNotFound
from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.routing import (
    FixedVisit,
    PlannedStop,
    RoundPlan,
    RoundProblem,
    RoundVisit,
    RoundWorker,
    Unplaced,
    UnplacedReason,
)
from kasane_outreach.domain.visit_round import RoundStatus, VisitRound
from kasane_outreach.repository.households import HouseholdsToReach
from kasane_outreach.repository.visits import Visits


class VisitRounds:
    """The rounds of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, round_id: str) -> VisitRound:
        """The round; raises RoundNotFound."""
        row = self._connection.execute(
            select(tables.visit_round).where(tables.visit_round.c.id == round_id)
        ).one_or_none()
        if row is None:
            raise RoundNotFound
        return _round(row)

    def on(self, day: date) -> tuple[VisitRound, ...]:
        """The rounds of a day, oldest first."""
        rows = self._connection.execute(
            select(tables.visit_round)
            .where(tables.visit_round.c.on_day == day)
            .order_by(tables.visit_round.c.id)
        )
        return tuple(_round(row) for row in rows)

    def add(self, visit_round: VisitRound) -> None:
        """Saves a new round."""
        self._connection.execute(insert(tables.visit_round).values(**_columns(visit_round)))

    def save(self, visit_round: VisitRound, read_version: int | None = None) -> None:
        """Saves a changed round; raises ChangedMeanwhile when somebody else was faster."""
        expected = visit_round.version if read_version is None else read_version
        visit_round.version = expected + 1
        saved = self._connection.execute(
            update(tables.visit_round)
            .where(
                tables.visit_round.c.id == visit_round.id,
                tables.visit_round.c.version == expected,
            )
            .values(**_columns(visit_round))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile


def fixed_visits(
    connection: Connection, on: date, worker_ids: Sequence[str]
) -> tuple[FixedVisit, ...]:
    """What the workers have on that day already, each with the place of its household if it
    has one.
    """
    visits = Visits(connection).scheduled_on(on)
    households = HouseholdsToReach(connection).those([visit.request_id for visit in visits])
    places = {household.id: household.position for household in households}
    return tuple(
        FixedVisit(visit.id, worker, visit.starts, visit.minutes, places.get(visit.request_id))
        for visit in visits
        for worker in visit.workers
        if worker in worker_ids
    )


def _columns(visit_round: VisitRound) -> dict[str, object]:
    problem = asdict(visit_round.problem)
    del problem["on"]
    return {
        "id": visit_round.id,
        "on_day": visit_round.on,
        "planned_by": visit_round.planned_by,
        "planned_at": visit_round.planned_at,
        "worker_ids": list(visit_round.worker_ids),
        "problem": problem,
        "plan": asdict(visit_round.plan),
        "status": visit_round.status.value,
        "version": visit_round.version,
    }


def _round(row: Row[Any]) -> VisitRound:
    planned_at = row.planned_at
    return VisitRound(
        id=row.id,
        on=row.on_day,
        planned_by=row.planned_by,
        planned_at=planned_at if planned_at.tzinfo else planned_at.replace(tzinfo=UTC),
        problem=_problem(row.on_day, row.problem),
        plan=_plan(row.plan),
        status=RoundStatus(row.status),
        version=row.version,
    )


def _problem(on: date, stored: dict[str, Any]) -> RoundProblem:
    return RoundProblem(
        on=on,
        workers=tuple(
            RoundWorker(
                **{**one, "start": Position(**one["start"]), "mode": TravelMode(one["mode"])}
            )
            for one in stored["workers"]
        ),
        visits=tuple(
            RoundVisit(**{**one, "position": Position(**one["position"])})
            for one in stored["visits"]
        ),
        fixed=tuple(
            FixedVisit(
                **{**one, "position": Position(**one["position"]) if one["position"] else None}
            )
            for one in stored["fixed"]
        ),
    )


def _plan(stored: dict[str, Any]) -> RoundPlan:
    return RoundPlan(
        stops=tuple(PlannedStop(**one) for one in stored["stops"]),
        unplaced=tuple(
            Unplaced(one["visit_id"], UnplacedReason(one["reason"])) for one in stored["unplaced"]
        ),
        planner=stored["planner"],
    )
