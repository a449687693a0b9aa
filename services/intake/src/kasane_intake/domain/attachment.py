"""A file that came with a consultation: a letter, a print of an e-mail, a photo; its bytes are sealed."""

from dataclasses import dataclass
from datetime import datetime

from kasane_intake.domain.errors import WrongStep
from kasane_intake.domain.sheet_errors import ReasonMissing


@dataclass
class Attachment:
    """What is known of a file without opening it; ``digest`` is the SHA-256 of the bytes handed in.

    A file is never deleted: a void one stays in the list with its reason and is closed to all but coordinators.
    """

    id: str
    consultation_id: str
    name: str
    media_type: str
    size: int
    digest: str
    note: str
    added_at: datetime
    added_by: str
    added_by_name: str
    void_reason: str = ""
    voided_at: datetime | None = None
    voided_by_name: str = ""

    @property
    def void(self) -> bool:
        """Whether it was taken back."""
        return self.voided_at is not None

    def make_void(self, reason: str, at: datetime, by_name: str) -> None:
        """Takes the file back with a reason. Raises ReasonMissing, or WrongStep the second time."""
        if not reason.strip():
            raise ReasonMissing
        if self.void:
            raise WrongStep(status="void")
        self.void_reason, self.voided_at, self.voided_by_name = reason, at, by_name


@dataclass(frozen=True)
class AttachmentLook:
    """A file that is closed was opened once, with this reason."""

    id: str
    attachment_id: str
    reason: str
    at: datetime
    by_account: str
    by_name: str
