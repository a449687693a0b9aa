"""Rounds in the JSON API."""

from typing import Any

from flask import Response

from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    Refusal,
    actor,
    asked_version,
    create_once,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)
from kasane_outreach import queries
from kasane_outreach.api import schemas
from kasane_outreach.api.reading import place_of
from kasane_outreach.commands import (
    AcceptRound,
    AskForRound,
    PlanRound,
    WantedVisit,
    WorkerHours,
)
from kasane_outreach.domain.routing import END_OF_DAY
from kasane_outreach.domain.time_of_day import minute_of, time_at
from kasane_outreach.handlers import (
    accept_round,
    plan_round,
    solve_round,
)

blueprint = ApiBlueprint("rounds_api", __name__, description="巡回 / rounds")


@blueprint.route("/rounds", methods=["POST"])
@require("outreach.round.plan")
@blueprint.arguments(schemas.PlanRoundSchema)
@blueprint.response(201, schemas.RoundSchema)
def create_round(payload: dict[str, Any]) -> Response:
    """Plan a round; nothing is scheduled until it is accepted."""
    position, _block = place_of(payload["start"])
    wanted = AskForRound(
        on=payload["on"],
        start=position,
        workers=tuple(_worker(one) for one in payload["workers"]),
        visits=tuple(_wanted(one) for one in payload["visits"]),
    )
    with reading() as connection:
        problem, left_out = queries.round_problem(connection, actor(), wanted)
    plan = solve_round(problem).leaving_out(left_out)

    def keep(uow: UnitOfWork, round_id: str) -> None:
        plan_round(PlanRound(round_id, problem, plan), uow)

    return _round(create_once(keep), 201)


@blueprint.route("/rounds/<round_id>", methods=["GET"])
@require("outreach.round.plan", object_argument="round_id")
@blueprint.response(200, schemas.RoundSchema)
def get_round(round_id: str) -> Response:
    """One round with its plan."""
    return _round(round_id)


@blueprint.route("/rounds/<round_id>/accept", methods=["POST"])
@require("outreach.round.plan", object_argument="round_id")
@blueprint.response(200, schemas.RoundSchema)
def post_accept(round_id: str) -> Response:
    """Turn the plan into visits. Needs If-Match; accepting twice changes nothing."""
    with reading() as connection:
        queries.visit_round(connection, actor(), round_id)
    with unit_of_work() as uow:
        accept_round(AcceptRound(round_id, asked_version()), uow)
    return _round(round_id)


def _worker(payload: dict[str, Any]) -> WorkerHours:
    starts, ends = minute_of(payload["starts"]), minute_of(payload["ends"])
    if ends <= starts:
        raise Refusal("round_times_wrong", 422)
    return WorkerHours(payload["account_id"], starts, ends, payload["mode"])


def _wanted(payload: dict[str, Any]) -> WantedVisit:
    earliest = minute_of(payload["earliest"]) if payload["earliest"] else 0
    latest = minute_of(payload["latest"]) if payload["latest"] else END_OF_DAY
    if latest - earliest < payload["minutes"]:
        raise Refusal("round_times_wrong", 422)
    return WantedVisit(payload["request_id"], payload["minutes"], earliest, latest)


def _round(round_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found = queries.visit_round(connection, actor(), round_id)
    body = {
        "id": found.id,
        "on": found.on,
        "status": found.status.value,
        "planner": found.plan.planner,
        "stops": [
            {
                "request_id": stop.visit_id,
                "worker_id": stop.worker_id,
                "starts_at": time_at(stop.starts),
                "minutes": stop.minutes,
            }
            for stops in found.together()
            for stop in stops
        ],
        "unplaced": [
            {"request_id": one.visit_id, "reason": one.reason.value} for one in found.plan.unplaced
        ],
        "version": found.version,
    }
    return with_version(shown_by(schemas.RoundSchema, body), found.version, status)
