"""Outreach's JSON API, version 1."""

from collections.abc import Callable
from datetime import date, time
from typing import Any, TypeVar

from flask import Response, request
from flask_smorest import Blueprint

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Refusal,
    actor,
    asked_version,
    create_once,
    page_size,
    read_cursor,
    reading,
    this_town,
    unit_of_work,
    with_version,
    write_cursor,
)
from kasane_outreach import queries
from kasane_outreach.api import schemas
from kasane_outreach.commands import (
    AcceptRound,
    AskForRound,
    CancelVisit,
    PlaceHousehold,
    PlanRound,
    RecordVisit,
    ScheduleVisit,
    WantedVisit,
    WorkerHours,
)
from kasane_outreach.domain.errors import NotAPosition
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.routing import END_OF_DAY
from kasane_outreach.domain.time_of_day import minute_of, time_at
from kasane_outreach.handlers import (
    accept_round,
    cancel_visit,
    place_household,
    plan_round,
    record_visit,
    schedule_visit,
    solve_round,
)

blueprint = Blueprint("outreach_api", __name__, description="訪問先・訪問・巡回 / outreach")

LONGEST_KEY = 200
T = TypeVar("T")


@blueprint.route("/households", methods=["GET"])
@require("outreach.household.list")
@blueprint.arguments(schemas.HouseholdQuerySchema, location="query")
@blueprint.response(200, schemas.HouseholdPageSchema)
def list_households(query: dict[str, Any]) -> dict[str, Any]:
    """Households that I may see, the nearest date first; no protected address is in it."""
    place, most = _after(_day_or_none), page_size()
    with reading() as connection:
        found = queries.households(
            connection,
            actor(),
            status=query.get("status", ""),
            after=place,
            most=most + 1,
        )
    last = found[most - 1] if len(found) > most else None
    cursor = (last.by_when.isoformat() if last.by_when else "", last.id) if last else None
    return {"items": found[:most], "next_cursor": write_cursor(cursor) if cursor else ""}


@blueprint.route("/households/<request_id>", methods=["GET"])
@require("outreach.household.read", object_argument="request_id")
@blueprint.response(200, schemas.HouseholdSchema)
def get_household(request_id: str) -> Response:
    """One household to reach."""
    return _household(request_id)


@blueprint.route("/households/<request_id>/place", methods=["PUT"])
@require("outreach.visit.schedule", object_argument="request_id")
@blueprint.arguments(schemas.PlaceSchema)
@blueprint.response(200, schemas.HouseholdSchema)
def put_place(payload: dict[str, Any], request_id: str) -> Response:
    """Put the household on the map. Needs If-Match."""
    position, block = _place(payload)
    with reading() as connection:
        queries.household(connection, actor(), request_id)
    command = PlaceHousehold(request_id, position, block, asked_version())
    with unit_of_work() as uow:
        place_household(command, uow)
    return _household(request_id)


@blueprint.route("/visits", methods=["GET"])
@require("outreach.visit.list")
@blueprint.arguments(schemas.VisitQuerySchema, location="query")
@blueprint.response(200, schemas.VisitPageSchema)
def list_visits(query: dict[str, Any]) -> dict[str, Any]:
    """The visits of a day that I may see, in their order; no protected address is in it."""
    place, most = _after(time.fromisoformat), page_size()
    with reading() as connection:
        lines = queries.visits_on(
            connection,
            actor(),
            query.get("on", clock.today()),
            worker=query.get("worker", ""),
            after=place,
            most=most + 1,
        )
    last = lines[most - 1].visit if len(lines) > most else None
    cursor = write_cursor((last.starts_at.isoformat(), last.id)) if last else ""
    return {"items": [_flat(line) for line in lines[:most]], "next_cursor": cursor}


