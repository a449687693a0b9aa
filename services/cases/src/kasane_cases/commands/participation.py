"""The inputs about participation support and community issues."""

from dataclasses import dataclass

from kasane_cases.domain.community_issue import IssueLevel
from kasane_cases.domain.consent import AttendeeKind, DataClass


@dataclass(frozen=True)
class ProposeParticipation:
    """Propose participation support for a person; the wish names nobody."""

    participation_id: str
    case_id: str
    person_id: str
    category: str
    wish: str


@dataclass(frozen=True)
class JudgeParticipation:
    """Write down what a held session judged about an item's person."""

    session_id: str
    item_id: str
    participation_id: str
    needed: bool


@dataclass(frozen=True)
class TellHost:
    """Tell the host who comes."""

    disclosure_id: str
    case_id: str
    participation_id: str
    recipient: AttendeeKind
    data_classes: tuple[DataClass, ...]


@dataclass(frozen=True)
class RaiseCommunityIssue:
    """Raise a theme that several households share, for places or the whole town."""

    issue_id: str
    theme: str
    level: IssueLevel
    areas: tuple[str, ...] = ()
