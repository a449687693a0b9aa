"""The inputs of resources' handlers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from kasane_resources.domain.human_service import HumanServiceEntry
from kasane_resources.domain.profile import HostContact
from kasane_resources.domain.quarantine import QuarantineDecision


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
class WriteHostContact:
    """Write down whom supporters ask at the host of an entry; an empty contact takes it away.

    The contact carries the version of the one that was read.
    """

    human_service_id: str
    contact: HostContact


@dataclass(frozen=True)
class PreviewImport:
    """Read an open-data file of one of the town's sources without changing the directory."""

    import_id: str
    source: str
    file_name: str
    content: bytes


@dataclass(frozen=True)
class KeepLongFile:
    """Keep a long open-data file of one of the town's sources, to be read by the worker; ``stream`` can be sought."""

    import_id: str
    source: str
    file_name: str
    stream: IO[bytes]


@dataclass(frozen=True)
class ApplyImport:
    """Take the rows of a looked-at file into the directory; ``retires`` what it no longer lists."""

    import_id: str
    retires: bool = False


@dataclass(frozen=True)
class StopImport:
    """Stop an import that waits or runs."""

    import_id: str


@dataclass(frozen=True)
class MapColumns:
    """Say what the columns of a town's own table mean, by their names in the file."""

    import_id: str
    header: tuple[str, ...]
    name: str
    columns: Mapping[str, str]
    kind: str = ""


@dataclass(frozen=True)
class DecideCell:
    """Decide what becomes of a personal contact in quarantine."""

    cell_id: str
    decision: QuarantineDecision


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
