"""Files of a case: handed in, listed, downloaded; never shown inside a page."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kasane_cases import handlers, queries
from kasane_cases.commands import AttachFile
from kasane_cases.handlers.attachments import SEALED_FOR, place_of
from kasane_cases.pages import forms
from kasane_cases.pages.doing import create
from kasane_cases.pages.words import page, refusal_words
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.uploads import DOCUMENTS, Upload, UploadRefused, as_download, check_upload
from kasane_kit.web import Form, actor, reading, text, this_house
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("attachments", __name__)


@blueprint.get("/cases/<case_id>/attachments")
@require("cases.attachment.read", object_argument="case_id")
def list_files(case_id: str) -> str:
    """The files of a case, and a form for one more."""
    file = _file(case_id)
    return _files_page(case_id, Form(_fields(file)))


@blueprint.post("/cases/<case_id>/attachments")
@require("cases.attachment.add", object_argument="case_id")
def attach(case_id: str) -> AnyResponse | tuple[str, int]:
    """Keeps a file, or says why it is not taken."""
    form = Form(_fields(_file(case_id)))
    right = form.check(request.form, text)
    upload = taken_file(form, "file", required=True)
    if not right or form.errors or upload is None:
        return _files_page(case_id, form), 422
    create(
        handlers.attach_file,
        lambda new: AttachFile(
            new, case_id, upload, form.values["person_id"] or "", form.values["file_note"]
        ),
    )
    return redirect(url_for("attachments.list_files", case_id=case_id), 303)


@blueprint.get("/cases/<case_id>/attachments/<attachment_id>")
@require("cases.attachment.read", object_argument="attachment_id")
def download(case_id: str, attachment_id: str) -> Response:
    """One file as it was handed in, always as a download."""
    with reading() as connection:
        attachment, sealed = queries.sealed_file(
            connection, actor(), case_id, attachment_id, clock.today()
        )
    content = this_house().unseal(SEALED_FOR, sealed, place_of(case_id, attachment_id))
    return as_download(content, attachment.name, attachment.media_type)


def taken_file(form: Form, name: str, *, required: bool = False) -> Upload | None:
    """The checked file of a field, or None; what is wrong with it stands at the field."""
    handed = request.files.get(name)
    if handed is None or not handed.filename:
        if required:
            form.add_error(name, text("form.required", label=text(f"field.{name}")))
        return None
    try:
        return check_upload(handed.filename, handed.read(), DOCUMENTS)
    except UploadRefused as refused:
        form.add_error(name, refusal_words(refused))
        return None


def _fields(file: queries.CaseFile) -> list[FieldSpec]:
    persons = {person.id: person.name or text("case.no_name") for person in file.persons}
    return [
        forms.spec("person_id", FieldKind.CHOICE, forms.choices(persons)),
        forms.spec("file_note", max_length=200),
    ]


def _file(case_id: str) -> queries.CaseFile:
    with reading() as connection:
        return queries.case_file(connection, actor(), case_id, clock.today())


def _files_page(case_id: str, form: Form) -> str:
    file = _file(case_id)
    with reading() as connection:
        found = queries.attachments(connection, actor(), case_id, clock.today())
    who = actor()
    return page(
        "attachments.html",
        file=file,
        attachments=found,
        names={person.id: person.name or text("case.no_name") for person in file.persons},
        may_add=file.admission.whole
        and bool(who.functions & {"coordinator", "contact", "responsible"}),
        form=form,
    )
