"""Conferences in the JSON API: sessions, attendees, agenda items, decisions, minutes."""

from typing import Any

from flask import Response

from kasane_cases import handlers, queries
from kasane_cases.api import meeting_schemas as schemas
from kasane_cases.commands import (
    AddAgendaItem,
    AddAttendee,
    AttendeeAsked,
    FixMinutes,
    HoldSession,
    OpenSession,
    PlanSession,
    RecordDecision,
    RecordFact,
    RecordSecrecy,
)
from kasane_kit.auth import require
from kasane_kit.web import (
    ApiBlueprint,
    Page,
    actor,
    create_once,
    hooks,
    page_size,
    read_cursor,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)

blueprint = ApiBlueprint("conferences_api", __name__, description="会議 / conferences")


@blueprint.route("/conferences", methods=["GET"])
@require("cases.conference.read")
@blueprint.response(200, schemas.ConferencePageSchema)
def list_conferences() -> Page:
    """Sessions that I lead or attend, latest first."""
    place, most = read_cursor(2), page_size()
    with reading() as connection:
        lines = queries.session_lines(
            connection, actor(), after=(place[0], place[1]) if place else None, limit=most + 1
        )
    return Page.of(lines, most, lambda line: (line.planned_for.isoformat(), line.id))


@blueprint.route("/conferences", methods=["POST"])
@require("cases.conference.plan")
@blueprint.arguments(schemas.PlanSessionSchema)
@blueprint.response(201, schemas.ConferenceSchema)
def plan_session(payload: dict[str, Any]) -> Response:
    """Set the date of a session of a body."""
    attendees = tuple(AttendeeAsked(**asked) for asked in payload.pop("attendees"))
    session_id = create_once(
        lambda uow, new: handlers.plan_session(
            PlanSession(session_id=new, attendees=attendees, **payload), uow, hooks()
        )
    )
    return session_answer(session_id, 201)


@blueprint.route("/conferences/<session_id>", methods=["GET"])
@require("cases.conference.read", object_argument="session_id")
@blueprint.response(200, schemas.ConferenceSchema)
def get_session(session_id: str) -> Response:
    """One session as far as I may see it."""
    return session_answer(session_id)


@blueprint.route("/conferences/<session_id>/attendees", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.AttendeeAskedSchema)
@blueprint.response(201, schemas.ConferenceSchema)
def add_attendee(payload: dict[str, Any], session_id: str) -> Response:
    """Ask somebody more to a session."""
    create_once(
        lambda uow, new: handlers.add_attendee(
            AddAttendee(new, session_id, AttendeeAsked(**payload)), uow, hooks()
        )
    )
    return session_answer(session_id, 201)


@blueprint.route("/conferences/<session_id>/attendees/<attendee_id>/secrecy", methods=["POST"])
@require("cases.conference.read", object_argument="session_id")
@blueprint.arguments(schemas.SecrecySchema)
@blueprint.response(200, schemas.ConferenceSchema)
def record_secrecy(payload: dict[str, Any], session_id: str, attendee_id: str) -> Response:
    """Record that an attendee was shown the duty of secrecy, and signed where that is needed."""
    with unit_of_work() as uow:
        handlers.record_secrecy(RecordSecrecy(session_id, attendee_id, payload["signed"]), uow)
    return session_answer(session_id)


@blueprint.route("/conferences/<session_id>/items", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.AgendaItemSchema)
@blueprint.response(201, schemas.ConferenceSchema)
def add_agenda_item(payload: dict[str, Any], session_id: str) -> Response:
    """Put a person of a case, or a topic that names nobody, on the agenda."""
    create_once(
        lambda uow, new: handlers.add_agenda_item(
            AddAgendaItem(item_id=new, session_id=session_id, **payload), uow, hooks()
        )
    )
    return session_answer(session_id, 201)


@blueprint.route("/conferences/<session_id>/opening", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.response(200, schemas.ConferenceSchema)
def open_session(session_id: str) -> Response:
    """Open a session when no gate fails."""
    with unit_of_work() as uow:
        handlers.open_session(OpenSession(session_id), uow, hooks())
    return session_answer(session_id)


@blueprint.route("/conferences/<session_id>/items/<item_id>/facts", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.FactSchema)
@blueprint.response(201, schemas.ConferenceSchema)
def record_fact(payload: dict[str, Any], session_id: str, item_id: str) -> Response:
    """Write down what was told about an item, and which agency knew it."""
    create_once(
        lambda uow, new: handlers.record_fact(
            RecordFact(new, session_id, item_id, payload["text"], payload["source"]), uow
        )
    )
    return session_answer(session_id, 201)


@blueprint.route("/conferences/<session_id>/items/<item_id>/decisions", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.DecisionSchema)
@blueprint.response(201, schemas.ConferenceSchema)
def record_decision(payload: dict[str, Any], session_id: str, item_id: str) -> Response:
    """Write down what was decided about an item."""
    create_once(
        lambda uow, new: handlers.record_decision(
            RecordDecision(decision_id=new, session_id=session_id, item_id=item_id, **payload), uow
        )
    )
    return session_answer(session_id, 201)


@blueprint.route("/conferences/<session_id>/holding", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.HoldSchema)
@blueprint.response(200, schemas.ConferenceSchema)
def hold_session(payload: dict[str, Any], session_id: str) -> Response:
    """End an open session."""
    with unit_of_work() as uow:
        handlers.hold_session(HoldSession(session_id, payload["next_on"]), uow)
    return session_answer(session_id)


@blueprint.route("/conferences/<session_id>/minutes", methods=["POST"])
@require("cases.conference.lead", object_argument="session_id")
@blueprint.arguments(schemas.MinutesSchema)
@blueprint.response(200, schemas.ConferenceSchema)
def fix_minutes(payload: dict[str, Any], session_id: str) -> Response:
    """Fix the minutes of a held session, from the version that was read."""
    command = FixMinutes(session_id, payload["minutes"], expected=payload["version"])
    with unit_of_work() as uow:
        handlers.fix_minutes(command, uow)
    return session_answer(session_id)


def session_answer(session_id: str, status: int = 200) -> Response:
    """One session as far as the caller may see it, with its version."""
    with reading() as connection:
        found = queries.session_file(connection, actor(), session_id).session
    return with_version(shown_by(schemas.ConferenceSchema, found), found.version, status)
