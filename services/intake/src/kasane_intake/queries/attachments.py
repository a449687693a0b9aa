"""Reads what is known of the files of a consultation, and one file's sealed bytes, with the viewer's right."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kasane_intake.domain.attachment import Attachment, AttachmentLook
from kasane_intake.domain.attachment_errors import AttachmentNeedsReason, AttachmentsClosed
from kasane_intake.domain.consultation import Consultation
from kasane_intake.domain.protected import WithheldAddress
from kasane_intake.queries.consultations import consultation
from kasane_intake.repository import Attachments, ProtectedPersons
from kasane_intake.repository.told import told_to
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class Files:
    """The files of a consultation for one viewer; ``may_read`` is False where no file is shown at all."""

    may_read: bool
    address_hidden: bool = False
    attachments: tuple[Attachment, ...] = ()
    looks: Mapping[str, tuple[AttachmentLook, ...]] = field(default_factory=dict)

    def closed(self, attachment: Attachment) -> bool:
        """Whether it opens only with a reason."""
        return self.address_hidden or attachment.void


def files_of(
    connection: Connection,
    viewer: Actor,
    found: Consultation,
    hidden: Mapping[str, WithheldAddress] | None = None,
) -> Files:
    """The files of a consultation that ``consultation`` gave this viewer, newest first.

    ``hidden`` is what is hidden of its people, where the caller has read it already.

    A scan may show anybody of the household and who told it. So it is open to those who may read of everybody,
    and of a hidden complainant only to those who heard it (I-07, I-11). Where somebody's address is hidden
    every file opens with a reason only (I-10).
    """
    if not _reads_all(connection, viewer, found):
        return Files(may_read=False)
    kept = Attachments(connection)
    attachments = kept.of_consultation(found.id)
    looks: dict[str, tuple[AttachmentLook, ...]] = {}
    for look in kept.looks([one.id for one in attachments]) if attachments else ():
        looks[look.attachment_id] = (*looks.get(look.attachment_id, ()), look)
    if hidden is None:
        hidden = ProtectedPersons(connection).among([one.person_id for one in found.persons])
    return Files(True, bool(hidden), attachments, looks)


def readable_files(connection: Connection, viewer: Actor, consultation_id: str) -> Files:
    """The same by id; raises ConsultationNotFound, and AttachmentsClosed where no file is shown."""
    files = files_of(connection, viewer, consultation(connection, viewer, consultation_id))
    if not files.may_read:
        raise AttachmentsClosed
    return files


def known_file(
    connection: Connection, viewer: Actor, consultation_id: str, attachment_id: str
) -> Attachment:
    """What is known of one file; raises AttachmentsClosed or AttachmentNotFound."""
    readable_files(connection, viewer, consultation_id)
    return Attachments(connection).get(consultation_id, attachment_id)


def sealed_file(
    connection: Connection,
    viewer: Actor,
    consultation_id: str,
    attachment_id: str,
    *,
    with_reason: bool = False,
) -> tuple[Attachment, bytes]:
    """One file with its sealed bytes; raises AttachmentsClosed, AttachmentNotFound or AttachmentNeedsReason.

    With a reason it opens where it is closed; a void one to coordinators only.
    """
    files = readable_files(connection, viewer, consultation_id)
    kept = Attachments(connection)
    attachment = kept.get(consultation_id, attachment_id)
    if attachment.void and not viewer.has("coordinator"):
        raise AttachmentsClosed
    if files.closed(attachment) and not with_reason:
        raise AttachmentNeedsReason
    return attachment, kept.sealed(attachment.id)


def _reads_all(connection: Connection, viewer: Actor, found: Consultation) -> bool:
    if found.desk == viewer.office or found.received_by == viewer.account_id:
        return True
    if found.contact.hidden:
        return False
    return found.id in told_to(connection, viewer, (found.id,)).whole
