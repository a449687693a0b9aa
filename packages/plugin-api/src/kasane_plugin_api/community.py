"""The answers about participation support and community building: plain frozen data, like all answers."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar

from kasane_plugin_api.answers import Choice
from kasane_plugin_api.scopes import DataScope


@dataclass(frozen=True)
class ParticipationRule:
    """How participation support (参加支援) goes in a town.

    ``judged_by`` is the code of a body, or a ``LegalKind``, that must have judged it needed before
    anything is planned; empty when no judgement is asked for. ``carried_by`` is the code of the office
    that carries it out; ``tracks`` are ways that go on side by side. ``stated`` is False where the town's
    documents say nothing and the platform's own way stands.
    """

    reason: str
    judged_by: str = ""
    carried_by: str = ""
    steps: tuple[str, ...] = ()
    tracks: tuple[Choice, ...] = ()
    settle_every_days: int = 30
    stated: bool = True
    source: str = ""


class CommunityLevel(StrEnum):
    """How wide a community issue reaches: 自治会, 小・中学校区 or 日常生活圏域, the whole town."""

    NEIGHBOURHOOD = "neighbourhood"
    DISTRICT = "district"
    TOWN = "town"


@dataclass(frozen=True)
class IssueView:
    """A community issue as a town's rule may see it: a theme and a place, never a person.

    ``kind`` says from where it was raised: ``cases``, ``gaps``, ``gathering`` or ``worker``.
    """

    SCOPE: ClassVar[DataScope] = DataScope.ISSUE

    theme: str
    level: CommunityLevel
    areas: tuple[str, ...] = ()
    kind: str = "cases"


@dataclass(frozen=True)
class CommunityRoute:
    """To which body a community issue goes first at its level, with the town's reason and source.

    ``body`` is a code out of ``meeting_bodies``, or empty when the town's documents name none and
    somebody has to choose. ``further`` are bodies the document names beside it; ``next_level`` is where
    it goes when it cannot be answered here, None at the top.
    """

    reason: str
    body: str = ""
    further: tuple[str, ...] = ()
    next_level: CommunityLevel | None = None
    source: str = ""


@dataclass(frozen=True)
class RouteAtLevel:
    """The way of an issue at one level, as a row of structure.toml; ``kinds`` are from where it may come.

    Without ``kinds`` it holds for every issue.
    """

    level: CommunityLevel
    route: CommunityRoute
    kinds: tuple[str, ...] = ()

    def holds_for(self, issue: IssueView) -> bool:
        """Whether the document means an issue like this."""
        return issue.level is self.level and (not self.kinds or issue.kind in self.kinds)


@dataclass(frozen=True)
class TrainingCourse:
    """A course for people who support others: its parts in order and what follows for graduates.

    ``audience`` is the document's own words.
    """

    code: str
    label: str
    parts: tuple[str, ...] = ()
    audience: str = ""
    follow_up: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""


@dataclass(frozen=True)
class CommunityNetwork:
    """A network of groups: what its members do, and how the town counts it.

    A member that does several things is counted at each when ``multi_counted``; ``footnote`` is
    printed below the table then.
    """

    code: str
    label: str
    activities: tuple[Choice, ...] = field(default_factory=tuple)
    multi_counted: bool = False
    footnote: str = ""
    source: str = ""
