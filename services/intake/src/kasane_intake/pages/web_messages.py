"""What staff do with what arrives through the public form, and its settings."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from kasane_intake import queries
from kasane_intake.commands.public_form import (
    ConfirmWebMessage,
    SeeAdditions,
    SetPublicForm,
    SortWebMessage,
)
from kasane_intake.domain.arrival import ArrivalKind
from kasane_intake.domain.errors import ChangedMeanwhile, IntakeRefusal
from kasane_intake.domain.public_form import PublicForm, WebMessage, WebMessageStatus
from kasane_intake.handlers.public_form import renew_commissioner_word, set_public_form
from kasane_intake.handlers.web_messages import (
    bring_web_message_back,
    confirm_web_message,
    see_additions,
    set_web_message_aside,
)
from kasane_intake.pages import forms
from kasane_intake.pages.easy_words import without_readings
from kasane_intake.pages.public_form import secret_key
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    actor,
    create_once,
    hooks,
    reading,
    text,
    typed_version,
    unit_of_work,
)
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("web_messages", __name__)


@blueprint.get("/web-messages")
@require("intake.web_message.list")
def list_web_messages() -> str:
    """The queue of my desk: waiting first, with what was set aside and taken up one press away."""
    status = request.args.get("status", WebMessageStatus.WAITING.value)
    if status not in {one.value for one in WebMessageStatus}:
        raise NotFound
    with reading() as connection:
        lines = queries.web_messages(connection, actor(), status)
        over = (
            queries.waiting_over_term(connection, ArrivalKind.WEB_MESSAGE, clock.today())
            if queries.may_read_queue(connection, actor())
            else ()
        )
    return render_template(
        "intake/web_messages.html",
        lines=lines,
        status=status,
        over=len(over),
        statuses=[one.value for one in WebMessageStatus],
        may_set=_may_set(),
    )


@blueprint.get("/web-messages/<message_id>")
@require("intake.web_message.read", object_argument="message_id")
def show_web_message(message_id: str) -> str:
    """One message with what was added, and what can be done with it."""
    return _show(message_id)


@blueprint.post("/web-messages/<message_id>/confirm")
@require("intake.web_message.confirm", object_argument="message_id")
def confirm(message_id: str) -> Response | tuple[str, int]:
    """Takes the message up as a consultation and opens that."""
    _must_see(message_id)
    form = _confirming_form()
    if not form.check(request.form, forms.say):
        return _show(message_id, form), 422
    values = form.values

    def take_up(uow: UnitOfWork, consultation_id: str) -> None:
        confirm_web_message(
            ConfirmWebMessage(
                message_id,
                values["version"],
                consultation_id,
                values["desk"],
                tuple(values["categories"]),
                values["main_category"],
                values["urgent"],
            ),
            uow,
            hooks(),
        )

    try:
        consultation_id = create_once(take_up)
    except ChangedMeanwhile:
        form.add_error("", text("web_message.text.changed"))
        return _show(message_id, form), 412
    return redirect(
        url_for("consultations.show_consultation", consultation_id=consultation_id, saved=1), 303
    )


@blueprint.post("/web-messages/<message_id>/set-aside")
@require("intake.web_message.set_aside", object_argument="message_id")
def set_aside(message_id: str) -> Response | tuple[str, int]:
    """Sets the message aside with a reason."""

    def change(uow: UnitOfWork, values: dict[str, Any]) -> None:
        set_web_message_aside(SortWebMessage(message_id, **values), uow)

    return _done(message_id, Form((_reason(), _version())), change, url_for(".list_web_messages"))


@blueprint.post("/web-messages/<message_id>/bring-back")
@require("intake.web_message.set_aside", object_argument="message_id")
def bring_back(message_id: str) -> Response | tuple[str, int]:
    """Puts the message back into the queue."""

    def change(uow: UnitOfWork, values: dict[str, Any]) -> None:
        bring_web_message_back(SortWebMessage(message_id, **values), uow)

    return _done(message_id, Form((_version(),)), change)


@blueprint.post("/web-messages/<message_id>/seen")
@require("intake.web_message.confirm", object_argument="message_id")
def see(message_id: str) -> Response | tuple[str, int]:
    """Remembers that the additions on the page were read."""

    def change(uow: UnitOfWork, values: dict[str, Any]) -> None:
        see_additions(SeeAdditions(message_id, **values), uow)

    return _done(message_id, Form((_version(),)), change)


@blueprint.get("/web-form")
@require("intake.public_form.set")
def show_settings() -> str:
    """The settings of the town's form."""
    with reading() as connection:
        now = queries.public_form(connection)
    typed = {**vars(now), "enabled": "1" if now.enabled else ""}
    return _show_settings(Form(_setting_fields(), typed), now)


