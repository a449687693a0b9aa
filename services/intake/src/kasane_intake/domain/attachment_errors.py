"""What is refused about the files of a consultation; each code has its sentences in strings/."""

from kasane_intake.domain.errors import IntakeRefusal


class AttachmentNotFound(IntakeRefusal):
    """No such file, or it is not open to this person."""

    code = "not_found"
    status = 404


class AttachmentsClosed(IntakeRefusal):
    """Files may show anybody of the household and who told it: only who may read all of it sees and adds them."""

    code = "attachments_closed"
    status = 403


class AttachmentNeedsReason(IntakeRefusal):
    """A person's address is hidden, or the file was taken back: it opens only with a reason."""

    code = "attachment_needs_reason"


class TooManyAttachments(IntakeRefusal):
    """More files at once, or with one consultation, than are kept."""

    code = "too_many_attachments"
    status = 422
