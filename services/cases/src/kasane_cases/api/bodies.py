"""The town's bodies, who came to a session, and its agenda at once, in the JSON API."""

from typing import Any

from flask import Response
from marshmallow import EXCLUDE, fields, validate

from kasane_cases import handlers
from kasane_cases.api.conferences import session_answer
from kasane_cases.api.meeting_schemas import ConferenceSchema
from kasane_cases.api.schemas import Strict, coded
from kasane_cases.commands import AddAgendaItem, BuildAgenda, MarkPresence
from kasane_cases.domain.agenda import LegalKind
from kasane_cases.domain.consent import AttendeeKind
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import ApiBlueprint, hooks, unit_of_work
from kasane_plugin_api import AttendeeKind as KindOfAttendee

blueprint = ApiBlueprint("bodies_api", __name__, description="会議体・出席 / bodies and attendance")


class BodyQuerySchema(Strict):
    """On which day; today without one."""

    class Meta:
        unknown = EXCLUDE

    on = fields.Date(load_default=None, allow_none=True)


class NoticeSchema(Strict):
    """What binds one kind of attendee to secrecy; dated words with their source."""

    attendee = coded(AttendeeKind)
    text = fields.String()
    basis = fields.String()
    needs_signature = fields.Boolean()
    effective_from = fields.Date(allow_none=True)
    source = fields.String()


class BodySchema(Strict):
    """One body as the town's documents declare it; what they leave open is empty."""

    code = fields.String()
    label = fields.String()
    legal_kinds = fields.List(fields.String())
    host = fields.String()
    chair = fields.String()
    members = fields.List(fields.String())
    topics = fields.List(fields.String())
    cadence = fields.String()
    max_members = fields.Integer(allow_none=True)
    quorum_majority = fields.Boolean()
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)
    former_label = fields.String()
    source = fields.String()
    note = fields.String()
    notices = fields.List(fields.Nested(NoticeSchema))


class BodiesSchema(Strict):
    """The bodies of the town on a day."""

    items = fields.List(fields.Nested(BodySchema))


class PresenceSchema(Strict):
    """Whether somebody who was asked has come."""

    present = fields.Boolean(required=True)


class AgendaLineSchema(Strict):
    """A person of a case who comes on the agenda."""

    case_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    person_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    topic = fields.String(required=True, validate=validate.Length(min=1, max=400))
    reason = fields.String(load_default="", validate=validate.Length(max=400))
    legal_kind = coded(LegalKind, load_default=None, allow_none=True)


class AgendaSchema(Strict):
    """What comes on the agenda at once."""

    items = fields.List(
        fields.Nested(AgendaLineSchema), required=True, validate=validate.Length(min=1, max=100)
    )


@blueprint.route("/bodies", methods=["GET"])
@require("cases.conference.read")
@blueprint.arguments(BodyQuerySchema, location="query")
@blueprint.response(200, BodiesSchema)
def list_bodies(asked: dict[str, Any]) -> dict[str, Any]:
    """The town's bodies with their legal kinds and what binds who attends."""
    day = asked["on"] or clock.today()
    found = []
    for body in hooks().meeting_bodies(on=day):
        notices = [
            {
                "attendee": kind,
                **vars(
                    hooks().secrecy_notice(
                        body=body.code, attendee=KindOfAttendee(kind.value), on=day
                    )
                ),
            }
            for kind in AttendeeKind
        ]
        kinds = [kind.value for kind in body.legal_kinds]
        found.append({**vars(body), "legal_kinds": kinds, "notices": notices})
    return {"items": found}


@blueprint.route("/conferences/<session_id>/attendees/<attendee_id>/presence", methods=["PUT"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(PresenceSchema)
@blueprint.response(200, ConferenceSchema)
def mark_presence(payload: dict[str, Any], session_id: str, attendee_id: str) -> Response:
    """Record whether somebody who was asked has come."""
    with unit_of_work() as uow:
        handlers.mark_presence(MarkPresence(session_id, attendee_id, payload["present"]), uow)
    return session_answer(session_id)


@blueprint.route("/conferences/<session_id>/agenda", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(AgendaSchema)
@blueprint.response(201, ConferenceSchema)
def build_agenda(payload: dict[str, Any], session_id: str) -> Response:
    """Put several on the agenda at once: all of them, or none when one gate fails."""
    items = tuple(
        AddAgendaItem(
            new_id(),
            session_id,
            one["topic"],
            one["case_id"],
            one["person_id"],
            one["reason"],
            one["legal_kind"],
        )
        for one in payload["items"]
    )
    with unit_of_work() as uow:
        handlers.build_agenda(BuildAgenda(session_id, items), uow, hooks())
    return session_answer(session_id, 201)
