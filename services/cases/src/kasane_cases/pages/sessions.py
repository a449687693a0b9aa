"""One session: attendees with secrecy, agenda with its gates, opening, decisions, minutes."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import (
    AddAgendaItem,
    AddAttendee,
    AttendeeAsked,
    FixMinutes,
    HoldSession,
    MarkPresence,
    OpenSession,
    RecordDecision,
    RecordFact,
    RecordSecrecy,
)
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import (
    ConferenceSession,
    PersonStanding,
    SessionStatus,
    obstacles_of_item,
)
from kasane_cases.domain.consent import AttendeeKind, Consent, state_on
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.domain.household import Person
from kasane_cases.domain.obstacle import Obstacle, ObstacleCode
from kasane_cases.handlers.conferences import quorum_of
from kasane_cases.handlers.views import case_view, meeting_route, routed_bodies
from kasane_cases.pages import forms, words
from kasane_cases.pages.doing import change, create
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, text
from kasane_plugin_api import AttendeeSlot, CaseView, FieldKind, FieldSpec, SessionView

blueprint = Blueprint("sessions", __name__)

MOST_CASES = 100


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
    form = Form([] if account_id else forms.guest_fields())
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


@blueprint.get("/conferences/<session_id>/items/new")
@require("cases.conference.lead", object_argument="session_id")
def item_form(session_id: str) -> str:
    """Whose matter may be put on this agenda, and whose not and why."""
    return _item_page(session_id, None)


@blueprint.post("/conferences/<session_id>/items")
@require("cases.conference.lead", object_argument="session_id")
def add_item(session_id: str) -> Response | tuple[str, int]:
    """Puts a person or a topic on the agenda."""
    form = Form(forms.item_fields(True))
    if not form.check(request.form, text):
        return _item_page(session_id, form), 422
    case_id, _, person_id = request.form.get("subject", "").partition(":")
    try:
        create(
            handlers.add_agenda_item,
            lambda object_id: AddAgendaItem(
                object_id,
                session_id,
                form.values["topic"],
                case_id,
                person_id,
                form.values["reason"],
            ),
            hooks(),
        )
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return _item_page(session_id, form), refusal.status
    return _back(session_id)


@blueprint.get("/conferences/<session_id>/items/<item_id>")
@require("cases.conference.read", object_argument="session_id")
def show_item(session_id: str, item_id: str) -> str:
    """One agenda item: what was told and what was decided about it."""
    return _one_item_page(session_id, item_id)


@blueprint.post("/conferences/<session_id>/open")
@require("cases.conference.lead", object_argument="session_id")
def open_session(session_id: str) -> Response | tuple[str, int]:
    """Opens the session when no gate fails."""
    command = OpenSession(session_id)
    return _try(session_id, lambda: change(handlers.open_session, command, hooks()))


@blueprint.post("/conferences/<session_id>/items/<item_id>/facts")
@require("cases.conference.lead", object_argument="session_id")
def record_fact(session_id: str, item_id: str) -> Response | tuple[str, int]:
    """Writes down what was told."""
    form = Form(forms.fact_fields())
    if not form.check(request.form, text):
        return _one_item_page(session_id, item_id, fact_form=form), 422
    values = form.values
    return _try_at_item(
        session_id,
        item_id,
        lambda: create(
            handlers.record_fact,
            lambda object_id: RecordFact(
                object_id, session_id, item_id, values["fact"], values["source"]
            ),
        ),
    )


@blueprint.post("/conferences/<session_id>/items/<item_id>/decisions")
@require("cases.conference.lead", object_argument="session_id")
def record_decision(session_id: str, item_id: str) -> Response | tuple[str, int]:
    """Writes down what was decided."""
    form = Form(forms.decision_of_item_fields())
    if not form.check(request.form, text):
        return _one_item_page(session_id, item_id, decision_form=form), 422
    values = form.values
    return _try_at_item(
        session_id,
        item_id,
        lambda: create(
            handlers.record_decision,
            lambda object_id: RecordDecision(
                object_id,
                session_id,
                item_id,
                values["decision"],
                values["in_charge"],
                values["role"],
                values["due_on"],
            ),
        ),
    )


@blueprint.post("/conferences/<session_id>/hold")
@require("cases.conference.lead", object_argument="session_id")
def hold_session(session_id: str) -> Response | tuple[str, int]:
    """Ends the session."""
    form = Form(_next_fields())
    if not form.check(request.form, text):
        return _session_page(session_id, hold_form=form), 422
    command = HoldSession(session_id, form.values["next_on"])
    return _try(session_id, lambda: change(handlers.hold_session, command))


@blueprint.post("/conferences/<session_id>/minutes")
@require("cases.conference.lead", object_argument="session_id")
def fix_minutes(session_id: str) -> Response | tuple[str, int]:
    """Fixes the minutes."""
    form = Form(_minutes_fields())
    if not form.check(request.form, text):
        return _session_page(session_id, minutes_form=form), 422
    command = FixMinutes(session_id, form.values["minutes"])
    return _try(session_id, lambda: change(handlers.fix_minutes, command))


def _next_fields() -> list[FieldSpec]:
    return [forms.spec("next_on", FieldKind.DATE)]


def _minutes_fields() -> list[FieldSpec]:
    return [forms.spec("minutes", FieldKind.TEXTAREA, required=True, max_length=20000)]


def _try(session_id: str, act: Callable[[], Any]) -> Response | tuple[str, int]:
    try:
        act()
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return _session_page(session_id), refusal.status
    return _back(session_id)


def _session_page(session_id: str, **opened: Any) -> str:
    today = clock.today()
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
        staff = queries.colleagues(connection)
    session = file.session
    obstacles: tuple[Obstacle, ...] = ()
    if file.identities and session.status is SessionStatus.PLANNED:
        met, reason = quorum_of(session, hooks())
        obstacles = session.obstacles(file.standings, met, reason, today)
    asked = {one.account_id for one in session.attendees}
    return page(
        "session.html",
        file=file,
        session=session,
        names=_names(file),
        lead=actor().has("coordinator"),
        own=session.attends(actor().account_id),
        obstacles=[(one, words.obstacle_words(one)) for one in obstacles],
        colleagues=forms.people(one for one in staff if one.account_id not in asked),
        seats=_seats(file),
        follow_ups=_follow_ups(session),
        bodies=_body_labels(session.planned_for),
        role_labels=words.role_labels(),
        guest_form=opened.get("guest_form", Form(forms.guest_fields())),
        hold_form=opened.get("hold_form", Form(_next_fields())),
        minutes_form=opened.get("minutes_form", Form(_minutes_fields())),
    )


def _try_at_item(
    session_id: str, item_id: str, act: Callable[[], Any]
) -> Response | tuple[str, int]:
    try:
        act()
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return _one_item_page(session_id, item_id), refusal.status
    return redirect(url_for("sessions.show_item", session_id=session_id, item_id=item_id), 303)


def _one_item_page(session_id: str, item_id: str, **opened: Form) -> str:
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
    item = file.session.item(item_id)
    return page(
        "item.html",
        file=file,
        session=file.session,
        item=item,
        names=_names(file),
        lead=actor().has("coordinator"),
        fact_form=opened.get("fact_form", Form(forms.fact_fields())),
        decision_form=opened.get("decision_form", Form(forms.decision_of_item_fields())),
    )


def _item_page(session_id: str, form: Form | None) -> str:
    today = clock.today()
    subjects: list[dict[str, Any]] = []
    undecided = ""
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
        cases = queries.open_cases(connection, actor(), today, MOST_CASES)
    if file.session.legal_kind.takes_persons:
        for case, consents in cases:
            for person in case.persons:
                subject = _subject(case, person, consents.get(person.id), file.session, today)
                undecided = undecided or subject["undecided"]
                subjects.append(subject)
    return page(
        "item_new.html",
        file=file,
        session=file.session,
        subjects=subjects,
        undecided=undecided,
        chosen=request.form.get("subject", request.args.get("subject", "")),
        form=form or Form(forms.item_fields(True)),
    )


def _subject(
    case: Case, person: Person, consent: Consent | None, session: ConferenceSession, today: date
) -> dict[str, Any]:
    standing = PersonStanding(consent, case.support_decided, person.name)
    obstacles = obstacles_of_item(session.legal_kind, standing, session.kinds_present, today)
    route = meeting_route(case, person.id, consent, today, hooks())
    named = [body.label for body in routed_bodies(route, today, hooks())]
    blocked = any(one.code is not ObstacleCode.CONSENT_RECIPIENTS for one in obstacles)
    return {
        "value": f"{case.id}:{person.id}",
        "number": case.number,
        "name": person.name or text("case.no_name"),
        "relation": case.relation(person.id),
        "state": state_on(consent, today),
        "reasons": [words.obstacle_words(one) for one in obstacles],
        "blocked": blocked,
        "instead": route.reason if blocked else "",
        "named": named if blocked else [],
        "undecided": route.reason if route.undecided else "",
    }


def _names(file: queries.SessionFile) -> dict[str, str]:
    return {
        person.id: person.name or text("case.no_name")
        for case in file.cases.values()
        for person in case.persons
    }


def _seats(file: queries.SessionFile) -> list[AttendeeSlot]:
    """Who sits in this body by the town's rule, while somebody can still be asked."""
    if file.session.status is not SessionStatus.PLANNED:
        return []
    case = next((case_view(case) for case in file.cases.values()), CaseView("", ""))
    return list(hooks().attendees(body=file.session.body, case=case))


def _follow_ups(session: ConferenceSession) -> list[Any]:
    if session.status not in (SessionStatus.HELD, SessionStatus.MINUTES_FIXED):
        return []
    return list(hooks().after_meeting(session=SessionView(session.body, session.held_on)))


def _body_labels(on: date) -> dict[str, str]:
    return {body.code: body.label for body in hooks().meeting_bodies(on=on)}


def _back(session_id: str) -> Response:
    return redirect(url_for("sessions.show", session_id=session_id), 303)
