"""What the Japanese profile says of a human service beside the plain fields of HSDS (``docs/hsds.md``)."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

MICRO_TASK_LENGTH = 60
MOST_MICRO_TASKS = 30
MOST_YEN = 10_000_000


class Accessibility(StrEnum):
    """What makes a place usable for everybody; the words of the national layout for public facilities."""

    WHEELCHAIR = "wheelchair"
    STEP_FREE = "step_free"
    ACCESSIBLE_TOILET = "accessible_toilet"
    OSTOMATE_TOILET = "ostomate_toilet"
    TACTILE_PAVING = "tactile_paving"
    READ_ALOUD = "read_aloud"
    ASSISTANCE_DOG = "assistance_dog"
    SUBTITLES = "subtitles"
    WRITTEN_CONVERSATION = "written_conversation"
    SIGN_LANGUAGE = "sign_language"
    PRIORITY_PARKING = "priority_parking"
    NURSING_ROOM = "nursing_room"
    DIAPER_TABLE = "diaper_table"
    PRAM = "pram"
    EASY_JAPANESE = "easy_japanese"


@dataclass(frozen=True)
class Vacancy:
    """How many places are free, and on which day somebody said so. ``available`` None is not known."""

    available: int | None = None
    asked_on: date | None = None
    note: str = ""

    @property
    def known(self) -> bool:
        """Whether anybody said anything about free places."""
        return self.available is not None or bool(self.note)

    @property
    def full(self) -> bool:
        """Whether it was said that no place is free."""
        return self.available == 0


@dataclass(frozen=True)
class CostOption:
    """What one kind of user pays, in yen; ``amount`` 0 is free, None is said in words only."""

    option: str
    amount: int | None = None
    description: str = ""


@dataclass(frozen=True)
class MicroTask:
    """One small task that a host offers to somebody who takes part (値札貼り, 清掃 …).

    ``minutes`` is how long it takes at a time, 0 when that is open. It never names a person.
    """

    name: str
    note: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class HostContact:
    """Whom supporters ask at the host: kept apart from the public entry, and never exported.

    ``version`` counts how often it was written; two contacts are the same when their words are.
    """

    name: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    version: int = field(default=0, compare=False)

    @property
    def known(self) -> bool:
        """Whether anything is written down."""
        return self != HostContact()
