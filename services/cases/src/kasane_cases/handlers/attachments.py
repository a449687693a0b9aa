"""Keeps files with a case; the bytes are sealed before they are stored."""

import hashlib
from dataclasses import replace

from sqlalchemy import Connection

from kasane_cases.commands import AttachFile
from kasane_cases.domain.attachment import Attachment, AttachmentKind
from kasane_cases.handlers.case_access import open_for_change
from kasane_cases.repository import Attachments
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyRing, SealBroken
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.uploads import Upload

OBJECT = "attachment"
SEALED_FOR = "attachments"


def attach_file(command: AttachFile, uow: UnitOfWork) -> str:
    """Keeps a file with the case, or with one person of it; returns its id."""
    case, _ = open_for_change(command.case_id, uow)
    if command.person_id:
        case.person(command.person_id)
    keep_file(
        uow,
        command.attachment_id,
        case.id,
        command.person_id,
        command.upload,
        AttachmentKind.DOCUMENT,
        note=command.note,
    )
    uow.commit()
    return command.attachment_id


def keep_file(
    uow: UnitOfWork,
    attachment_id: str,
    case_id: str,
    person_id: str,
    upload: Upload,
    kind: AttachmentKind,
    reference: str = "",
    note: str = "",
) -> Attachment:
    """Keeps a file in the caller's transaction, sealed for this place alone."""
    attachment = Attachment(
        id=attachment_id,
        case_id=case_id,
        person_id=person_id,
        kind=kind,
        reference=reference,
        name=upload.name,
        media_type=upload.media_type,
        size=upload.size,
        digest=upload.digest,
        note=note,
        added_at=clock.now(),
        added_by=uow.actor.account_id,
        added_by_name=uow.actor.display_name,
    )
    place = place_of(case_id, attachment_id)
    Attachments(uow.connection).add(attachment, uow.seal(SEALED_FOR, upload.content, place))
    uow.record("cases.attachment.added", OBJECT, attachment_id, basis=upload.digest)
    return attachment


def bring_file(
    uow: UnitOfWork, attachment_id: str, from_case: str, to_case: str, reference: str
) -> str:
    """Keeps a file of one case with another case too, sealed for its place there; returns its id there.

    What lies there already is not kept twice. What the case has not got, and a damaged file, stays where it is
    under its id: it keeps nobody from living elsewhere.
    """
    files = Attachments(uow.connection)
    file = next((one for one in files.of_case(from_case) if one.id == attachment_id), None)
    if file is None:
        return attachment_id
    for there in files.of_case(to_case):
        if (there.person_id, there.digest) == (file.person_id, file.digest):
            return there.id
    try:
        content = uow.unseal(SEALED_FOR, files.sealed(file.id), place_of(from_case, file.id))
    except SealBroken:
        return attachment_id
    brought = replace(file, id=new_id(), case_id=to_case, reference=reference)
    files.add(brought, uow.seal(SEALED_FOR, content, place_of(to_case, brought.id)))
    uow.record("cases.attachment.added", OBJECT, brought.id, basis=brought.digest)
    return brought.id


def place_of(case_id: str, attachment_id: str) -> str:
    """Where a file's seal belongs: it opens nowhere else."""
    return f"cases_attachment|{case_id}|{attachment_id}"


def open_every_file(connection: Connection, keys: KeyRing, municipality: str) -> int:
    """Opens every file of a town and compares it with its digest; returns how many there are.

    Raises SealBroken naming the first that is not what was handed in.
    """
    attachments = Attachments(connection)
    found = attachments.every()
    for attachment in found:
        sealed = attachments.sealed(attachment.id)
        place = place_of(attachment.case_id, attachment.id)
        content = keys.unseal(municipality, SEALED_FOR, sealed, place)
        if hashlib.sha256(content).hexdigest() != attachment.digest:
            raise SealBroken(f"the file {attachment.id} is not the one that was handed in")
    return len(found)
