"""The inputs of resources' handlers."""

from dataclasses import dataclass

from kasane_resources.domain.human_service import HumanServiceEntry


@dataclass(frozen=True)
class PublishHumanService:
    """Put a human service into the directory."""

    human_service_id: str
    entry: HumanServiceEntry


@dataclass(frozen=True)
class ChangeHumanService:
    """Write an entry of the directory anew."""

    human_service_id: str
    entry: HumanServiceEntry
    version: int


@dataclass(frozen=True)
class PreviewImport:
    """Read an open-data file of one of the town's sources without changing the directory."""

    import_id: str
    source: str
    file_name: str
    content: bytes


@dataclass(frozen=True)
class ApplyImport:
    """Take the rows of a looked-at file into the directory."""

    import_id: str


@dataclass(frozen=True)
class ImportSample:
    """Take the sample list that comes with the platform into the directory."""

    import_id: str


@dataclass(frozen=True)
class AnswerReferral:
    """Write down an organization's answer to a referral; a refusal has a reason."""

    referral_id: str
    accepted: bool
    reason: str = ""
