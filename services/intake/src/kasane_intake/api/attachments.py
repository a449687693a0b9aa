"""Intake's JSON API for the files of a consultation."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from kasane_intake import queries
from kasane_intake.api.schemas import Strict
from kasane_intake.commands import AttachFiles, OpenAttachment, VoidAttachment
from kasane_intake.domain.attachment import Attachment
from kasane_intake.handlers import attach_files, open_attachment, void_attachment
from kasane_intake.handlers.attachments import unsealed
from kasane_kit.auth import require
from kasane_kit.uploads import Base64, as_download, check_upload
from kasane_kit.web import ApiBlueprint, actor, create_once, reading, this_house, unit_of_work

blueprint = ApiBlueprint("attachments_api", __name__, description="届いた書類 / files")


class AttachmentSchema(Strict):
    """What is known of a file; a void one has ``voided_at``."""

    id = fields.String()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    digest = fields.String()
    note = fields.String()
    added_at = fields.AwareDateTime(format="iso")
    added_by_name = fields.String()
    void_reason = fields.String()
    voided_at = fields.AwareDateTime(format="iso", allow_none=True)
    voided_by_name = fields.String()


class AttachmentListSchema(Strict):
    """The files of a consultation, newest first; ``address_hidden`` says that each opens with a reason only."""

    address_hidden = fields.Boolean()
    items = fields.List(fields.Nested(AttachmentSchema), attribute="attachments")


class AttachFileSchema(Strict):
    """Keep a file; ``content`` is base64, ``note`` says what it is."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=300))
    content = Base64(required=True)
    note = fields.String(load_default="", validate=validate.Length(max=200))


class AttachmentReasonSchema(Strict):
    """Why."""

    reason = fields.String(
        required=True,
        validate=validate.And(validate.Length(max=500), validate.Regexp(r"(?s).*\S")),
    )


@blueprint.route("/consultations/<consultation_id>/attachments", methods=["GET"])
@require("intake.attachment.list", object_argument="consultation_id")
@blueprint.response(200, AttachmentListSchema)
def list_attachments(consultation_id: str) -> queries.Files:
    """The files of a consultation that I may read in whole."""
    return _files(consultation_id)


@blueprint.route("/consultations/<consultation_id>/attachments", methods=["POST"])
@require("intake.attachment.add", object_argument="consultation_id")
@blueprint.arguments(AttachFileSchema)
@blueprint.response(201, AttachmentListSchema)
def add_attachment(payload: dict[str, Any], consultation_id: str) -> queries.Files:
    """Keep a file. Send Idempotency-Key so that a repeated call keeps no second one."""
    _files(consultation_id)
    upload = check_upload(payload["name"], payload["content"])
    command = AttachFiles(consultation_id, (upload,), payload["note"])
    create_once(lambda uow, _new: attach_files(command, uow))
    return _files(consultation_id)


@blueprint.route("/consultations/<consultation_id>/attachments/<attachment_id>", methods=["GET"])
@require("intake.attachment.read", object_argument="attachment_id")
@blueprint.response(200, content_type="application/octet-stream")
def get_attachment(consultation_id: str, attachment_id: str) -> Response:
    """One file as it was handed in; 409 where it opens with a reason only."""
    with reading() as connection:
        found = queries.sealed_file(connection, actor(), consultation_id, attachment_id)
    return _given_back(*found)


@blueprint.route(
    "/consultations/<consultation_id>/attachments/<attachment_id>/openings", methods=["POST"]
)
@require("intake.attachment.open", object_argument="attachment_id")
@blueprint.arguments(AttachmentReasonSchema)
@blueprint.response(200, content_type="application/octet-stream")
def open_closed_attachment(
    payload: dict[str, Any], consultation_id: str, attachment_id: str
) -> Response:
    """A closed file, after its reason was written down."""
    with reading() as connection:
        found = queries.sealed_file(
            connection, actor(), consultation_id, attachment_id, with_reason=True
        )
    with unit_of_work() as uow:
        open_attachment(OpenAttachment(consultation_id, attachment_id, **payload), uow)
    return _given_back(*found)


@blueprint.route(
    "/consultations/<consultation_id>/attachments/<attachment_id>/void", methods=["PUT"]
)
@require("intake.attachment.void", object_argument="attachment_id")
@blueprint.arguments(AttachmentReasonSchema)
@blueprint.response(200, AttachmentListSchema)
def void_kept_attachment(
    payload: dict[str, Any], consultation_id: str, attachment_id: str
) -> queries.Files:
    """Take a file back with a reason; nothing is deleted."""
    with reading() as connection:
        queries.known_file(connection, actor(), consultation_id, attachment_id)
    with unit_of_work() as uow:
        void_attachment(VoidAttachment(consultation_id, attachment_id, **payload), uow)
    return _files(consultation_id)


def _files(consultation_id: str) -> queries.Files:
    with reading() as connection:
        return queries.readable_files(connection, actor(), consultation_id)


def _given_back(attachment: Attachment, sealed: bytes) -> Response:
    content = unsealed(this_house().unseal, attachment, sealed)
    return as_download(content, attachment.name, attachment.media_type)
