"""One session: attendees with secrecy, its gates, opening and end."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import (
    AddAttendee,
    AttendeeAsked,
    ConfirmMembers,
    HoldSession,
    MarkPresence,
    OpenSession,
    RecordSecrecy,
)
from kasane_cases.domain.conference import ConferenceSession, SessionStatus
from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.obstacle import Obstacle
from kasane_cases.handlers.conferences import quorum_of
from kasane_cases.handlers.views import case_view
from kasane_cases.pages import forms, session_forms, words
from kasane_cases.pages.doing import change, create, or_again
from kasane_cases.pages.words import page
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, text
from kasane_plugin_api import AttendeeSlot, CaseView, FieldKind, FieldSpec, SessionView

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/conferences/<session_id>")
@require("cases.conference.read", object_argument="session_id")
def show(session_id: str) -> str:
    """One session as far as the viewer may see it."""
    return _session_page(session_id)


@blueprint.post("/conferences/<session_id>/attendees")
@require("cases.conference.lead", object_argument="session_id")
def add_attendee(session_id: str) -> Response | tuple[str, int]:
    """Asks a colleague or a guest to the session."""
    account_id = request.form.get("account_id", "")
    form = Form([] if account_id else session_forms.guest_fields())
    if not form.check(request.form, text):
        return _session_page(session_id, guest_form=form), 422
    asked = AttendeeAsked(account_id=account_id)
    if not account_id:
        asked = AttendeeAsked(
            AttendeeKind(form.values["attendee_kind"]),
            name=form.values["name"],
            affiliation=form.values["affiliation"],
        )
    return _try(
        session_id,
        lambda: create(
            handlers.add_attendee,
            lambda object_id: AddAttendee(object_id, session_id, asked),
            hooks(),
        ),
    )


@blueprint.post("/conferences/<session_id>/members")
@require("cases.conference.lead", object_argument="session_id")
def confirm_members(session_id: str) -> Response | tuple[str, int]:
    """Says that these are the members."""
    command = ConfirmMembers(session_id)
    return _try(session_id, lambda: change(handlers.confirm_members, command))


@blueprint.post("/conferences/<session_id>/attendees/<attendee_id>/secrecy")
@require("cases.conference.read", object_argument="session_id")
def record_secrecy(session_id: str, attendee_id: str) -> Response | tuple[str, int]:
    """Records an attendee's duty of secrecy: their own act, or seen by who leads."""
    command = RecordSecrecy(session_id, attendee_id, signed=bool(request.form.get("signed")))
    return _try(session_id, lambda: change(handlers.record_secrecy, command))


@blueprint.post("/conferences/<session_id>/attendees/<attendee_id>/presence")
@require("cases.conference.lead", object_argument="session_id")
def mark_presence(session_id: str, attendee_id: str) -> Response | tuple[str, int]:
    """Records who has come."""
    command = MarkPresence(session_id, attendee_id, request.form.get("present") == "1")
    return _try(session_id, lambda: change(handlers.mark_presence, command))


@blueprint.post("/conferences/<session_id>/open")
@require("cases.conference.lead", object_argument="session_id")
def open_session(session_id: str) -> Response | tuple[str, int]:
    """Opens the session when no gate fails."""
    command = OpenSession(session_id)
    return _try(session_id, lambda: change(handlers.open_session, command, hooks()))


@blueprint.post("/conferences/<session_id>/hold")
@require("cases.conference.lead", object_argument="session_id")
def hold_session(session_id: str) -> Response | tuple[str, int]:
    """Ends the session."""
    form = Form(_next_fields())
    if not form.check(request.form, text):
        return _session_page(session_id, hold_form=form), 422
    command = HoldSession(session_id, form.values["next_on"])
    return _try(session_id, lambda: change(handlers.hold_session, command))


def names_of(file: queries.SessionFile) -> dict[str, str]:
    """The names of the persons whose matters the viewer may see, by id."""
    return {
        person.id: person.name or text("case.no_name")
        for case in file.cases.values()
        for person in case.persons
    }


def _next_fields() -> list[FieldSpec]:
    return [forms.spec("next_on", FieldKind.DATE)]


def _try(session_id: str, act: Callable[[], Any]) -> Response | tuple[str, int]:
    return or_again(
        act, lambda: _session_page(session_id), url_for("sessions.show", session_id=session_id)
    )


def _session_page(session_id: str, **opened: Any) -> str:
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
        staff = queries.colleagues(connection)
    session = file.session
    asked = {one.account_id for one in session.attendees}
    return page(
        "session.html",
        file=file,
        session=session,
        steps=list(SessionStatus),
        names=names_of(file),
        lead=actor().has("coordinator"),
        own=session.attends(actor().account_id),
        obstacles=_obstacles(file),
        colleagues=forms.people(one for one in staff if one.account_id not in asked),
        seats=_seats(file),
        follow_ups=_follow_ups(session),
        bodies=_body_labels(session),
        role_labels=words.role_labels(),
        guest_form=opened.get("guest_form", Form(session_forms.guest_fields())),
        hold_form=opened.get("hold_form", Form(_next_fields())),
    )


def _obstacles(file: queries.SessionFile) -> list[tuple[Obstacle, str, str]]:
    """What keeps the session from opening, and what to do about each."""
    session = file.session
    if not (file.identities and session.preparing and actor().has("coordinator")):
        return []
    met, reason = quorum_of(session, hooks())
    found = session.obstacles(file.standings, met, reason, clock.today())
    return [
        (one, words.obstacle_words(one), text(f"obstacle_next.{one.code.value}")) for one in found
    ]


def _seats(file: queries.SessionFile) -> list[AttendeeSlot]:
    """Who sits in this body by the town's rule, while somebody can still be asked."""
    if not file.session.preparing:
        return []
    case = next((case_view(case) for case in file.cases.values()), CaseView("", ""))
    return list(hooks().attendees(body=file.session.body, case=case))


def _follow_ups(session: ConferenceSession) -> list[Any]:
    if not session.over:
        return []
    return list(hooks().after_meeting(session=SessionView(session.body, session.held_on)))


def _body_labels(session: ConferenceSession) -> dict[str, str]:
    return {body.code: body.label for body in hooks().meeting_bodies(on=session.planned_for)}
