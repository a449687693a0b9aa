"""The agenda of a session: what is due, whose matter it is, who takes part, where it goes on."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import (
    AddAgendaItem,
    AdmitToItem,
    BuildAgenda,
    MoveItem,
    RemoveItem,
)
from kasane_cases.domain.agenda import LegalKind, PersonStanding, obstacles_of_item
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import Consent, state_on
from kasane_cases.domain.household import Person
from kasane_cases.domain.obstacle import ObstacleCode
from kasane_cases.handlers.views import meeting_route, routed_bodies
from kasane_cases.pages import session_forms, words
from kasane_cases.pages.doing import change, create, or_again
from kasane_cases.pages.items import item_page
from kasane_cases.pages.words import page
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import Form, actor, hooks, reading, text, typed_version

blueprint = Blueprint("agenda", __name__)

MOST_CASES = 100


@blueprint.get("/conferences/<session_id>/agenda")
@require("cases.conference.lead", object_argument="session_id")
def proposals(session_id: str) -> str:
    """What is due for this session, each with its reason and its gate."""
    return _proposals_page(session_id)


@blueprint.post("/conferences/<session_id>/agenda")
@require("cases.conference.lead", object_argument="session_id")
def build(session_id: str) -> Response | tuple[str, int]:
    """Puts what was ticked on the agenda: all of it, or none when a gate fails."""
    reason = request.form.get("reason", "").strip()
    items = []
    for ticked in dict.fromkeys(request.form.getlist("pick")):
        kind, _, rest = ticked.partition(":")
        case_id, _, person_id = rest.partition(":")
        topic = text(f"proposal_topic.{kind}") if kind in _kinds() else ""
        if topic and case_id and person_id:
            items.append(
                AddAgendaItem(new_id(), session_id, topic, case_id, person_id, reason=reason)
            )
    if not items:
        return _proposals_page(session_id, nothing=True), 422
    return or_again(
        lambda: change(handlers.build_agenda, BuildAgenda(session_id, tuple(items)), hooks()),
        lambda: _proposals_page(session_id),
        url_for("sessions.show", session_id=session_id),
    )


@blueprint.get("/conferences/<session_id>/items/new")
@require("cases.conference.lead", object_argument="session_id")
def item_form(session_id: str) -> str:
    """Whose matter may be put on this agenda, and whose not and why."""
    return _new_item_page(session_id, None)


@blueprint.post("/conferences/<session_id>/items")
@require("cases.conference.lead", object_argument="session_id")
def add_item(session_id: str) -> Response | tuple[str, int]:
    """Puts a person or a topic on the agenda."""
    form = Form(session_forms.item_fields(True))
    if not form.check(request.form, text):
        return _new_item_page(session_id, form), 422
    case_id, _, person_id = request.form.get("subject", "").partition(":")
    kind = _asked_kind(request.form.get("legal_kind", ""))
    return or_again(
        lambda: create(
            handlers.add_agenda_item,
            lambda object_id: AddAgendaItem(
                object_id,
                session_id,
                form.values["topic"],
                case_id,
                person_id,
                form.values["reason"],
                kind,
            ),
            hooks(),
        ),
        lambda: _new_item_page(session_id, form),
        url_for("sessions.show", session_id=session_id),
    )


@blueprint.post("/conferences/<session_id>/items/<item_id>/attendees")
@require("cases.conference.lead", object_argument="session_id")
def admit(session_id: str, item_id: str) -> Response | tuple[str, int]:
    """Says who takes part in an item."""
    admitted = tuple(request.form.getlist("admitted"))
    command = AdmitToItem(session_id, item_id, admitted, typed_version())
    return or_again(
        lambda: change(handlers.admit_to_item, command),
        lambda: item_page(session_id, item_id, admitted=admitted),
        url_for("sessions.show", session_id=session_id),
    )


@blueprint.post("/conferences/<session_id>/items/<item_id>/leave")
@require("cases.conference.lead", object_argument="session_id")
def leave(session_id: str, item_id: str) -> Response | tuple[str, int]:
    """Takes an item off this agenda, or moves it to another session's."""
    form = Form(session_forms.leaving_fields({}))
    if not form.check(request.form, text):
        return item_page(session_id, item_id, leaving_form=form), 422
    reason, target = form.values["leaving_reason"], request.form.get("to_session_id", "")
    if target:
        return _try(
            session_id,
            item_id,
            lambda: create(
                handlers.move_item,
                lambda object_id: MoveItem(object_id, session_id, item_id, target, reason),
                hooks(),
            ),
        )
    command = RemoveItem(session_id, item_id, reason)
    return _try(session_id, item_id, lambda: change(handlers.remove_item, command))


def _kinds() -> set[str]:
    return {kind.value for kind in queries.ProposalKind}


def _asked_kind(code: str) -> LegalKind | None:
    return LegalKind(code) if code in set(LegalKind) else None


def _proposals_page(session_id: str, *, nothing: bool = False) -> str:
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
        found = queries.agenda_proposals(connection, actor(), file.session)
        waiting = queries.waiting_consultations(connection)
    today = clock.today()
    rows = []
    for one in found:
        person = one.case.person(one.person_id)
        subject = _subject(one.case, person, one.consent, file.session, None, today)
        why = text(f"proposal.{one.kind.value}", count=one.count)
        rows.append({**subject, "proposal": one, "why": why})
    return page(
        "agenda.html",
        file=file,
        session=file.session,
        rows=rows,
        waiting=waiting,
        undecided=next((row["undecided"] for row in rows if row["undecided"]), ""),
        ticked=set(request.form.getlist("pick")),
        reason=request.form.get("reason", ""),
        nothing=nothing,
    )


def _new_item_page(session_id: str, form: Form | None) -> str:
    today = clock.today()
    kind = _asked_kind(request.values.get("legal_kind", ""))
    subjects: list[dict[str, Any]] = []
    undecided = ""
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
        cases = queries.open_cases(connection, actor(), today, MOST_CASES)
    session = file.session
    basis = kind or session.legal_kind
    if basis.takes_persons:
        for case, consents in cases:
            for person in case.persons:
                subject = _subject(case, person, consents.get(person.id), session, kind, today)
                undecided = undecided or subject["undecided"]
                subjects.append(subject)
    return page(
        "item_new.html",
        file=file,
        session=session,
        basis=basis,
        bases=[one for one in session.legal_kinds if one is not basis],
        subjects=subjects,
        undecided=undecided,
        chosen=request.form.get("subject", request.args.get("subject", "")),
        form=form or Form(session_forms.item_fields(True)),
    )


def _subject(
    case: Case,
    person: Person,
    consent: Consent | None,
    session: ConferenceSession,
    kind: LegalKind | None,
    today: date,
) -> dict[str, Any]:
    standing = PersonStanding(consent, case.support_decided, person.name)
    basis = kind or session.legal_kind
    obstacles = obstacles_of_item(basis, standing, session.kinds_present, today)
    route = meeting_route(case, person.id, consent, today, hooks())
    named = [body.label for body in routed_bodies(route, today, hooks())]
    blocked = any(one.code is not ObstacleCode.CONSENT_RECIPIENTS for one in obstacles)
    return {
        "value": f"{case.id}:{person.id}",
        "case_id": case.id,
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


def _try(session_id: str, item_id: str, act: Callable[[], Any]) -> Response | tuple[str, int]:
    return or_again(
        act, lambda: item_page(session_id, item_id), url_for("sessions.show", session_id=session_id)
    )
