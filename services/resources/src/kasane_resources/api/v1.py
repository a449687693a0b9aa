"""The JSON API of resources, version 1: the directory in the words of HSDS, and referrals."""

from typing import Any

from flask import Response, request

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    actor,
    asked_version,
    create_once,
    hooks,
    page_size,
    read_cursor,
    reading,
    shown_by,
    unit_of_work,
    with_version,
    write_cursor,
)
from kasane_resources import queries
from kasane_resources.api import schemas
from kasane_resources.api.entry_input import HumanServiceInputSchema
from kasane_resources.commands import AnswerReferral, ChangeHumanService, PublishHumanService
from kasane_resources.domain.human_service import HumanServiceEntry
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.handlers import answer_referral, change_human_service, publish_human_service

blueprint = ApiBlueprint("resources_api", __name__, description="社会資源 / human services")


@blueprint.route("/human-services", methods=["GET"])
@require("resources.human_service.list")
@blueprint.response(200, schemas.HumanServicePageSchema)
def list_human_services() -> dict[str, Any]:
    """The directory: ``q`` searches in any spelling and by meaning, best first, else by reading.

    ``category`` is a kind, ``day`` MO to SU; ``area=town``, ``open_now``, ``without_referral``, ``by_line``,
    ``visits`` and ``free`` narrow the list when they are given.
    """
    place, most, town = read_cursor(3), page_size(), hooks().town
    search = DirectorySearch.read(
        request.args, town.code, town.name, clock.now().astimezone(clock.JAPAN)
    )
    with reading() as connection:
        found = queries.human_services(connection, actor(), search, after=place, most=most + 1)
        cursor = ""
        if len(found) > most:
            cursor = write_cursor(queries.place_in(connection, search, found[most - 1].id))
    return {"items": found[:most], "next_cursor": cursor}


@blueprint.route("/human-services", methods=["POST"])
@require("resources.human_service.write")
@blueprint.arguments(HumanServiceInputSchema)
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
@blueprint.arguments(HumanServiceInputSchema)
@blueprint.response(200, schemas.HumanServiceSchema)
def put_human_service(entry: HumanServiceEntry, human_service_id: str) -> Response:
    """Write an entry anew, as a whole. Needs If-Match."""
    with reading() as connection:
        queries.human_service(connection, actor(), human_service_id)
    command = ChangeHumanService(human_service_id, entry, asked_version())
    with unit_of_work() as uow:
        change_human_service(command, uow, hooks())
    return _human_service(human_service_id)


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
    return with_version(shown_by(schemas.ReferralSchema, found), found.version)


def _human_service(human_service_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found = queries.human_service(connection, actor(), human_service_id)
    return with_version(shown_by(schemas.HumanServiceSchema, found), found.version, status)
