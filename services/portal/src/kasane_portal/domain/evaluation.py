"""What agencies say about an item of the evaluation, and the actions of a year from plan to next step."""

from dataclasses import dataclass
from datetime import datetime

from kasane_portal.domain.errors import WordsMissing


@dataclass(frozen=True)
class AgencyRemark:
    """The comment of an agency on one item of a year's evaluation; every comment stays."""

    id: str
    framework: str
    year: int
    item: str
    agency: str
    words: str
    entered_by: str
    entered_at: datetime

    def check(self) -> None:
        """Raises WordsMissing without an agency or without words."""
        if not (self.agency.strip() and self.words.strip()):
            raise WordsMissing


@dataclass(frozen=True)
class ActionEntry:
    """How an action of a fiscal year stands: planned, done, found, what comes next (PDCA).

    Entries with the same ``action_id`` are of one action; the latest stands, those before stay readable.
    """

    id: str
    action_id: str
    year: int
    title: str
    plan: str
    done: str
    found: str
    next_step: str
    entered_by: str
    entered_at: datetime

    def check(self) -> None:
        """Raises WordsMissing for an action without a title or a plan."""
        if not (self.title.strip() and self.plan.strip()):
            raise WordsMissing
