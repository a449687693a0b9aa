"""What a town's document says beside all that the platform asks one by one: shown to staff, read by no rule."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FactTopic(StrEnum):
    """Under which heading of the town's page a fact stands."""

    TOWN = "town"
    DESK = "desk"
    MEETING = "meeting"
    OUTREACH = "outreach"
    PARTICIPATION = "participation"
    COMMUNITY = "community"
    RESOURCE = "resource"
    PEOPLE = "people"
    PLAN = "plan"
    REFERENCE = "reference"


@dataclass(frozen=True)
class TownFact:
    """A thing that a town's document says, in its words, with its lines.

    ``words`` is empty where the document names the thing and says no more: the page then says *not
    stated*. ``note`` says how it was read, or what it must not be taken for.
    """

    code: str
    topic: FactTopic
    label: str
    words: str
    source: str
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
