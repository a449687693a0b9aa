"""The inputs about files of a consultation."""

from dataclasses import dataclass

from kasane_kit.uploads import Upload


@dataclass(frozen=True)
class AttachFiles:
    """Keep checked files with a consultation; ``note`` says what they are."""

    consultation_id: str
    uploads: tuple[Upload, ...]
    note: str = ""


@dataclass(frozen=True)
class VoidAttachment:
    """Take a file back, with a reason."""

    consultation_id: str
    attachment_id: str
    reason: str


@dataclass(frozen=True)
class OpenAttachment:
    """Open a file that is closed, with a reason."""

    consultation_id: str
    attachment_id: str
    reason: str
