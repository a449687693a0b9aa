"""The JSON API of resources, version 1: the directory in the words of HSDS, and referrals."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    actor,
    asked_version,
    create_once,
    hooks,
    page_size,
    read_cursor,
    reading,
    unit_of_work,
    with_version,
    write_cursor,
)
from kasane_resources import queries
from kasane_resources.api import schemas
from kasane_resources.commands import AnswerReferral, ChangeHumanService, PublishHumanService
from kasane_resources.domain.human_service import HumanServiceEntry
from kasane_resources.handlers import answer_referral, change_human_service, publish_human_service

blueprint = Blueprint("resources_api", __name__, description="社会資源 / human services")


@blueprint.route("/human-services", methods=["GET"])
@require("resources.human_service.list")
@blueprint.response(200, schemas.HumanServicePageSchema)
def list_human_services() -> dict[str, Any]:
    """The directory by reading; ``q`` searches in any spelling, ``category`` is a kind."""
    place, most = read_cursor(2), page_size()
    with reading() as connection:
        found = queries.human_services(
            connection,
            actor(),
            words=request.args.get("q", "")[:200],
            category=request.args.get("category", ""),
            after=(place[0], place[1]) if place else None,
            most=most + 1,
        )
        last = found[most - 1] if len(found) > most else None
        cursor = write_cursor((queries.sort_key_of(connection, last.id), last.id)) if last else ""
    return {"items": found[:most], "next_cursor": cursor}


@blueprint.route("/human-services", methods=["POST"])
@require("resources.human_service.write")
@blueprint.arguments(schemas.HumanServiceInputSchema)
@blueprint.response(201, schemas.HumanServiceSchema)
def create_human_service(entry: HumanServiceEntry) -> Response:
    """Put a human service into the directory; an Idempotency-Key makes a repeat harmless."""

    def publish(uow: UnitOfWork, service_id: str) -> None:
        publish_human_service(PublishHumanService(service_id, entry), uow, hooks())

    return _human_service(create_once(publish), 201)


@blueprint.route("/human-services/<human_service_id>", methods=["GET"])
@require("resources.human_service.read", object_argument="human_service_id")
@blueprint.response(200, schemas.HumanServiceSchema)
def get_human_service(human_service_id: str) -> Response:
    """One human service with its version as ETag."""
    return _human_service(human_service_id)


@blueprint.route("/human-services/<human_service_id>", methods=["PUT"])
@require("resources.human_service.write", object_argument="human_service_id")
@blueprint.arguments(schemas.HumanServiceInputSchema)
@blueprint.response(200, schemas.HumanServiceSchema)
def put_human_service(entry: HumanServiceEntry, human_service_id: str) -> Response:
    """Write an entry anew, as a whole. Needs If-Match."""
    with reading() as connection:
        queries.human_service(connection, actor(), human_service_id)
    command = ChangeHumanService(human_service_id, entry, asked_version())
    with unit_of_work() as uow:
        change_human_service(command, uow, hooks())
    return _human_service(human_service_id)


@blueprint.route("/organizations", methods=["GET"])
@require("resources.human_service.list")
@blueprint.response(200, schemas.OrganizationPageSchema)
def list_organizations() -> dict[str, Any]:
    """Organizations by name."""
    place, most = read_cursor(2), page_size()
    with reading() as connection:
        found = queries.organizations(
            connection, actor(), after=(place[0], place[1]) if place else None, most=most + 1
        )
    last = found[most - 1] if len(found) > most else None
    return {
        "items": found[:most],
        "next_cursor": write_cursor((last.name, last.id)) if last else "",
    }


@blueprint.route("/locations", methods=["GET"])
@require("resources.human_service.list")
@blueprint.response(200, schemas.LocationPageSchema)
def list_locations() -> dict[str, Any]:
    """Places of the directory."""
    place, most = read_cursor(1), page_size()
    with reading() as connection:
        found = queries.locations(
            connection, actor(), after=place[0] if place else "", most=most + 1
        )
    last = found[most - 1] if len(found) > most else None
    return {"items": found[:most], "next_cursor": write_cursor((last.id,)) if last else ""}


@blueprint.route("/referrals", methods=["GET"])
@require("resources.referral.list")
@blueprint.response(200, schemas.ReferralListSchema)
def list_referrals() -> dict[str, Any]:
    """Referrals that wait, oldest first; with ``answered=true`` those that have an answer."""
    waiting = request.args.get("answered", "") != "true"
    with reading() as connection:
        return {"items": queries.referrals(connection, waiting=waiting)}


@blueprint.route("/referrals/<referral_id>/answer", methods=["PUT"])
@require("resources.referral.answer", object_argument="referral_id")
@blueprint.arguments(schemas.AnswerReferralSchema)
@blueprint.response(200, schemas.ReferralSchema)
def put_answer(payload: dict[str, Any], referral_id: str) -> Response:
    """Write down that the organization takes the person on, or why it cannot."""
    command = AnswerReferral(referral_id, payload["answer"] == "accept", payload["reason"])
    with unit_of_work() as uow:
        answer_referral(command, uow, hooks())
    with reading() as connection:
        found = queries.referral(connection, referral_id)
    return with_version(schemas.ReferralSchema().dump(found), found.version)


def _human_service(human_service_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found = queries.human_service(connection, actor(), human_service_id)
    return with_version(schemas.HumanServiceSchema().dump(found), found.version, status)
