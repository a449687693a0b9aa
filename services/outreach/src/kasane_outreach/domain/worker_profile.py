"""When and how a worker goes round: hours, breaks, days off, skills, where the way begins and ends."""

from dataclasses import dataclass, field
from datetime import date

from kasane_outreach.domain.planning import WorkPause
from kasane_outreach.domain.planning_errors import HoursUnreadable
from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.routing import END_OF_DAY

MOST_A_DAY = 40
Hours = tuple[int, int]


@dataclass
class WorkerProfile:
    """What a plan has to know about one worker. ``hours`` are begin and end by weekday, Monday 0.

    Raises HoursUnreadable. Without an end place the way ends where it began.
    """

    account_id: str
    agency: str = ""
    skills: frozenset[str] = frozenset()
    sex: str = ""
    languages: frozenset[str] = frozenset()
    mode: TravelMode = TravelMode.CAR
    hours: dict[int, Hours] = field(default_factory=dict)
    pauses: tuple[WorkPause, ...] = ()
    days_off: frozenset[date] = frozenset()
    works_on_holidays: bool = False
    on_call: bool = False
    most_visits: int = 0
    start: Position | None = None
    start_block: str = ""
    end: Position | None = None
    end_block: str = ""
    version: int = 0

    def __post_init__(self) -> None:
        """Refuses hours and breaks that nobody can work."""
        for begins, ends in self.hours.values():
            if not 0 <= begins < ends <= END_OF_DAY:
                raise HoursUnreadable
        for pause in self.pauses:
            if pause.minutes <= 0 or pause.latest - pause.earliest < pause.minutes:
                raise HoursUnreadable
        if not 0 <= self.most_visits <= MOST_A_DAY:
            raise HoursUnreadable

    def hours_on(self, day: date, *, holiday: bool) -> Hours | None:
        """The working hours of a day; None on a day off, on a weekday without hours, and on most holidays."""
        if day in self.days_off or (holiday and not self.works_on_holidays):
            return None
        return self.hours.get(day.weekday())

    def pauses_within(self, hours: Hours) -> tuple[WorkPause, ...]:
        """The breaks that fall into these hours; a half day has none of the afternoon's."""
        begins, ends = hours
        return tuple(
            pause for pause in self.pauses if begins <= pause.earliest and pause.latest <= ends
        )
