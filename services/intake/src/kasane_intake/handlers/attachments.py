"""Keeps files with a consultation, sealed; takes them back, and opens closed ones."""

import hashlib
from functools import partial

from sqlalchemy import Connection

from kasane_intake.commands import AttachFiles, OpenAttachment, VoidAttachment
from kasane_intake.domain.attachment import Attachment, AttachmentLook
from kasane_intake.domain.attachment_errors import TooManyAttachments
from kasane_intake.domain.sheet_errors import ReasonMissing
from kasane_intake.repository import Attachments, Consultations
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyRing, SealBroken, Unseal
from kasane_kit.unit_of_work import UnitOfWork

ATTACHMENT = "attachment"
SEALED_FOR = "attachments"
MOST_ATTACHMENTS = 100


def attach_files(command: AttachFiles, uow: UnitOfWork) -> None:
    """Keeps files with a consultation, also with one that ended."""
    Consultations(uow.connection).get(command.consultation_id)
    keep_files(command, uow)
    uow.commit()


def keep_files(command: AttachFiles, uow: UnitOfWork) -> None:
    """Keeps files in the caller's transaction, each sealed for its own place; raises TooManyAttachments."""
    if not command.uploads:
        return
    attachments = Attachments(uow.connection)
    if attachments.count(command.consultation_id) + len(command.uploads) > MOST_ATTACHMENTS:
        raise TooManyAttachments(most=MOST_ATTACHMENTS)
    for upload in command.uploads:
        attachment = Attachment(
            id=new_id(),
            consultation_id=command.consultation_id,
            name=upload.name,
            media_type=upload.media_type,
            size=upload.size,
            digest=upload.digest,
            note=command.note,
            added_at=clock.now(),
            added_by=uow.actor.account_id,
            added_by_name=uow.actor.display_name,
        )
        place = place_of(attachment.consultation_id, attachment.id)
        attachments.add(attachment, uow.seal(SEALED_FOR, upload.content, place))
        uow.record("intake.attachment.added", ATTACHMENT, attachment.id, basis=upload.digest)


def void_attachment(command: VoidAttachment, uow: UnitOfWork) -> None:
    """Takes a file back with a reason; it stays in the list and is closed from now on."""
    attachments = Attachments(uow.connection)
    attachment = attachments.get(command.consultation_id, command.attachment_id)
    attachment.make_void(command.reason, clock.now(), uow.actor.display_name)
    attachments.mark_void(attachment)
    uow.record("intake.attachment.voided", ATTACHMENT, attachment.id)
    uow.commit()


def open_attachment(command: OpenAttachment, uow: UnitOfWork) -> None:
    """Writes down why a closed file is opened this once; raises ReasonMissing."""
    if not command.reason.strip():
        raise ReasonMissing
    attachments = Attachments(uow.connection)
    attachment = attachments.get(command.consultation_id, command.attachment_id)
    look = AttachmentLook(
        id=new_id(),
        attachment_id=attachment.id,
        reason=command.reason,
        at=clock.now(),
        by_account=uow.actor.account_id,
        by_name=uow.actor.display_name,
    )
    attachments.add_look(look)
    uow.record("intake.attachment.opened_with_reason", ATTACHMENT, attachment.id, basis=look.id)
    uow.commit()


def unsealed(unseal: Unseal, attachment: Attachment, sealed: bytes) -> bytes:
    """The bytes as they were handed in."""
    return unseal(SEALED_FOR, sealed, place_of(attachment.consultation_id, attachment.id))


def place_of(consultation_id: str, attachment_id: str) -> str:
    """Where a file's seal belongs: it opens nowhere else."""
    return f"intake_attachment|{consultation_id}|{attachment_id}"


def open_every_file(connection: Connection, keys: KeyRing, municipality: str) -> int:
    """Opens every file of a town and compares it with its digest; returns how many there are.

    Raises SealBroken naming the first that is not what was handed in.
    """
    attachments, unseal = Attachments(connection), partial(keys.unseal, municipality)
    found = attachments.every()
    for attachment in found:
        content = unsealed(unseal, attachment, attachments.sealed(attachment.id))
        if hashlib.sha256(content).hexdigest() != attachment.digest:
            raise SealBroken(f"the file {attachment.id} is not the one that was handed in")
    return len(found)
