"""A human service of the directory: what is known about it, from whichever door it came."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from kasane_resources.domain.eligibility import AreaKind, Eligibility
from kasane_resources.domain.errors import EntryWrong
from kasane_resources.domain.location import Location
from kasane_resources.domain.open_data import RowProblem
from kasane_resources.domain.opening import FurtherOpening, every_opening, problems_of
from kasane_resources.domain.organization import Organization
from kasane_resources.domain.profile import (
    MICRO_TASK_LENGTH,
    MOST_MICRO_TASKS,
    MOST_YEN,
    Accessibility,
    CostOption,
    MicroTask,
    Vacancy,
)
from kasane_resources.domain.schedule import Schedule

OLDEST_AGE = 130
FARTHEST_KM = 1000
_NO_ELIGIBILITY = Eligibility()
_NO_LOCATION = Location()
_NO_SCHEDULE = Schedule()
_NO_VACANCY = Vacancy()


class ServiceStatus(StrEnum):
    """Whether a human service can be used now; the words of HSDS, and retired (``docs/hsds.md``)."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily_closed"
    RETIRED = "retired"


class Visibility(StrEnum):
    """Who may know of an entry: everybody, the town hall, or supporters only."""

    PUBLIC = "public"
    TOWN_HALL = "town_hall"
    SUPPORTERS_ONLY = "supporters_only"


class ContactMode(StrEnum):
    """How one gets in touch."""

    PHONE = "phone"
    EMAIL = "email"
    WEB_FORM = "web_form"
    LINE = "line"
    MESSAGE = "message"
    WALK_IN = "walk_in"
    HOME_VISIT = "home_visit"
    ONLINE = "online"


@dataclass(frozen=True)
class HumanServiceEntry:
    """What is known about a human service: typed by a worker, sent by a program or read.

    ``referral_needed`` None is not stated. ``capacity`` is how many it takes in all, ``vacancy`` how many more.
    ``schedule`` and ``location`` are the first; ``further`` are its other times and places.
    """

    name: str
    kana: str = ""
    description: str = ""
    organization_name: str = ""
    corporate_number: str = ""
    url: str = ""
    phone: str = ""
    email: str = ""
    status: ServiceStatus = ServiceStatus.ACTIVE
    categories: tuple[str, ...] = ()
    contact_modes: tuple[ContactMode, ...] = ()
    referral_needed: bool | None = None
    application_process: str = ""
    fees_description: str = ""
    capacity: int | None = None
    visibility: Visibility = Visibility.PUBLIC
    last_confirmed_on: date | None = None
    eligibility: Eligibility = _NO_ELIGIBILITY
    schedule: Schedule = _NO_SCHEDULE
    location: Location = _NO_LOCATION
    alternate_name: str = ""
    alert: str = ""
    vacancy: Vacancy = _NO_VACANCY
    accessibility: tuple[Accessibility, ...] = ()
    accessibility_note: str = ""
    costs: tuple[CostOption, ...] = ()
    micro_tasks: tuple[MicroTask, ...] = ()
    further: tuple[FurtherOpening, ...] = ()

    @property
    def openings(self) -> tuple[FurtherOpening, ...]:
        """Every time with the place where it is, the first first."""
        return every_opening(self.schedule, self.location, self.further)

    def problems(self, today: date) -> Iterator[tuple[str, str]]:
        """The fields that contradict another or themselves, each with the code of its sentence."""
        if not self.name.strip():
            yield "name", "name_missing"
        ages = (
            ("minimum_age", self.eligibility.minimum_age),
            ("maximum_age", self.eligibility.maximum_age),
        )
        for name, age in ages:
            if age is not None and not 0 <= age <= OLDEST_AGE:
                yield name, "age_out_of_range"
        low, high = ages[0][1], ages[1][1]
        if low is not None and high is not None and low > high:
            yield "maximum_age", "age_order"
        area = self.eligibility.area
        if area.kind is AreaKind.TOWNS and not area.words:
            yield "area_words", "area_words_missing"
        if area.kind is AreaKind.RADIUS:
            if area.radius_km is None or not 1 <= area.radius_km <= FARTHEST_KM:
                yield "radius_km", "radius_out_of_range"
            if self.location.position is None:
                yield "latitude", "radius_needs_position"
        if self.location.position is not None and not self.location.position.in_japan:
            yield "latitude", "position_outside_japan"
        if self.last_confirmed_on is not None and self.last_confirmed_on > today:
            yield "last_confirmed_on", "confirmed_in_future"
        if self.url and not self.url.startswith(("https://", "http://")):
            yield "url", "url_without_scheme"
        yield from self.schedule.problems()
        for code in dict.fromkeys(problems_of(self.further, self.schedule, self.location)):
            yield "further", code
        yield from self._profile_problems(today)

    def _profile_problems(self, today: date) -> Iterator[tuple[str, str]]:
        vacancy = self.vacancy
        if vacancy.available is not None:
            if vacancy.available < 0 or (
                self.capacity is not None and vacancy.available > self.capacity
            ):
                yield "vacancy_available", "vacancy_out_of_range"
            if vacancy.asked_on is None:
                yield "vacancy_asked_on", "vacancy_without_day"
        if vacancy.asked_on is not None and vacancy.asked_on > today:
            yield "vacancy_asked_on", "vacancy_in_future"
        if any(cost.amount is not None and not 0 <= cost.amount <= MOST_YEN for cost in self.costs):
            yield "costs", "cost_out_of_range"
        names = [task.name for task in self.micro_tasks]
        if len(names) > MOST_MICRO_TASKS or any(
            not name.strip() or len(name) > MICRO_TASK_LENGTH for name in names
        ):
            yield "micro_tasks", "micro_task_wrong"


