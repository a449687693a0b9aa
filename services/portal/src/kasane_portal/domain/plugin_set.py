"""The set of plugins that a town chose: every revision is kept, and going back makes a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kasane_portal.domain.errors import (
    ReasonForSetMissing,
    RevisionUnknown,
    SetChangedMeanwhile,
    SetIsTheSame,
)

OF_THE_FILE = 0
"""The number of the set that stands in the town's file."""


@dataclass(frozen=True)
class PreviewShown:
    """What was shown before a set was enabled: how many decisions of the year were asked again and how many
    differ, and the names that come and go."""

    asked: int = 0
    different: int = 0
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class PluginTrial:
    """A set that was tried, and the revision that stood while it was; only this can be enabled."""

    id: str
    seen: int
    plugins: tuple[str, ...]
    settings: str
    preview: PreviewShown
    tried_by: str
    tried_at: datetime


@dataclass(frozen=True)
class PluginSet:
    """One revision: plugins in asking order, their settings as lines of TOML, who chose them, when and why.

    ``preview`` is None where an earlier revision was taken up again; ``back_to`` says which.
    """

    revision: int
    plugins: tuple[str, ...]
    settings: str
    chosen_by: str
    chosen_at: datetime
    chosen_on: date
    reason: str
    preview: PreviewShown | None = None
    back_to: int | None = None


def current_revision(revisions: Sequence[PluginSet]) -> int:
    """The number of the revision that stands, ``OF_THE_FILE`` before the first choice."""
    return max((one.revision for one in revisions), default=OF_THE_FILE)


def check_choice(
    revisions: Sequence[PluginSet], seen: int, reason: str, *, same_as_today: bool
) -> None:
    """Raises SetChangedMeanwhile, SetIsTheSame and ReasonForSetMissing; nothing may be chosen then."""
    if seen != current_revision(revisions):
        raise SetChangedMeanwhile(revision=current_revision(revisions))
    if same_as_today:
        raise SetIsTheSame
    if not reason.strip():
        raise ReasonForSetMissing


def earlier(revisions: Sequence[PluginSet], number: int) -> PluginSet:
    """A revision by its number; raises RevisionUnknown."""
    for one in revisions:
        if one.revision == number:
            return one
    raise RevisionUnknown(revision=number)
