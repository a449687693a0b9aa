"""A need as the matching sees it: what somebody needs, and what is known of the household."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kasane_resources.domain.folding import fold
from kasane_resources.domain.human_service import ContactMode
from kasane_resources.domain.location import Position
from kasane_resources.domain.profile import Accessibility
from kasane_resources.domain.schedule import DAYS
from kasane_resources.domain.thesaurus import Condition, Situation, thesaurus

USEFUL = 2.0
_WEEK, _WEEKEND = DAYS[:5], DAYS[5:]
CIRCUMSTANCES: Mapping[str, frozenset[Accessibility]] = {
    "wheelchair": frozenset({Accessibility.WHEELCHAIR, Accessibility.STEP_FREE}),
    "hard_of_hearing": frozenset(
        {
            Accessibility.SIGN_LANGUAGE,
            Accessibility.WRITTEN_CONVERSATION,
            Accessibility.SUBTITLES,
        }
    ),
    "hard_of_seeing": frozenset(
        {
            Accessibility.TACTILE_PAVING,
            Accessibility.READ_ALOUD,
            Accessibility.ASSISTANCE_DOG,
        }
    ),
    "with_infant": frozenset(
        {Accessibility.NURSING_ROOM, Accessibility.DIAPER_TABLE, Accessibility.PRAM}
    ),
}
TIMES = {
    "weekday_daytime": "平日",
    "weekday_evening": "平日夕",
    "weekend": "土日",
}
_TIMES = (
    ("平日昼は困難", DAYS, "17:00", "22:00"),
    ("平日夕", _WEEK, "17:00", "22:00"),
    ("平日夜", _WEEK, "18:00", "22:00"),
    ("放課後", _WEEK, "15:00", "20:00"),
    ("土日", _WEEKEND, "09:00", "17:00"),
    ("土曜", ("SA",), "09:00", "17:00"),
    ("日曜", ("SU",), "09:00", "17:00"),
    ("夕方", DAYS, "16:00", "20:00"),
    ("夜間", DAYS, "18:00", "22:00"),
    ("平日", _WEEK, "09:00", "17:00"),
    ("日中", DAYS, "09:00", "17:00"),
)


@dataclass(frozen=True)
class Availability:
    """On which days and between which hours the household can be reached or can go somewhere."""

    days: tuple[str, ...]
    since: str
    until: str

    @classmethod
    def read(cls, words: str) -> "Availability | None":
        """What a worker's words say of it; None when they say nothing or "at any time"."""
        for known, days, since, until in _TIMES:
            if known in words:
                return cls(days, since, until)
        return None


@dataclass(frozen=True)
class Need:
    """What somebody needs, without the person; ``categories`` are its code and the national one.

    ``ages`` and ``conditions`` are those of the household, ``issues`` words of the intake; ``fits``
    holds for each circumstance what a place may offer for it, ``unborn`` a child to be born; the rest
    says how the household can be reached. Everything but the category may be unknown.
    """

    category: str
    categories: tuple[str, ...]
    municipality: str
    age: int | None = None
    area: str = ""
    town_name: str = ""
    position: Position | None = None
    description: str = ""
    ages: tuple[int, ...] = ()
    issues: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    without_car: bool = False
    contact: ContactMode | None = None
    fits: tuple[frozenset[Accessibility], ...] = ()
    unborn: bool = False
    availability: Availability | None = None

    @cached_property
    def known_ages(self) -> tuple[int, ...]:
        """The ages of everybody a service could be for."""
        own = () if self.age is None else (self.age,)
        coming = (one.age for one in self.situations if one.age is not None)
        known = (*own, *self.ages, *((0,) if self.unborn else ()))
        return tuple(dict.fromkeys((*known, *coming))) if known else ()

    @cached_property
    def situations(self) -> tuple[Situation, ...]:
        """What the words of the need tell of, by the thesaurus."""
        return thesaurus().told_by((self.description, *self.issues, *self.conditions))

    @cached_property
    def strengths(self) -> dict[str, tuple[float, int]]:
        """For each kind of service: how well it answers the words, and how many situations."""
        told = self.situations
        found: dict[str, tuple[float, int]] = {}
        for situation in told:
            for kind, strength in situation.answered.items():
                best, count = found.get(kind, (0.0, 0))
                found[kind] = (max(best, strength), count + (strength >= USEFUL))
        for kind in {kind for situation in told for kind in situation.later} & set(found):
            best, count = found[kind]
            found[kind] = (max(best - 1, min(best, 1.0)), count)
        fields = {situation.life_field for situation in told}
        for kind, (one, many) in thesaurus().gateway.items():
            best, count = found.get(kind, (0.0, 0))
            found[kind] = (max(best, many if len(fields) > 1 else one), count)
        for kind, (low, high, worth) in thesaurus().gateway_by_age.items():
            if any(low <= age <= high for age in self.known_ages):
                best, count = found.get(kind, (0.0, 0))
                found[kind] = (max(best, worth), count)
        return found

    @cached_property
    def told(self) -> frozenset[str]:
        """The codes of ``situations``."""
        return frozenset(one.code for one in self.situations)

    def has(self, condition: Condition) -> bool | None:
        """Whether somebody has what a service asks for; None when nothing says so."""
        if any(word in text for word in condition.has for text in self._texts):
            return True
        if any(word in text for word in condition.lacks for text in self._texts):
            return False
        return None

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(map(fold, (self.description, *self.issues, *self.conditions)))
