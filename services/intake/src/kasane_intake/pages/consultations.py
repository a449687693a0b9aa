"""Taking a consultation, finding it again, screening and ending it."""

from dataclasses import replace
from datetime import UTC
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_intake import queries
from kasane_intake.commands import CloseConsultation, ReceiveConsultation, ScreenConsultation
from kasane_intake.domain.consultation import ConsultationStatus
from kasane_intake.domain.errors import ChangedMeanwhile, IntakeRefusal
from kasane_intake.domain.reception import Channel
from kasane_intake.handlers import (
    close_consultation,
    consultation_view,
    receive_consultation,
    screen_consultation,
)
from kasane_intake.pages import consultation_states, forms, reception_form
from kasane_intake.pages.after_hours import closed_offices, emergency_line
from kasane_intake.pages.candidates import Alike, candidates_typed, note_candidates
from kasane_intake.pages.handed_files import ACCEPTED, file_field_spec, taken_files
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.plugins import ask_each
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    actor,
    create_once,
    hooks,
    read_cursor,
    reading,
    repeated,
    text,
    unit_of_work,
    write_cursor,
)
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("consultations", __name__)

PER_PAGE = 30


@blueprint.get("/consultations")
@require("intake.consultation.list")
def list_consultations() -> str:
    """What my office received, was sent, or what waits for my role; search by name, kana, telephone or number."""
    words, status = request.args.get("q", "").strip()[:200], request.args.get("status", "")
    with reading() as connection:
        answer = queries.search(connection, actor(), words, status=status) if words else None
        # An answer stands in place of the list.
        lines = (
            queries.consultations(
                connection, actor(), status=status, before=_place(), most=PER_PAGE + 1
            )
            if answer is None
            else ()
        )
        sheets = queries.sheets_for_office(connection, actor(), clock.today())
        web_waiting = queries.waiting_web_messages(connection, actor())
    shown, more = lines[:PER_PAGE], len(lines) > PER_PAGE
    last = shown[-1] if shown else None
    return render_template(
        "intake/consultations.html",
        lines=shown,
        answer=answer,
        sheets=sheets,
        words=words,
        status=status,
        statuses=["open", *(state.value for state in ConsultationStatus)],
        next_cursor=write_cursor((last.received_at.astimezone(UTC).isoformat(), last.id))
        if more and last
        else "",
        offices=forms.office_labels(),
        roles=forms.role_labels(),
        categories=forms.category_labels(),
        web_waiting=web_waiting,
        unmapped=forms.unmapped_labels() if actor().has("coordinator") else (),
    )


@blueprint.get("/consultations/new")
@require("intake.consultation.receive")
def new_consultation() -> str:
    """The empty form."""
    reception = Form(
        forms.reception_fields(), {"desk": actor().office, "channel": Channel.WINDOW.value}
    )
    return _show_form(reception, [Form(forms.person_fields(), prefix="persons-0-")], 200)[0]


@blueprint.post("/consultations/new")
@require("intake.consultation.receive")
def create_consultation() -> Response | tuple[str, int]:
    """Saves the consultation, or shows the form again with every problem at its field."""
    town = forms.town_fields(request.form.get("channel", ""))
    whole = Form(_all_fields(town))
    persons = repeated(forms.person_fields(), request.form, "persons", forms.say)
    if "_add" in request.form or "_check" in request.form:
        return _show_unfinished(whole, persons)
    right = reception_form.check(whole, request.form)
    uploads = taken_files(whole)
    right = right and not whole.errors
    if not right or any(person.errors for person in persons):
        for person in persons:
            whole.specs = (
                *whole.specs,
                *(replace(spec, name=person.id_of(spec.name)) for spec in person.specs),
            )
            for name, sentences in person.errors.items():
                whole.errors[person.id_of(name)] = sentences
        return _show_form(whole, persons or [Form(forms.person_fields(), prefix="persons-0-")], 422)
    values = whole.values

    def receive(uow: UnitOfWork, consultation_id: str) -> None:
        receive_consultation(
            ReceiveConsultation(
                consultation_id=consultation_id,
                desk=values["desk"],
                channel=Channel(values["channel"]),
                story=values["story"],
                categories=tuple(values["categories"]),
                main_category=values["main_category"],
                contact=forms.contact_from(values),
                persons=tuple(forms.person_from(person, new_id()) for person in persons),
                urgent=values["urgent"],
                screening=forms.screening_from(values),
                extensions=forms.extensions_of(values, town),
                reception=reception_form.reception_from(values),
                uploads=uploads,
            ),
            uow,
            hooks(),
        )

    consultation_id = create_once(receive)
    return redirect(url_for(".show_consultation", consultation_id=consultation_id, saved=1), 303)


