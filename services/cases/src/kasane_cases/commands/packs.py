"""The inputs about the meeting pack and the case study."""

from dataclasses import dataclass

from kasane_cases.domain.pack import CopyState


@dataclass(frozen=True)
class IssuePack:
    """Open the pages of the pack to everybody who is bound and attends."""

    session_id: str


@dataclass(frozen=True)
class PrintCopies:
    """Number a copy for each who attends and is bound."""

    session_id: str


@dataclass(frozen=True)
class SettleCopy:
    """Note that a copy was collected or destroyed."""

    session_id: str
    copy_id: str
    state: CopyState


@dataclass(frozen=True)
class SetPackDays:
    """Say for how many days after the session the pages stay open."""

    session_id: str
    days: int


@dataclass(frozen=True)
class MakeCaseStudy:
    """Tell a case without saying whose it is; ``told`` are headings with their words."""

    case_id: str
    told: tuple[tuple[str, str], ...]
