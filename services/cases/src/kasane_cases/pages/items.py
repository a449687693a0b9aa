"""One agenda item: what was told, what was decided, who takes which part, where it goes on."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import (
    ContinueItem,
    FinishDecision,
    RecordDecision,
    RecordFact,
    ShareRoles,
)
from kasane_cases.domain.agenda import AgendaItem, RolePart
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.pages import forms, session_forms
from kasane_cases.pages.doing import change, create, or_again
from kasane_cases.pages.sessions import names_of
from kasane_cases.pages.words import page
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, repeated, text, typed_version
from kasane_plugin_api import Choice

blueprint = Blueprint("items", __name__)


@blueprint.get("/conferences/<session_id>/items/<item_id>")
@require("cases.conference.read", object_argument="session_id")
def show(session_id: str, item_id: str) -> str:
    """One agenda item: what was told and what was decided about it."""
    return item_page(session_id, item_id)


@blueprint.post("/conferences/<session_id>/items/<item_id>/facts")
@require("cases.conference.lead", object_argument="session_id")
def record_fact(session_id: str, item_id: str) -> Response | tuple[str, int]:
    """Writes down what was told."""
    form = Form(session_forms.fact_fields())
    if not form.check(request.form, text):
        return item_page(session_id, item_id, fact_form=form), 422
    values = form.values
    return _try(
        session_id,
        item_id,
        lambda: create(
            handlers.record_fact,
            lambda object_id: RecordFact(
                object_id, session_id, item_id, values["fact"], values["source"]
            ),
        ),
        fact_form=form,
    )


@blueprint.post("/conferences/<session_id>/items/<item_id>/decisions")
@require("cases.conference.lead", object_argument="session_id")
def record_decision(session_id: str, item_id: str) -> Response | tuple[str, int]:
    """Writes down what was decided."""
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
        form = Form(session_forms.decision_of_item_fields(_owners(connection, file, item_id)))
    if not form.check(request.form, text):
        return item_page(session_id, item_id, decision_form=form), 422
    values = form.values
    return _try(
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
                values.get("owner", ""),
            ),
        ),
        decision_form=form,
    )


@blueprint.post("/conferences/<session_id>/items/<item_id>/roles")
@require("cases.conference.lead", object_argument="session_id")
def share_roles(session_id: str, item_id: str) -> Response | tuple[str, int]:
    """Writes the table of roles."""
    rows = repeated(session_forms.role_fields(), request.form, "roles", text)
    if any(row.errors for row in rows):
        return item_page(session_id, item_id, role_rows=rows), 422
    parts = tuple(
        RolePart(row.values["who"], row.values["part"], bool(row.values["leads"])) for row in rows
    )
    command = ShareRoles(session_id, item_id, parts, typed_version())
    return _try(session_id, item_id, lambda: change(handlers.share_roles, command), role_rows=rows)


@blueprint.post("/conferences/<session_id>/items/<item_id>/continuation")
@require("cases.conference.lead", object_argument="session_id")
def go_on(session_id: str, item_id: str) -> Response | tuple[str, int]:
    """Goes on with the matter as a new item of another session."""
    with reading() as connection:
        targets = _sessions_to_come(connection, session_id)
    form = Form(session_forms.going_on_fields(targets))
    if not form.check(request.form, text):
        return item_page(session_id, item_id, going_on_form=form), 422
    target = form.values["to_session_id"]
    topic = text("item.continued_topic")
    return or_again(
        lambda: create(
            handlers.continue_item,
            lambda object_id: ContinueItem(object_id, session_id, item_id, target, topic),
            hooks(),
        ),
        lambda: item_page(session_id, item_id, going_on_form=form),
        url_for("sessions.show", session_id=target),
    )


@blueprint.get("/decisions/<decision_id>")
@require("cases.conference.read", object_argument="decision_id")
def show_decision(decision_id: str) -> str:
    """One decision for who has it to do."""
    return _decision_page(decision_id, Form(session_forms.done_fields()))


@blueprint.post("/decisions/<decision_id>/done")
@require("cases.conference.read", object_argument="decision_id")
def finish_decision(decision_id: str) -> Response | tuple[str, int]:
    """Notes that a decision was carried out."""
    form = Form(session_forms.done_fields())
    if not form.check(request.form, text):
        return _decision_page(decision_id, form), 422
    with reading() as connection:
        found = queries.one_decision(connection, actor(), decision_id)
    command = FinishDecision(found.session.id, found.item.id, decision_id, form.values["done_note"])
    return or_again(
        lambda: change(handlers.finish_decision, command),
        lambda: _decision_page(decision_id, form),
        url_for("items.show_decision", decision_id=decision_id),
    )


def item_page(session_id: str, item_id: str, **opened: Any) -> str:
    """The page of an item, with a form as it was typed when something was refused."""
    today = clock.today()
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
        item = file.session.item(item_id)
        carried = queries.carried_over(connection, actor(), item, session_id, today)
        owners = _owners(connection, file, item_id)
        people = {one.account_id: one.display_name for one in queries.colleagues(connection)}
        lead = actor().has("coordinator") and item_id not in file.restricted
        targets = _sessions_to_come(connection, session_id) if lead else {}
    session = file.session
    return page(
        "item.html",
        file=file,
        session=session,
        item=item,
        basis=session.kind_of(item),
        readable=item.id in file.readable,
        ended=item.id in file.ended,
        taking_part=[one for one in session.attendees if item.admits(one.id, one.kind)],
        carried=carried,
        people=people,
        names=names_of(file),
        lead=lead,
        fact_form=opened.get("fact_form", Form(session_forms.fact_fields())),
        decision_form=opened.get(
            "decision_form", Form(session_forms.decision_of_item_fields(owners))
        ),
        admitted=opened.get("admitted", item.admitted),
        role_specs=session_forms.role_fields(),
        role_rows=opened.get("role_rows", _role_rows(session, item)),
        leaving_form=opened.get("leaving_form", Form(session_forms.leaving_fields(targets))),
        targets=targets,
        going_on_form=opened.get("going_on_form", Form(session_forms.going_on_fields(targets))),
    )


def _decision_page(decision_id: str, form: Form) -> str:
    with reading() as connection:
        found = queries.one_decision(connection, actor(), decision_id)
        people = {one.account_id: one.display_name for one in queries.colleagues(connection)}
    return page(
        "decision_to_do.html",
        found=found,
        session=found.session,
        decision=found.decision,
        people=people,
        attends=found.session.attends(actor().account_id) is not None or actor().has("coordinator"),
        form=form,
    )


def _role_rows(session: ConferenceSession, item: AgendaItem) -> list[Form]:
    """The table as it stands; before anything is written, a line for each who decided to act."""
    specs = session_forms.role_fields()
    return [
        Form(specs, typed=dict(vars(part)), prefix=f"roles-{number}-")
        for number, part in enumerate(item.roles)
    ]


def _owners(connection: Any, file: queries.SessionFile, item_id: str) -> list[Choice]:
    session = file.session
    item = session.item(item_id)
    closed = session.kind_of(item).closed
    return forms.people(
        one
        for one in queries.colleagues(connection)
        if not closed or session.item_open_to(item, one.account_id)
    )


def _sessions_to_come(connection: Any, session_id: str) -> dict[str, str]:
    """The other sessions that take persons and are being prepared, by id."""
    return {
        line.id: f"{line.planned_for:%Y-%m-%d} {line.body_label}"
        for line in queries.sessions_to_come(connection, actor())
        if line.id != session_id
    }


def _try(
    session_id: str, item_id: str, act: Callable[[], Any], **opened: Any
) -> Response | tuple[str, int]:
    return or_again(
        act,
        lambda: item_page(session_id, item_id, **opened),
        url_for("items.show", session_id=session_id, item_id=item_id),
    )