@blueprint.post("/consultations/candidates")
@require("intake.consultation.list")
def candidates_fragment() -> str:
    """Who is already known of those typed so far, for the part of the form that follows the typing."""
    persons = repeated(forms.person_fields(), request.form, "persons", forms.say)
    return render_template(
        "intake/_candidates.html",
        alike=[one for one in candidates_typed(persons) if one[1]],
        offices=forms.office_labels(),
    )


@blueprint.get("/consultations/<consultation_id>")
@require("intake.consultation.read", object_argument="consultation_id")
def show_consultation(consultation_id: str) -> str:
    """One consultation: what was heard, where it goes and why, its sheets."""
    return _show(consultation_id, Form(_closing_fields()))


@blueprint.post("/consultations/<consultation_id>/screening")
@require("intake.consultation.screen", object_argument="consultation_id")
def screen(consultation_id: str) -> Response | tuple[str, int]:
    """Saves the two answers and asks the town's rule again."""
    with reading() as connection:
        before = queries.consultation(connection, actor(), consultation_id).screening
    form = Form((*forms.screening_fields(), FieldSpec("version", "", FieldKind.INTEGER, True)))
    if not form.check(request.form, forms.say):
        return _show(consultation_id, Form(_closing_fields())), 422
    answers = forms.screening_from(form.values).over(before)
    try:
        with unit_of_work() as uow:
            screen_consultation(
                ScreenConsultation(consultation_id, answers, form.values["version"]), uow, hooks()
            )
    except ChangedMeanwhile:
        _tell("warning", "text.changed_meanwhile")
        return _show(consultation_id, Form(_closing_fields())), 412
    return redirect(url_for(".show_consultation", consultation_id=consultation_id), 303)


@blueprint.post("/consultations/<consultation_id>/close")
@require("intake.consultation.close", object_argument="consultation_id")
def close(consultation_id: str) -> Response | tuple[str, int]:
    """Ends the consultation with its outcome."""
    with reading() as connection:
        queries.consultation(connection, actor(), consultation_id)
    form = Form(_closing_fields())
    if not form.check(request.form, forms.say):
        return _show(consultation_id, form), 422
    try:
        with unit_of_work() as uow:
            close_consultation(
                CloseConsultation(consultation_id, form.values["outcome"], form.values["version"]),
                uow,
            )
    except ChangedMeanwhile:
        form.add_error("outcome", text("text.changed_meanwhile"))
        return _show(consultation_id, form), 412
    except IntakeRefusal as refusal:
        form.add_error("outcome", text(f"refusal.{refusal.code}.why"))
        return _show(consultation_id, form), refusal.status
    return redirect(url_for(".show_consultation", consultation_id=consultation_id), 303)


def _tell(tone: str, key: str) -> None:
    g.notices = [*g.get("notices", []), {"tone": tone, "text": text(key)}]


