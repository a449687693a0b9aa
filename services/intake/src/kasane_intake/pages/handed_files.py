"""Takes the files of a form, checked, and gives a kept one back as a download."""

from flask import Response, request

from kasane_intake.domain.attachment import Attachment
from kasane_intake.domain.errors import IntakeRefusal
from kasane_intake.handlers.attachments import unsealed
from kasane_kit.uploads import (
    DOCUMENTS,
    EXTENSIONS,
    Upload,
    UploadRefused,
    as_download,
    check_upload,
)
from kasane_kit.web import Form, Refusal, text, this_house
from kasane_plugin_api import FieldSpec

FIELD = "attachments"
AT_ONCE = 10
ACCEPTED = ",".join(f".{ending}" for kind in DOCUMENTS for ending in EXTENSIONS[kind])


def file_field_spec(*, required: bool = False) -> FieldSpec:
    """The field for files, for its words and its badge; the files themselves come by ``taken_files``."""
    return FieldSpec(
        FIELD,
        text("attachment.field"),
        hint=text("attachment.hint", most=AT_ONCE),
        required=required,
    )


def taken_files(form: Form, *, required: bool = False) -> tuple[Upload, ...]:
    """The checked files of the form; what is wrong with each stands at the field, and then none counts."""
    handed = [one for one in request.files.getlist(FIELD) if one.filename]
    form.errors.pop(FIELD, None)
    if required and not handed:
        form.add_error(FIELD, text("form.required", label=text("attachment.field")))
    if len(handed) > AT_ONCE:
        form.add_error(FIELD, text("attachment.too_many_at_once", most=AT_ONCE))
        return ()
    taken = []
    for one in handed:
        try:
            taken.append(check_upload(one.filename or "", one.read(), DOCUMENTS))
        except UploadRefused as refused:
            form.add_error(FIELD, sentences(refused))
    return tuple(taken)


def sentences(refusal: IntakeRefusal | Refusal) -> str:
    """What happened, what was not done and what to do next."""
    parts = ("why", "not_done", "next")
    return " ".join(text(f"refusal.{refusal.code}.{part}", **refusal.facts) for part in parts)


def given_back(attachment: Attachment, sealed: bytes) -> Response:
    """A kept file as a download, opened with the town's key."""
    content = unsealed(this_house().unseal, attachment, sealed)
    return as_download(content, attachment.name, attachment.media_type)
