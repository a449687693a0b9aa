"""Households to reach in the JSON API."""

from datetime import date
from typing import Any

from flask import Response

from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    Page,
    actor,
    asked_version,
    create_once,
    hooks,
    page_size,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)
from kasane_outreach import queries
from kasane_outreach.api import schemas
from kasane_outreach.api.reading import after_last, place_of
from kasane_outreach.commands import AskForVisits, EndRequest, PlaceHousehold
from kasane_outreach.handlers import ask_for_visits, end_request, place_household

blueprint = ApiBlueprint("households_api", __name__, description="訪問先 / households to reach")


@blueprint.route("/households", methods=["GET"])
@require("outreach.household.list")
@blueprint.arguments(schemas.HouseholdQuerySchema, location="query")
@blueprint.response(200, schemas.HouseholdPageSchema)
def list_households(query: dict[str, Any]) -> Page:
    """Households that I may see, the nearest date first; no protected address is in it."""
    place, most = after_last(_day_or_none), page_size()
    with reading() as connection:
        found = queries.households(
            connection,
            actor(),
            status=query.get("status", ""),
            after=place,
            most=most + 1,
        )
    return Page.of(
        found, most, lambda one: (one.by_when.isoformat() if one.by_when else "", one.id)
    )


@blueprint.route("/households", methods=["POST"])
@require("outreach.household.ask")
@blueprint.arguments(schemas.AskForVisitsSchema)
@blueprint.response(201, schemas.HouseholdSchema)
def create_request(payload: dict[str, Any]) -> Response:
    """Ask for visits to somebody. Send Idempotency-Key so that a repeated call asks only once."""
    if payload["like"]:
        with reading() as connection:
            queries.household(connection, actor(), payload["like"])

    def make(uow: UnitOfWork, request_id: str) -> None:
        ask_for_visits(AskForVisits(request_id=request_id, **payload), uow, hooks())

    return _household(create_once(make), 201)


@blueprint.route("/households/<request_id>/end", methods=["POST"])
@require("outreach.household.ask", object_argument="request_id")
@blueprint.arguments(schemas.EndRequestSchema)
@blueprint.response(200, schemas.HouseholdSchema)
def post_end(payload: dict[str, Any], request_id: str) -> Response:
    """End a request that no case asked for. Needs If-Match."""
    with reading() as connection:
        queries.household(connection, actor(), request_id)
    with unit_of_work() as uow:
        end_request(EndRequest(request_id, payload["reason"], asked_version()), uow)
    return _household(request_id)


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
    position, block = place_of(payload)
    with reading() as connection:
        queries.household(connection, actor(), request_id)
    command = PlaceHousehold(request_id, position, block, asked_version())
    with unit_of_work() as uow:
        place_household(command, uow)
    return _household(request_id)


def _day_or_none(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _household(request_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found = queries.household(connection, actor(), request_id)
    return with_version(shown_by(schemas.HouseholdSchema, found), found.version, status)