@blueprint.route("/visits", methods=["POST"])
@require("outreach.visit.schedule")
@blueprint.arguments(schemas.ScheduleVisitSchema)
@blueprint.response(201, schemas.VisitSchema)
def create_visit(payload: dict[str, Any]) -> Response:
    """Schedule a visit. Send Idempotency-Key so that a repeated call makes no second one."""
    with reading() as connection:
        queries.household(connection, actor(), payload["request_id"])
    values = {**payload, "workers": tuple(dict.fromkeys(payload["workers"]))}

    def schedule(uow: UnitOfWork, visit_id: str) -> None:
        schedule_visit(ScheduleVisit(visit_id=visit_id, **values), uow)

    visit_id = create_once(schedule)
    with reading() as connection:
        line = queries.scheduled_visit(connection, visit_id)
    return with_version(schemas.VisitSchema().dump(_flat(line)), line.visit.version, 201)


@blueprint.route("/visits/<visit_id>", methods=["GET"])
@require("outreach.visit.read", object_argument="visit_id")
@blueprint.response(200, schemas.VisitSchema)
def get_visit(visit_id: str) -> Response:
    """One visit; a protected address is in it only for its workers."""
    return _visit(visit_id)


@blueprint.route("/visits/<visit_id>/record", methods=["POST"])
@require("outreach.visit.record", object_argument="visit_id")
@blueprint.arguments(schemas.RecordVisitSchema)
@blueprint.response(200, schemas.VisitSchema)
def post_record(payload: dict[str, Any], visit_id: str) -> Response:
    """Record a visit.

    Needs If-Match; the same Idempotency-Key with the same record changes nothing.
    """
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY:
        raise Refusal("idempotency_key_too_long", 422)
    with reading() as connection:
        queries.visit(connection, actor(), visit_id)
    command = RecordVisit(visit_id=visit_id, version=asked_version(), submission=key, **payload)
    with unit_of_work() as uow:
        record_visit(command, uow)
    return _visit(visit_id)


@blueprint.route("/visits/<visit_id>/cancel", methods=["POST"])
@require("outreach.visit.schedule", object_argument="visit_id")
@blueprint.arguments(schemas.CancelVisitSchema)
@blueprint.response(200, schemas.VisitSchema)
def post_cancel(payload: dict[str, Any], visit_id: str) -> Response:
    """Cancel a visit with a reason. Needs If-Match."""
    with reading() as connection:
        queries.visit(connection, actor(), visit_id)
    with unit_of_work() as uow:
        cancel_visit(CancelVisit(visit_id, payload["reason"], asked_version()), uow)
    return _visit(visit_id)


@blueprint.route("/rounds", methods=["POST"])
@require("outreach.round.plan")
@blueprint.arguments(schemas.PlanRoundSchema)
@blueprint.response(201, schemas.RoundSchema)
def create_round(payload: dict[str, Any]) -> Response:
    """Plan a round; nothing is scheduled until it is accepted."""
    position, _block = _place(payload["start"])
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


def _place(payload: dict[str, Any]) -> tuple[Position, str]:
    name = payload.get("town_block", "")
    point = (payload.get("latitude"), payload.get("longitude"))
    if bool(name) == (point != (None, None)) or (not name and None in point):
        raise NotAPosition
    if not name:
        return Position(float(payload["latitude"]), float(payload["longitude"])), ""
    for block in queries.town_blocks(this_town().name):
        if block.name == name:
            return block.position, block.name
    raise Refusal("place_unknown", 422)


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


def _after(read: Callable[[str], T]) -> tuple[T, str] | None:
    values = read_cursor(2)
    if values is None:
        return None
    try:
        return read(values[0]), values[1]
    except ValueError:
        raise Refusal("bad_cursor", 400) from None


def _day_or_none(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _household(request_id: str) -> Response:
    with reading() as connection:
        found = queries.household(connection, actor(), request_id)
    return with_version(schemas.HouseholdSchema().dump(found), found.version)


def _visit(visit_id: str) -> Response:
    with reading() as connection:
        line = queries.visit(connection, actor(), visit_id)
    return with_version(schemas.VisitSchema().dump(_flat(line)), line.visit.version)


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
    return with_version(schemas.RoundSchema().dump(body), found.version, status)


def _flat(line: queries.VisitLine) -> dict[str, Any]:
    household = line.household
    return {
        **vars(line.visit),
        "status": line.visit.status.value,
        "name": household.name,
        "kana": household.kana,
        "phone": household.phone,
        "address": household.address,
        "address_protected": household.address_protected,
        "reason": household.reason or household.purpose,
        "attempts": household.attempts,
    }
