"""Files and consent records in the JSON API."""

from typing import Any

from marshmallow import fields, validate

from kasane_cases import handlers, queries
from kasane_cases.api.schemas import Strict
from kasane_cases.commands import AttachFile
from kasane_cases.domain.attachment import AttachmentKind
from kasane_cases.domain.consent_record import consent_record
from kasane_cases.domain.errors import RecordNotFound
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.uploads import Base64, check_upload
from kasane_kit.web import ApiBlueprint, actor, create_once, hooks, reading

blueprint = ApiBlueprint("consents_api", __name__, description="同意と書類 / consents and files")


class AttachmentSchema(Strict):
    """What is known of a file."""

    id = fields.String()
    person_id = fields.String()
    kind = fields.Enum(AttachmentKind, by_value=True)
    reference = fields.String()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    digest = fields.String()
    note = fields.String()
    added_at = fields.AwareDateTime()
    added_by = fields.String()


class AttachmentListSchema(Strict):
    """The files of a case, newest first."""

    items = fields.List(fields.Nested(AttachmentSchema))


class AttachFileSchema(Strict):
    """Keep a file; ``content`` is base64."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=300))
    content = Base64(required=True)
    person_id = fields.String(load_default="", validate=validate.Length(max=64))
    note = fields.String(load_default="", validate=validate.Length(max=200))


class ConsentRecordSchema(Strict):
    """A consent with every event; field names of ISO/IEC TS 27560 where docs/consent.md says so."""

    schema_version = fields.String()
    record_id = fields.String()
    pii_principal_id = fields.String()
    pii_processing = fields.List(fields.Dict())
    events = fields.List(fields.Dict())
    kasane = fields.Dict()


@blueprint.route("/cases/<case_id>/attachments", methods=["GET"])
@require("cases.attachment.read", object_argument="case_id")
@blueprint.response(200, AttachmentListSchema)
def list_attachments(case_id: str) -> dict[str, Any]:
    """The files of a case that I may open."""
    return _files(case_id)


@blueprint.route("/cases/<case_id>/attachments", methods=["POST"])
@require("cases.attachment.add", object_argument="case_id")
@blueprint.arguments(AttachFileSchema)
@blueprint.response(201, AttachmentListSchema)
def attach_file(payload: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Keep a file with a case, or with one person of it."""
    upload = check_upload(payload["name"], payload["content"])
    create_once(
        lambda uow, new: handlers.attach_file(
            AttachFile(new, case_id, upload, payload["person_id"], payload["note"]), uow
        )
    )
    return _files(case_id)


@blueprint.route("/cases/<case_id>/consents/<person_id>", methods=["GET"])
@require("cases.consent.export", object_argument="person_id")
@blueprint.response(200, ConsentRecordSchema)
def get_consent(case_id: str, person_id: str) -> dict[str, Any]:
    """One person's consent with every event of its history."""
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
    file.admission.check_taking_out()
    history = tuple(one for one in file.history if one.person_id == file.person(person_id).id)
    if not history:
        raise RecordNotFound
    return consent_record(file.case, history, hooks().town.name)


def _files(case_id: str) -> dict[str, Any]:
    with reading() as connection:
        return {"items": queries.attachments(connection, actor(), case_id, clock.today())}
