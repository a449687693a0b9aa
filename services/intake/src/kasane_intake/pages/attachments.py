"""Files of a consultation: handed in, listed, downloaded, taken back; never shown inside a page."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_intake import queries
from kasane_intake.commands import AttachFiles, OpenAttachment, VoidAttachment
from kasane_intake.domain.attachment_errors import AttachmentNeedsReason, TooManyAttachments
from kasane_intake.domain.errors import IntakeRefusal
from kasane_intake.handlers import attach_files, open_attachment, void_attachment
from kasane_intake.pages import forms
from kasane_intake.pages.handed_files import (
    ACCEPTED,
    file_field_spec,
    given_back,
    sentences,
    taken_files,
)
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, create_once, reading, text, unit_of_work
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("attachments", __name__)


@blueprint.get("/consultations/<consultation_id>/attachments")
@require("intake.attachment.list", object_argument="consultation_id")
def list_files(consultation_id: str) -> str:
    """The files of a consultation, and a form for more."""
    return _list(consultation_id, Form(_adding_fields()))


@blueprint.post("/consultations/<consultation_id>/attachments")
@require("intake.attachment.add", object_argument="consultation_id")
def attach(consultation_id: str) -> Response | tuple[str, int]:
    """Keeps the files, or says why none is taken."""
    with reading() as connection:
        queries.readable_files(connection, actor(), consultation_id)
    form = Form(_adding_fields())
    form.check(request.form, forms.say)
    uploads = taken_files(form, required=True)
    if form.errors:
        return _list(consultation_id, form), 422
    command = AttachFiles(consultation_id, uploads, form.values["file_note"])
    try:
        create_once(lambda uow, _new: attach_files(command, uow))
    except TooManyAttachments as refusal:
        form.add_error("attachments", sentences(refusal))
        return _list(consultation_id, form), refusal.status
    return redirect(url_for(".list_files", consultation_id=consultation_id), 303)


@blueprint.get("/consultations/<consultation_id>/attachments/<attachment_id>")
@require("intake.attachment.read", object_argument="attachment_id")
def open_file(consultation_id: str, attachment_id: str) -> Response:
    """One file as it was handed in, always as a download; a closed one asks for a reason first."""
    try:
        with reading() as connection:
            found = queries.sealed_file(connection, actor(), consultation_id, attachment_id)
    except AttachmentNeedsReason:
        return redirect(
            url_for(".ask_reason", consultation_id=consultation_id, attachment_id=attachment_id),
            303,
        )
    return given_back(*found)


@blueprint.get("/consultations/<consultation_id>/attachments/<attachment_id>/reason")
@require("intake.attachment.open", object_argument="attachment_id")
def ask_reason(consultation_id: str, attachment_id: str) -> str:
    """Why the file is closed, and the form that opens it once."""
    return _reason_page("open", consultation_id, attachment_id, Form(_reason_fields("open")))


@blueprint.post("/consultations/<consultation_id>/attachments/<attachment_id>/reason")
@require("intake.attachment.open", object_argument="attachment_id")
def open_with_reason(consultation_id: str, attachment_id: str) -> Response | tuple[str, int]:
    """The file, after its reason was written down."""
    with reading() as connection:
        found = queries.sealed_file(
            connection, actor(), consultation_id, attachment_id, with_reason=True
        )
    form = Form(_reason_fields("open"))
    if not form.check(request.form, forms.say):
        return _reason_page("open", consultation_id, attachment_id, form), 422
    with unit_of_work() as uow:
        open_attachment(OpenAttachment(consultation_id, attachment_id, form.values["reason"]), uow)
    return given_back(*found)


@blueprint.get("/consultations/<consultation_id>/attachments/<attachment_id>/void")
@require("intake.attachment.void", object_argument="attachment_id")
def ask_void(consultation_id: str, attachment_id: str) -> str:
    """The form that takes a file back."""
    return _reason_page("void", consultation_id, attachment_id, Form(_reason_fields("void")))


@blueprint.post("/consultations/<consultation_id>/attachments/<attachment_id>/void")
@require("intake.attachment.void", object_argument="attachment_id")
def take_back(consultation_id: str, attachment_id: str) -> Response | tuple[str, int]:
    """Takes a file back with its reason."""
    with reading() as connection:
        queries.known_file(connection, actor(), consultation_id, attachment_id)
    form = Form(_reason_fields("void"))
    if not form.check(request.form, forms.say):
        return _reason_page("void", consultation_id, attachment_id, form), 422
    try:
        with unit_of_work() as uow:
            void_attachment(
                VoidAttachment(consultation_id, attachment_id, form.values["reason"]), uow
            )
    except IntakeRefusal as refusal:
        form.add_error("reason", sentences(refusal))
        return _reason_page("void", consultation_id, attachment_id, form), refusal.status
    return redirect(url_for(".list_files", consultation_id=consultation_id), 303)


def _list(consultation_id: str, form: Form) -> str:
    with reading() as connection:
        files = queries.readable_files(connection, actor(), consultation_id)
        consultation = queries.consultation(connection, actor(), consultation_id)
    return render_template(
        "intake/attachments.html",
        consultation=consultation,
        files=files,
        form=form,
        accepted=ACCEPTED,
        may_open_void=actor().has("coordinator"),
    )


def _reason_page(kind: str, consultation_id: str, attachment_id: str, form: Form) -> str:
    with reading() as connection:
        consultation = queries.consultation(connection, actor(), consultation_id)
        attachment = queries.known_file(connection, actor(), consultation_id, attachment_id)
    return render_template(
        "intake/attachment_reason.html",
        kind=kind,
        consultation=consultation,
        attachment=attachment,
        form=form,
    )


def _adding_fields() -> tuple[FieldSpec, ...]:
    return (
        file_field_spec(required=True),
        FieldSpec(
            "file_note", text("attachment.note"), hint=text("attachment.note_hint"), max_length=200
        ),
    )


def _reason_fields(kind: str) -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "reason", text(f"attachment.{kind}_reason"), FieldKind.TEXTAREA, True, max_length=500
        ),
    )