@blueprint.post("/web-form")
@require("intake.public_form.set")
def save_settings() -> Response | tuple[str, int]:
    """Saves the settings."""
    form = Form((*_setting_fields(), _version()))
    if not form.check(request.form, forms.say):
        return _refused_settings(form), 422
    try:
        with unit_of_work() as uow:
            set_public_form(SetPublicForm(PublicForm(**form.values)), uow, _desks())
    except ChangedMeanwhile as refusal:
        form.add_error("", text("web_message.text.settings_changed"))
        with reading() as connection:
            now = queries.public_form(connection)
        return _show_settings(form, now), refusal.status
    except IntakeRefusal as refusal:
        form.add_error("", text(f"refusal.{refusal.code}.why"))
        return _refused_settings(form), refusal.status
    return redirect(url_for(".show_settings", saved=1), 303)


@blueprint.post("/web-form/commissioner-word")
@require("intake.public_form.set")
def renew_word() -> str:
    """Makes a new word for 民生委員 and shows it this once."""
    with unit_of_work() as uow:
        word = renew_commissioner_word(uow, secret_key())
    with reading() as connection:
        now = queries.public_form(connection)
    typed = {**vars(now), "enabled": "1" if now.enabled else ""}
    return _show_settings(Form(_setting_fields(), typed), now, word)


def _may_set() -> bool:
    return bool(actor().functions & {"coordinator", "town_administrator"})


def _must_see(message_id: str) -> WebMessage:
    with reading() as connection:
        return queries.web_message(connection, actor(), message_id)


def _done(
    message_id: str,
    form: Form,
    change: Callable[[UnitOfWork, dict[str, Any]], None],
    leads_to: str = "",
) -> Response | tuple[str, int]:
    """Changes a message of one's desk as it was read; what changed meanwhile is shown first."""
    _must_see(message_id)
    if not form.check(request.form, forms.say):
        return _show(message_id, refused=form), 422
    try:
        with unit_of_work() as uow:
            change(uow, form.values)
    except ChangedMeanwhile:
        form.add_error("", text("web_message.text.changed"))
        return _show(message_id, refused=form), 412
    return redirect(leads_to or url_for(".show_web_message", message_id=message_id), 303)


def _show(message_id: str, confirming: Form | None = None, *, refused: Form | None = None) -> str:
    message, known = _must_see(message_id), {spec.name for spec in refused.specs} if refused else ()
    return render_template(
        "intake/web_message.html",
        message=message,
        confirming=confirming or _confirming_form(),
        aside=refused if "reason" in known else Form((_reason(), _version())),
        form=refused or confirming or Form(()),
        plain=lambda key: without_readings(text(key)),
    )


def _refused_settings(form: Form) -> str:
    """What was typed, still with the version that it was typed from."""
    with reading() as connection:
        now = queries.public_form(connection)
    return _show_settings(form, replace(now, version=typed_version()))


def _show_settings(form: Form, now: PublicForm, word: str = "") -> str:
    return render_template(
        "intake/public_form_settings.html",
        form=form,
        now=now,
        word=word,
        saved="saved" in request.args,
        resident=url_for("public_form.open_form", _external=True),
        commissioner=url_for("public_form.open_commissioner_form", _external=True),
    )


def _confirming_form() -> Form:
    fields = {spec.name: spec for spec in (*forms.reception_fields(), *forms.story_fields())}
    wanted = ("desk", "urgent", "categories", "main_category")
    with reading() as connection:
        office = queries.public_form(connection).office
    return Form((*(fields[name] for name in wanted), _version()), {"desk": office})


def _reason() -> FieldSpec:
    return FieldSpec(
        "reason",
        text("web_message.field.reason"),
        required=True,
        hint=text("web_message.hint.reason"),
        max_length=300,
    )


def _version() -> FieldSpec:
    return FieldSpec("version", text("field.version"), FieldKind.INTEGER, True)


def _desks() -> tuple[str, ...]:
    return tuple(office.code for office in forms.offices() if office.receives)


def _setting_fields() -> tuple[FieldSpec, ...]:
    desks = tuple(Choice(one.code, one.label) for one in forms.offices() if one.receives)

    def line(name: str, kind: FieldKind = FieldKind.TEXT, most: int = 200, hint: str = "") -> Any:
        return FieldSpec(name, text(f"web_message.field.{name}"), kind, hint=hint, max_length=most)

    return (
        line("enabled", FieldKind.BOOLEAN),
        FieldSpec(
            "office",
            text("web_message.field.office"),
            FieldKind.CHOICE if desks else FieldKind.TEXT,
            choices=desks,
            max_length=60,
        ),
        line("phone", FieldKind.TEL, 40),
        line("phone_hours"),
        line("emergency_label", hint=text("web_message.hint.emergency")),
        line("emergency_number", FieldKind.TEL, 40),
        line("emergency_source"),
    )
