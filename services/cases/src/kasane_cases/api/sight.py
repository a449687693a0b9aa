"""Who looked, and how what is closed is opened for an hour, in the JSON API."""

from typing import Any

from marshmallow import EXCLUDE, fields, validate

from kasane_cases import handlers, queries
from kasane_cases.api.schemas import Strict
from kasane_cases.commands import OpenProtectedAddress, OpenRestrictedCase
from kasane_cases.domain.emergency import SHORTEST_REASON, EmergencyCause
from kasane_cases.repository import LOOKS, enter
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import (
    ApiBlueprint,
    actor,
    create_once,
    page_size,
    read_cursor,
    reading,
    write_cursor,
)

blueprint = ApiBlueprint("sight_api", __name__, description="見た記録・緊急の閲覧 / who looked")


class TrailQuerySchema(Strict):
    """About which member, and whether changes are asked for beside looks."""

    class Meta:
        unknown = EXCLUDE

    person_id = fields.String(load_default="", validate=validate.Length(max=64))
    everything = fields.Boolean(load_default=False)


class TrailLineSchema(Strict):
    """One look or change: who, when, what, on which basis; nothing of what was seen."""

    at = fields.String()
    actor = fields.String()
    actor_name = fields.String()
    action = fields.String()
    object_kind = fields.String()
    object_id = fields.String()
    basis = fields.String()


class TrailSchema(Strict):
    """The trail, newest first."""

    items = fields.List(fields.Nested(TrailLineSchema))
    next_cursor = fields.String()


class OpeningSchema(Strict):
    """Why something closed is opened for an hour; the team reads it."""

    cause = fields.Enum(EmergencyCause, by_value=True, required=True)
    reason = fields.String(required=True, validate=validate.Length(min=SHORTEST_REASON, max=400))


class OpenedCaseSchema(Strict):
    """Until when a restricted case is open to the caller; without an end where another right opens it."""

    case_id = fields.String()
    until = fields.AwareDateTime(allow_none=True)


class OpenedAddressSchema(Strict):
    """A protected address, open to the caller for an hour; without an end for who was admitted."""

    person_id = fields.String()
    address = fields.String()
    until = fields.AwareDateTime(allow_none=True)


@blueprint.route("/cases/<case_id>/trail", methods=["GET"])
@require("cases.trail.read", object_argument="case_id")
@blueprint.arguments(TrailQuerySchema, location="query")
@blueprint.response(200, TrailSchema)
def list_trail(asked: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Who looked at a case or at one member of it, when and on which basis."""
    place, most = read_cursor(1), page_size()
    with reading() as connection:
        file = queries.trail_file(
            connection,
            actor(),
            case_id,
            clock.today(),
            person_id=asked["person_id"],
            actions=() if asked["everything"] else LOOKS,
            before=int(place[0]) if place else 0,
            limit=most,
        )
    last = file.entries[-1] if file.more else None
    return {
        "items": file.entries,
        "next_cursor": write_cursor((str(last.position),)) if last else "",
    }


@blueprint.route("/cases/<case_id>/opening", methods=["POST"])
@require("cases.case.break_glass", object_argument="case_id")
@blueprint.arguments(OpeningSchema)
@blueprint.response(201, OpenedCaseSchema)
def open_restricted(payload: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Open a restricted case for an hour, with the reason; its team is told."""
    create_once(
        lambda uow, new: handlers.open_restricted_case(
            OpenRestrictedCase(new, case_id, payload["cause"], payload["reason"]), uow
        )
    )
    with reading() as connection:
        admission = enter(connection, actor(), case_id, clock.today())
    return {"case_id": case_id, "until": admission.ends_at}


@blueprint.route("/cases/<case_id>/persons/<person_id>/address", methods=["POST"])
@require("cases.protection.break_glass", object_argument="person_id")
@blueprint.arguments(OpeningSchema)
@blueprint.response(201, OpenedAddressSchema)
def open_address(payload: dict[str, Any], case_id: str, person_id: str) -> dict[str, Any]:
    """Open a protected address for an hour, with the reason; the team is told."""
    create_once(
        lambda uow, new: handlers.open_protected_address(
            OpenProtectedAddress(new, case_id, person_id, payload["cause"], payload["reason"]), uow
        )
    )
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
    return {
        "person_id": person_id,
        "address": file.person(person_id).address,
        "until": file.household.my_looks_end.get(person_id),
    }
