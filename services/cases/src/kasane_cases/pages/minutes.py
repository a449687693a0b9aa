"""The minutes of a session: a draft from what was written down, fixed once, corrected by date."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import AddAddendum, DraftMinutes, FixMinutes
from kasane_cases.domain.agenda import AgendaItem
from kasane_cases.domain.errors import CasesRefusal, NotInSession
from kasane_cases.pages import forms, session_forms, words
from kasane_cases.pages.doing import change, create, or_again
from kasane_cases.pages.sessions import names_of
from kasane_cases.pages.words import page, show_refusal
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, reading, text, typed_version, wareki
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("minutes", __name__)


@blueprint.get("/conferences/<session_id>/minutes")
@require("cases.conference.read", object_argument="session_id")
def show(session_id: str) -> str:
    """The minutes as they are; for who leads, the draft to write on."""
    return _minutes_page(session_id)


@blueprint.post("/conferences/<session_id>/minutes")
@require("cases.conference.lead", object_argument="session_id")
def write(session_id: str) -> Response | tuple[str, int]:
    """Keeps the draft, or fixes the minutes."""
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
    form = Form(_fields(file))
    if not form.check(request.form, text):
        return _minutes_page(session_id, form=form), 422
    facts = {
        "session_id": session_id,
        "minutes": form.values["minutes"],
        "items": {item.id: form.values[f"item_{item.id}"] for item in _own_items(file)},
        "expected": typed_version(),
    }
    try:
        if request.form.get("then") == "fix":
            change(handlers.fix_minutes, FixMinutes(**facts))
        else:
            change(handlers.draft_minutes, DraftMinutes(**facts))
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return _minutes_page(session_id, form=form), refusal.status
    return redirect(url_for("minutes.show", session_id=session_id), 303)


@blueprint.post("/conferences/<session_id>/minutes/addenda")
@require("cases.conference.read", object_argument="session_id")
def add_addendum(session_id: str) -> Response | tuple[str, int]:
    """Corrects fixed minutes by a dated addition."""
    form = Form(session_forms.addendum_fields())
    if not form.check(request.form, text):
        return _minutes_page(session_id, addendum_form=form), 422
    item_id = request.form.get("item_id", "")
    return or_again(
        lambda: create(
            handlers.add_addendum,
            lambda object_id: AddAddendum(object_id, session_id, form.values["addendum"], item_id),
        ),
        lambda: _minutes_page(session_id, addendum_form=form),
        url_for("minutes.show", session_id=session_id),
    )


def _minutes_page(session_id: str, **opened: Any) -> str:
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
        people = {one.account_id: one.display_name for one in queries.colleagues(connection)}
    if not (file.material or file.readable):
        raise NotInSession
    session = file.session
    writes = actor().has("coordinator") and session.shows_material_to(actor().account_id)
    return page(
        "minutes.html",
        file=file,
        session=session,
        names=names_of(file),
        own_items=_own_items(file),
        writes=writes,
        form=opened.get("form", Form(_fields(file), typed=_template(file, people))),
        addendum_form=opened.get("addendum_form", Form(session_forms.addendum_fields())),
    )


def _own_items(file: queries.SessionFile) -> list[AgendaItem]:
    """The items whose minutes the viewer writes: those they took part in."""
    account = actor().account_id
    return [item for item in file.session.agenda if file.session.item_open_to(item, account)]


def _fields(file: queries.SessionFile) -> list[FieldSpec]:
    names = names_of(file)
    fields = [forms.spec("minutes", FieldKind.TEXTAREA, required=True, max_length=20000)]
    fields.extend(
        FieldSpec(
            f"item_{item.id}",
            " ".join(filter(None, (names.get(item.person_id, ""), item.topic))),
            FieldKind.TEXTAREA,
            max_length=20000,
        )
        for item in _own_items(file)
    )
    return fields


def _template(file: queries.SessionFile, people: dict[str, str]) -> dict[str, str]:
    """What stands in the draft before anybody has written: what was recorded at the session."""
    session = file.session
    present = "、".join(one.name for one in session.attendees if one.present)
    absent = "、".join(one.name for one in session.attendees if not one.present)
    general = [
        text("minutes.held", body=session.body_label, on=_day(session.held_on)),
        text("minutes.place", place=session.place) if session.place else "",
        text("minutes.present", names=present),
        text("minutes.absent", names=absent) if absent else "",
        text("minutes.items", count=len(session.agenda)),
        text("minutes.next", on=_day(session.next_on)) if session.next_on else "",
    ]
    drafted = {"minutes": session.minutes or "\n".join(filter(None, general))}
    for item in _own_items(file):
        drafted[f"item_{item.id}"] = item.minutes or _of_item(item, people)
    return drafted


def _of_item(item: AgendaItem, people: dict[str, str]) -> str:
    offices = words.office_labels()
    lines = [text("minutes.fact", text=one.text, source=one.source) for one in item.facts]
    for one in item.decisions:
        who = people.get(one.owner) or offices.get(one.in_charge, one.in_charge)
        due = text("minutes.due", on=_day(one.due_on)) if one.due_on else ""
        lines.append(text("minutes.decision", text=one.text, who=who, due=due))
    for part in item.roles:
        key = "minutes.lead_role" if part.leads else "minutes.role"
        lines.append(text(key, who=part.who, part=part.part))
    return "\n".join(lines)


def _day(day: Any) -> str:
    return wareki(day) if day else ""