@dataclass(frozen=True)
class SourceRow:
    """The row of a file from which an entry came, as it was written, and what was wrong with it."""

    source: str
    key: str
    file_name: str
    digest: str
    original: dict[str, str]
    problems: tuple[RowProblem, ...]
    imported_at: datetime


@dataclass
class HumanService:
    """One human service (支援サービス); what is ``hand_edited`` is not overwritten by imports.

    ``owner`` is the account of the member of staff who keeps it right; ``confirmed_by`` says in words who last
    confirmed it; ``modified_at`` is when it was last saved. ``location_id`` and
    ``at_location_id`` are the ids of its place, empty until it is saved with one.
    """

    id: str
    entry: HumanServiceEntry
    organization: Organization | None = None
    source: SourceRow | None = None
    hand_edited: bool = False
    version: int = 1
    owner: str = ""
    confirmed_by: str = ""
    modified_at: datetime | None = None
    location_id: str = ""
    at_location_id: str = ""

    @classmethod
    def publish(
        cls,
        service_id: str,
        entry: HumanServiceEntry,
        organization: Organization | None,
        today: date,
        source: SourceRow | None = None,
    ) -> "HumanService":
        """A new entry of the directory. Raises EntryWrong."""
        _must_hold(entry, today)
        return cls(service_id, entry, organization, source)

    @property
    def active(self) -> bool:
        """Whether it can be used now."""
        return self.entry.status is ServiceStatus.ACTIVE

    def change(
        self, entry: HumanServiceEntry, organization: Organization | None, today: date
    ) -> None:
        """A worker writes it anew. Raises EntryWrong."""
        _must_hold(entry, today)
        self.entry = entry
        self.organization = organization
        self.hand_edited = True

    def take_over(
        self,
        entry: HumanServiceEntry,
        organization: Organization | None,
        source: SourceRow,
        today: date,
    ) -> None:
        """A newer file says otherwise; the date of confirmation stays. Raises EntryWrong."""
        kept = replace(entry, last_confirmed_on=self.entry.last_confirmed_on)
        _must_hold(kept, today)
        self.entry = kept
        self.organization = organization
        self.source = source


def _must_hold(entry: HumanServiceEntry, today: date) -> None:
    found = tuple(entry.problems(today))
    if found:
        raise EntryWrong(fields=", ".join(name for name, _ in found), problems=found)
