"""The inputs of the handlers of participation support and of support for hosts."""

from dataclasses import dataclass
from datetime import date

from kasane_resources.domain.host_support import HostSupportKind


@dataclass(frozen=True)
class MatchHost:
    """Name the entry of the directory where a person could take part, and with what."""

    participation_id: str
    human_service_id: str
    activity: str
    version: int


@dataclass(frozen=True)
class DevelopMicroTask:
    """Make a new micro-task with a host, in words that name nobody, and match it."""

    participation_id: str
    human_service_id: str
    name: str
    organization_name: str
    description: str
    days: tuple[str, ...]
    capacity: int | None
    version: int
    address: str = ""


@dataclass(frozen=True)
class BeginTrial:
    """Begin to try it out, until a day on which somebody looks again."""

    participation_id: str
    since: date
    until: date
    introduces_self: bool
    version: int
    reason: str = ""


@dataclass(frozen=True)
class Place:
    """Take somebody on for good; ``every_days`` is how often somebody looks in."""

    participation_id: str
    every_days: int
    version: int
    reason: str = ""


@dataclass(frozen=True)
class TakeStep:
    """Say that it holds by itself, came back, goes on, or ends."""

    participation_id: str
    version: int
    reason: str = ""


@dataclass(frozen=True)
class RecordHostSupport:
    """Write down a contact with a host, a worry of the host's, or a visit; it names nobody."""

    support_id: str
    host_id: str
    kind: HostSupportKind
    on: date
    note: str


@dataclass(frozen=True)
class AnswerWorry:
    """Answer a worry of this host."""

    host_id: str
    support_id: str
    answer: str
    version: int
