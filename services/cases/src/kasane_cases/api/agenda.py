"""The agenda, roles, decisions, minutes and packs of sessions in the JSON API."""

from typing import Any

from flask import Response

from kasane_cases import handlers, queries
from kasane_cases.api import agenda_schemas as schemas
from kasane_cases.api.conferences import session_answer
from kasane_cases.api.meeting_schemas import ConferenceSchema
from kasane_cases.commands import (
    AddAddendum,
    AdmitToItem,
    ConfirmMembers,
    ContinueItem,
    DraftMinutes,
    FinishDecision,
    IssuePack,
    MoveItem,
    PrintCopies,
    RemoveItem,
    SettleCopy,
    ShareRoles,
)
from kasane_cases.domain.agenda import RolePart
from kasane_kit.auth import require
from kasane_kit.web import (
    ApiBlueprint,
    actor,
    asked_version,
    create_once,
    hooks,
    reading,
    text,
    unit_of_work,
)

blueprint = ApiBlueprint("agenda_api", __name__, description="議題・議事録・会議資料 / agenda")


@blueprint.route("/conferences/<session_id>/members", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.response(200, ConferenceSchema)
def confirm_members(session_id: str) -> Response:
    """Say that these are the members."""
    with unit_of_work() as uow:
        handlers.confirm_members(ConfirmMembers(session_id), uow)
    return session_answer(session_id)


@blueprint.route("/conferences/<session_id>/proposals", methods=["GET"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.response(200, schemas.ProposalListSchema)
def list_proposals(session_id: str) -> dict[str, Any]:
    """What is due for this session, with the reason."""
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
        found = queries.agenda_proposals(connection, actor(), file.session)
    return {
        "items": [
            {
                "kind": one.kind,
                "case_id": one.case.id,
                "person_id": one.person_id,
                "due_on": one.due_on,
                "count": one.count,
            }
            for one in found
        ]
    }


@blueprint.route("/conferences/<session_id>/items/<item_id>/attendees", methods=["PUT"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.AdmissionSchema)
@blueprint.response(200, ConferenceSchema)
def admit_to_item(payload: dict[str, Any], session_id: str, item_id: str) -> Response:
    """Say who takes part in an item; nobody named means everybody. Needs If-Match."""
    attendee_ids = tuple(payload["attendee_ids"])
    command = AdmitToItem(session_id, item_id, attendee_ids, asked_version())
    with unit_of_work() as uow:
        handlers.admit_to_item(command, uow)
    return session_answer(session_id)


@blueprint.route("/conferences/<session_id>/items/<item_id>/removal", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.RemovalSchema)
@blueprint.response(200, ConferenceSchema)
def remove_item(payload: dict[str, Any], session_id: str, item_id: str) -> Response:
    """Take an item off the agenda, or move it to another session's."""
    target = payload["to_session_id"]
    if target:
        create_once(
            lambda uow, new: handlers.move_item(
                MoveItem(new, session_id, item_id, target, payload["reason"]), uow, hooks()
            )
        )
    else:
        with unit_of_work() as uow:
            handlers.remove_item(RemoveItem(session_id, item_id, payload["reason"]), uow)
    return session_answer(session_id)


@blueprint.route("/conferences/<session_id>/items/<item_id>/continuation", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.ContinuationSchema)
@blueprint.response(201, ConferenceSchema)
def continue_item(payload: dict[str, Any], session_id: str, item_id: str) -> Response:
    """Go on with the matter as a new item of another session; answers with that session."""
    target, topic = payload["to_session_id"], text("item.continued_topic")
    create_once(
        lambda uow, new: handlers.continue_item(
            ContinueItem(new, session_id, item_id, target, topic), uow, hooks()
        )
    )
    return session_answer(target, 201)


@blueprint.route("/conferences/<session_id>/items/<item_id>/roles", methods=["PUT"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.RolesSchema)
@blueprint.response(200, ConferenceSchema)
def share_roles(payload: dict[str, Any], session_id: str, item_id: str) -> Response:
    """Write the table of roles anew. Needs If-Match."""
    roles = tuple(RolePart(**part) for part in payload["roles"])
    command = ShareRoles(session_id, item_id, roles, asked_version())
    with unit_of_work() as uow:
        handlers.share_roles(command, uow)
    return session_answer(session_id)


@blueprint.route(
    "/conferences/<session_id>/items/<item_id>/decisions/<decision_id>/completion",
    methods=["POST"],
)
@require("cases.conference.read", object_argument="session_id")
@blueprint.arguments(schemas.CompletionSchema)
@blueprint.response(204)
def finish_decision(
    payload: dict[str, Any], session_id: str, item_id: str, decision_id: str
) -> None:
    """Note that a decision was carried out."""
    with unit_of_work() as uow:
        handlers.finish_decision(
            FinishDecision(session_id, item_id, decision_id, payload["note"]), uow
        )


@blueprint.route("/conferences/<session_id>/minutes", methods=["PUT"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.DraftSchema)
@blueprint.response(200, ConferenceSchema)
def draft_minutes(payload: dict[str, Any], session_id: str) -> Response:
    """Keep the minutes as written so far, from the version that was read."""
    command = DraftMinutes(session_id, payload["minutes"], payload["items"], payload["version"])
    with unit_of_work() as uow:
        handlers.draft_minutes(command, uow)
    return session_answer(session_id)


@blueprint.route("/conferences/<session_id>/minutes/addenda", methods=["POST"])
@require("cases.conference.read", object_argument="session_id")
@blueprint.arguments(schemas.AddendumSchema)
@blueprint.response(201, ConferenceSchema)
def add_addendum(payload: dict[str, Any], session_id: str) -> Response:
    """Correct fixed minutes by a dated addition."""
    create_once(
        lambda uow, new: handlers.add_addendum(AddAddendum(new, session_id, **payload), uow)
    )
    return session_answer(session_id, 201)


@blueprint.route("/conferences/<session_id>/pack", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.response(200, schemas.PackDeskSchema)
def issue_pack(session_id: str) -> dict[str, Any]:
    """Open the pages of the pack to everybody who is bound and attends."""
    with unit_of_work() as uow:
        handlers.issue_pack(IssuePack(session_id), uow, hooks())
    return _desk(session_id)


@blueprint.route("/conferences/<session_id>/copies", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.response(201, schemas.PackDeskSchema)
def print_copies(session_id: str) -> dict[str, Any]:
    """Number a copy for each who attends and is bound."""
    create_once(lambda uow, _new: handlers.print_copies(PrintCopies(session_id), uow, hooks()))
    return _desk(session_id)


@blueprint.route("/conferences/<session_id>/copies/<copy_id>", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.SettlingSchema)
@blueprint.response(200, schemas.PackDeskSchema)
def settle_copy(payload: dict[str, Any], session_id: str, copy_id: str) -> dict[str, Any]:
    """Note that a copy was collected or destroyed."""
    with unit_of_work() as uow:
        handlers.settle_copy(SettleCopy(session_id, copy_id, payload["state"]), uow)
    return _desk(session_id)


def _desk(session_id: str) -> dict[str, Any]:
    with reading() as connection:
        found = queries.pack_desk(connection, actor(), session_id)
    return {"until": found.until, "parts": found.parts, "copies": found.copies}
