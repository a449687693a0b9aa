"""Visit plans, working hours and wishes in the JSON API."""

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
    this_town,
    unit_of_work,
    with_version,
)
from kasane_outreach import queries
from kasane_outreach.api import plan_schemas as schemas
from kasane_outreach.commands import (
    AcceptPlan,
    AskForPlan,
    SetVisitWish,
    SetWorkerProfile,
    StopPlan,
)
from kasane_outreach.domain.planning import WorkPause
from kasane_outreach.domain.planning_errors import PlanPartlyHidden
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.time_of_day import minute_of, time_at
from kasane_outreach.domain.visit_wish import VisitWish, WishedTime
from kasane_outreach.domain.worker_profile import WorkerProfile
from kasane_outreach.handlers import (
    accept_plan,
    ask_for_plan,
    set_visit_wish,
    set_worker_profile,
    stop_plan,
)

blueprint = ApiBlueprint("plans_api", __name__, description="訪問計画 / visit plans")


@blueprint.route("/plans", methods=["POST"])
@require("outreach.plan.make")
@blueprint.arguments(schemas.AskForPlanSchema)
@blueprint.response(201, schemas.PlanSchema)
def create_plan(payload: dict[str, Any]) -> Response:
    """Ask for a plan; the search begins by itself, and nothing is scheduled until it is accepted."""
    values = {**payload, "workers": tuple(dict.fromkeys(payload["workers"]))}

    with reading() as connection:
        requests = queries.requests_open_to(connection, actor())

    def ask(uow: UnitOfWork, run_id: str) -> None:
        ask_for_plan(AskForPlan(run_id=run_id, requests=requests, **values), uow)

    return _plan(create_once(ask), 201)


@blueprint.route("/plans/<run_id>", methods=["GET"])
@require("outreach.plan.make", object_argument="run_id")
@blueprint.response(200, schemas.PlanSchema)
def get_plan(run_id: str) -> Response:
    """The best plan so far, with its reasons and what found no place."""
    return _plan(run_id)


@blueprint.route("/plans/<run_id>/stop", methods=["POST"])
@require("outreach.plan.make", object_argument="run_id")
@blueprint.response(200, schemas.PlanSchema)
def post_stop(run_id: str) -> Response:
    """End the search with what it has."""
    with reading() as connection:
        queries.plan_file(connection, actor(), run_id)
    with unit_of_work() as uow:
        stop_plan(StopPlan(run_id), uow)
    return _plan(run_id)


@blueprint.route("/plans/<run_id>/accept", methods=["POST"])
@require("outreach.plan.make", object_argument="run_id")
@blueprint.response(200, schemas.PlanSchema)
def post_accept(run_id: str) -> Response:
    """Turn the plan into visits. Needs If-Match; accepting twice changes nothing."""
    with reading() as connection:
        if not queries.plan_file(connection, actor(), run_id).whole:
            raise PlanPartlyHidden
    with unit_of_work() as uow:
        accept_plan(AcceptPlan(run_id, asked_version()), uow)
    return _plan(run_id)


@blueprint.route("/workers/<account_id>/profile", methods=["PUT"])
@require("outreach.worker_profile.set", object_argument="account_id")
@blueprint.arguments(schemas.WorkerProfileSchema)
@blueprint.response(200, schemas.KeptSchema)
def put_profile(payload: dict[str, Any], account_id: str) -> Response:
    """Write down when and how a worker goes round. Needs If-Match; version 0 for the first time.

    Without ``agency`` it stays as it is; only a coordinator changes it.
    """
    if not actor().has("coordinator") and actor().account_id != account_id:
        raise Refusal("not_found", 404)
    with reading() as connection:
        before = queries.worker_profile(connection, account_id)
    changed = {
        "agency": before.agency if payload["agency"] is None else payload["agency"],
        "skills": frozenset(payload["skills"]),
        "languages": frozenset(payload["languages"]),
        "hours": {
            one["weekday"]: (minute_of(one["starts"]), minute_of(one["ends"]))
            for one in payload["hours"]
        },
        "pauses": tuple(
            WorkPause(minute_of(one["earliest"]), minute_of(one["latest"]), one["minutes"])
            for one in payload["pauses"]
        ),
        "days_off": frozenset(payload["days_off"]),
        "start": _block(payload["start_block"]),
        "end": _block(payload["end_block"]) if payload["end_block"] else None,
    }
    version = asked_version()
    profile = WorkerProfile(account_id, **{**payload, **changed})
    with unit_of_work() as uow:
        set_worker_profile(SetWorkerProfile(profile, version), uow)
    return _kept(account_id, version + 1)


@blueprint.route("/households/<request_id>/wish", methods=["PUT"])
@require("outreach.visit_wish.set", object_argument="request_id")
@blueprint.arguments(schemas.VisitWishSchema)
@blueprint.response(200, schemas.KeptSchema)
def put_wish(payload: dict[str, Any], request_id: str) -> Response:
    """Write down what a household needs and wishes. Needs If-Match; version 0 for the first time."""
    with reading() as connection:
        queries.visit_wish(connection, actor(), request_id)
    place, second = payload["accompany_block"], payload["second_skills"]
    changed = {
        "times": tuple(
            WishedTime(one["weekday"], minute_of(one["earliest"]), minute_of(one["latest"]))
            for one in payload["times"]
        ),
        "skills": frozenset(payload["skills"]),
        "second_skills": None if second is None else frozenset(second),
        "preferred": frozenset(payload["preferred"]),
        "refused": frozenset(payload["refused"]),
        "accompany_to": _block(place) if place else None,
    }
    version = asked_version()
    with unit_of_work() as uow:
        set_visit_wish(SetVisitWish(VisitWish(request_id, **{**payload, **changed}), version), uow)
    return _kept(request_id, version + 1)


def _block(name: str) -> Position:
    for block in queries.town_blocks(this_town().name):
        if block.name == name:
            return block.position
    raise Refusal("place_unknown", 422)


def _kept(name: str, version: int) -> Response:
    return with_version(shown_by(schemas.KeptSchema, {"id": name, "version": version}), version)


def _plan(run_id: str, status: int = 200) -> Response:
    with reading() as connection:
        file = queries.plan_file(connection, actor(), run_id)
    run = file.run
    body = {
        "id": run.id,
        "status": run.status,
        "starts_on": run.starts_on,
        "progress": file.progress,
        "cost": run.cost,
        "visits": [
            {
                "request_id": row.household.id if row.household else "",
                "worker_id": day.worker,
                "on": day.day,
                "starts_at": time_at(row.slot.starts),
                "minutes": row.slot.minutes,
                "because": [one.reason.value for one in row.because],
            }
            for day in file.days
            for row in day.rows
            if isinstance(row, queries.PlanLine)
        ],
        "left_out": [
            {"request_id": one.visit.partition("@")[0], "reason": one.reason}
            for one in file.left_out
        ],
        "notes": file.notes,
        "version": run.version,
    }
    return with_version(shown_by(schemas.PlanSchema, body), run.version, status)
