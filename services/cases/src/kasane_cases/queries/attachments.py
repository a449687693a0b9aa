"""Reads what is known of the files of a case, and one file's sealed bytes, with the viewer's right."""

from datetime import date

from sqlalchemy import Connection

from kasane_cases.domain.attachment import Attachment
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.repository import Admission, Attachments, enter
from kasane_kit.auth import Actor


def attachments(
    connection: Connection, viewer: Actor, case_id: str, today: date
) -> tuple[Attachment, ...]:
    """The files of a case that the viewer may open, newest first; raises CaseNotFound."""
    admission = enter(connection, viewer, case_id, today)
    return tuple(
        one for one in Attachments(connection).of_case(case_id) if _shown(admission, one.person_id)
    )


def sealed_file(
    connection: Connection, viewer: Actor, case_id: str, attachment_id: str, today: date
) -> tuple[Attachment, bytes]:
    """One file with its sealed bytes; raises RecordNotFound without the right to its person.

    Raises EmergencyTakesNothingOut, for a file that is opened is a copy.
    """
    admission = enter(connection, viewer, case_id, today)
    admission.check_taking_out()
    files = Attachments(connection)
    attachment = files.get(case_id, attachment_id)
    if not _shown(admission, attachment.person_id):
        raise RecordNotFound
    return attachment, files.sealed(attachment.id)


def _shown(admission: Admission, person_id: str) -> bool:
    return admission.shows(person_id) if person_id else admission.whole