def _show(consultation_id: str, closing: Form) -> str:
    with reading() as connection:
        file = queries.consultation_file(connection, actor(), consultation_id)
        consultation = file.consultation
        same_persons = queries.same_persons(
            connection,
            actor(),
            # Of whom the viewer is not told, no record is looked up either.
            [p.person_id for p in consultation.persons if p.name or p.description],
            file.links,
        )
        joined = {one.record.id: {other.id for other in one.others} for one in same_persons}
        web_message = queries.web_message_of(connection, consultation_id)
        sheets = queries.sheets_of(connection, actor(), file)
        files = queries.files_of(connection, actor(), consultation, file.hidden)
        found = queries.same_person_candidates(
            connection,
            actor(),
            [(person.traits, joined.get(person.person_id, ())) for person in consultation.persons],
            leaving_out=consultation_id,
        )
        alike = [
            (person.name, candidates, person.person_id)
            for person, candidates in zip(consultation.persons, found, strict=True)
        ]
    note_candidates(consultation_id, alike)
    contacts = (
        ask_each(hooks(), "emergency_contacts", consultation=consultation_view(consultation))
        if consultation.urgent
        else None
    )
    return render_template(
        "intake/consultation.html",
        consultation=consultation,
        sheets=sheets,
        files=files,
        web_message=web_message if consultation.desk == actor().office else None,
        alike=[one for one in alike if one[1]],
        same_persons=same_persons,
        today=clock.today(),
        saved="saved" in request.args,
        sent="sent" in request.args,
        mine=consultation.desk == actor().office or actor().has("coordinator"),
        to_answer=[s for s in sheets if s.on_its_way and s.to_office == actor().office],
        may_end=file.whole or any(s.taken and s.to_office == actor().office for s in sheets),
        closing=closing,
        screening=Form(forms.screening_fields(), _typed_screening(consultation)),
        emergency_contacts=contacts.joined() if contacts else (),
        responsible=hooks().responsible_office(consultation=consultation_view(consultation)),
        offices=forms.office_labels(),
        roles=forms.role_labels(),
        categories=forms.category_labels(),
        town_answers=_town_answers(consultation),
        way=reception_form.shown(consultation),
        age=reception_form.age_today,
        **consultation_states.panel(file, sheets),
    )


def _show_unfinished(whole: Form, persons: list[Form]) -> tuple[str, int]:
    """The form again with all that was typed and no complaint yet: one more person's row, or the candidates."""
    whole.check(request.form, forms.say)
    whole.errors.clear()
    if "_add" in request.form:
        added = Form(forms.person_fields(), prefix=f"persons-{len(persons)}-")
        return _show_form(whole, [*persons, added], 200)
    rows = persons or [Form(forms.person_fields(), prefix="persons-0-")]
    return _show_form(whole, rows, 200, candidates_typed(persons))


def _show_form(
    form: Form, persons: list[Form], status: int, alike: list[Alike] | None = None
) -> tuple[str, int]:
    return (
        render_template(
            "intake/consultation_form.html",
            form=form,
            persons=persons,
            alike=alike,
            offices=forms.office_labels(),
            closed_offices=closed_offices(),
            emergency_line=emergency_line,
            person_fields=forms.person_fields(),
            reception=forms.reception_fields(),
            way=reception_form.way_fields(),
            way_open=reception_form.is_open(form),
            contact=forms.contact_fields(),
            story=forms.story_fields(),
            screening=forms.screening_fields(),
            file_field_spec=file_field_spec(),
            accepted=ACCEPTED,
            choose_again=any(one.filename for one in request.files.getlist("attachments")),
            town_fields=[
                forms.named(*pair) for pair in forms.town_fields(str(form.shown("channel")))
            ],
        ),
        status,
    )


def _all_fields(town: tuple[tuple[str, FieldSpec], ...]) -> tuple[FieldSpec, ...]:
    return (
        *forms.reception_fields(),
        *reception_form.way_fields(),
        *forms.contact_fields(),
        *forms.story_fields(),
        file_field_spec(),
        *forms.screening_fields(),
        *(forms.named(*pair) for pair in town),
    )


def _closing_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "outcome",
            text("field.outcome"),
            FieldKind.TEXTAREA,
            True,
            text("hint.outcome"),
            max_length=4000,
        ),
        FieldSpec("version", text("field.version"), FieldKind.INTEGER, True),
    )


def _typed_screening(consultation: Any) -> dict[str, str]:
    words = {True: "yes", False: "no", None: ""}
    return {
        "single_agency": words[consultation.screening.single_agency_enough],
        "ordinary_cooperation": words[consultation.screening.ordinary_cooperation_enough],
    }


def _town_answers(consultation: Any) -> list[tuple[str, str]]:
    labels = {
        (plugin, spec.name): spec for plugin, spec in forms.town_fields(consultation.channel.value)
    }
    shown = []
    for plugin, values in consultation.extensions.items():
        for name, value in values.items():
            spec = labels.get((plugin, name))
            words = {choice.value: choice.label for choice in spec.choices} if spec else {}
            many = value if isinstance(value, list) else [value]
            said = "、".join(
                text("answer.yes") if v is True else words.get(str(v), str(v)) for v in many
            )
            shown.append((spec.label if spec else name, said))
    return shown


def _place() -> tuple[str, str] | None:
    place = read_cursor(2)
    return (place[0], place[1]) if place else None
