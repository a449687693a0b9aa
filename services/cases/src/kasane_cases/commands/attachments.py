"""The input about a file of a case."""

from dataclasses import dataclass

from kasane_kit.uploads import Upload


@dataclass(frozen=True)
class AttachFile:
    """Keep a checked file with a case, or with one person of it."""

    attachment_id: str
    case_id: str
    upload: Upload
    person_id: str = ""
    note: str = ""
