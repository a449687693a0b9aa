"""A file that belongs to a case or to one person of it; its bytes are sealed with the town's key."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AttachmentKind(StrEnum):
    """What a file is kept for."""

    CONSENT_EVIDENCE = "consent_evidence"
    DOCUMENT = "document"


@dataclass(frozen=True)
class Attachment:
    """What is known of a file without opening it; ``digest`` is the SHA-256 of the bytes handed in.

    Without ``person_id`` it belongs to the whole case. ``reference`` names the record that it proves.
    """

    id: str
    case_id: str
    person_id: str
    kind: AttachmentKind
    reference: str
    name: str
    media_type: str
    size: int
    digest: str
    note: str
    added_at: datetime
    added_by: str
    added_by_name: str
