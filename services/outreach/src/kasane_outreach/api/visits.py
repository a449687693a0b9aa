"""Visits in the JSON API."""

from datetime import time
from typing import Any

from flask import Response, request

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    Page,
    Refusal,
    actor,
    asked_version,
    create_once,
    page_size,
    reading,
    shown_by,
    this_house,
    unit_of_work,
    with_version,
)
from kasane_outreach import queries
from kasane_outreach.api import schemas
from kasane_outreach.api.reading import after_last
from kasane_outreach.commands import (
    CancelVisit,
    HandOverVisit,
    RecordVisit,
    ScheduleVisit,
)
from kasane_outreach.handlers import (
    cancel_visit,
    hand_over_visit,
    record_visit,
    schedule_visit,
)

blueprint = ApiBlueprint("visits_api", __name__, description="訪問 / visits")

LONGEST_KEY = 200


@blueprint.route("/visits", methods=["GET"])
@require("outreach.visit.list")
@blueprint.arguments(schemas.VisitQuerySchema, location="query")
@blueprint.response(200, schemas.VisitPageSchema)
def list_visits(query: dict[str, Any]) -> Page:
    """The visits of a day that I may see, in their order; no protected address is in it."""
    place, most = after_last(time.fromisoformat), page_size()
    with reading() as connection:
        lines = queries.visits_on(
            connection,
            actor(),
            query.get("on", clock.today()),
            worker=query.get("worker", ""),
            after=place,
            most=most + 1,
        )
    page = Page.of(lines, most, lambda line: (line.visit.starts_at.isoformat(), line.visit.id))
    return Page([_flat(line) for line in page.items], page.next_cursor)


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
    return with_version(shown_by(schemas.VisitSchema, _flat(line)), line.visit.version, 201)


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


@blueprint.route("/visits/<visit_id>/hand-over", methods=["POST"])
@require("outreach.visit.schedule", object_argument="visit_id")
@blueprint.arguments(schemas.HandOverVisitSchema)
@blueprint.response(200, schemas.VisitSchema)
def post_hand_over(payload: dict[str, Any], visit_id: str) -> Response:
    """Give a visit to other workers; day and time stay. Needs If-Match."""
    with reading() as connection:
        queries.visit(connection, actor(), visit_id)
    workers = tuple(dict.fromkeys(payload["workers"]))
    with unit_of_work() as uow:
        hand_over_visit(HandOverVisit(visit_id, workers, asked_version()), uow)
    with reading() as connection:
        line = queries.scheduled_visit(connection, visit_id)
    return with_version(shown_by(schemas.VisitSchema, _flat(line)), line.visit.version)


def _visit(visit_id: str) -> Response:
    with reading() as connection:
        line = queries.visit(connection, actor(), visit_id, this_house().unseal)
    return with_version(shown_by(schemas.VisitSchema, _flat(line)), line.visit.version)


def _flat(line: queries.VisitLine) -> dict[str, Any]:
    household = line.household
    return {
        **vars(line.visit),
        "status": line.visit.status.value,
        "name": household.name,
        "kana": household.kana,
        "phone": household.phone,
        "address": household.address,
        "address_protected": household.hides_address,
        "reason": household.reason or household.purpose,
        "attempts": household.attempts,
    }
