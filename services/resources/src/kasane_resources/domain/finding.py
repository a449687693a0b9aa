"""What an entry is found by, in the form in which databases compare it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kasane_resources.domain.columns import costs_nothing, day_bits, minutes
from kasane_resources.domain.folding import fold
from kasane_resources.domain.human_service import ContactMode, HumanService, ServiceStatus
from kasane_resources.domain.opening import FurtherOpening
from kasane_resources.domain.schedule import WEEKS, Schedule


@dataclass(frozen=True)
class Findable:
    """The facts of one entry that searching and matching choose it by; ``text`` and ``sort_key`` are folded."""

    human_service_id: str
    name: str
    kana: str
    text: str
    sort_key: str
    status: str
    visibility: str
    minimum_age: int | None
    maximum_age: int | None
    area_kind: str
    area_words: tuple[str, ...]
    radius_km: int | None
    municipality: str
    latitude: float | None
    longitude: float | None
    byday: tuple[str, ...]
    opens_at: str
    closes_at: str
    weeks: tuple[int, ...]
    monthdays: tuple[int, ...]
    interval: int
    valid_from: date | None
    valid_to: date | None
    contact_modes: tuple[str, ...]
    fees: str
    costs: tuple[int | None, ...]
    referral_needed: bool | None
    confirmed_on: date | None
    further: tuple[FurtherOpening, ...] = ()

    @classmethod
    def of(cls, one: HumanService, text: str, sort_key: str) -> "Findable":
        """What this entry is found by."""
        entry = one.entry
        eligibility, schedule, place = entry.eligibility, entry.schedule, entry.location
        return cls(
            human_service_id=one.id,
            name=entry.name,
            kana=entry.kana,
            text=text,
            sort_key=sort_key,
            status=entry.status.value,
            visibility=entry.visibility.value,
            minimum_age=eligibility.minimum_age,
            maximum_age=eligibility.maximum_age,
            area_kind=eligibility.area.kind.value,
            area_words=eligibility.area.words,
            radius_km=eligibility.area.radius_km,
            municipality=place.municipality,
            latitude=place.position.latitude if place.position else None,
            longitude=place.position.longitude if place.position else None,
            byday=schedule.byday,
            opens_at=schedule.opens_at,
            closes_at=schedule.closes_at,
            weeks=schedule.weeks,
            monthdays=schedule.monthdays,
            interval=schedule.interval,
            valid_from=schedule.valid_from,
            valid_to=schedule.valid_to,
            contact_modes=tuple(mode.value for mode in entry.contact_modes),
            fees=entry.fees_description,
            costs=tuple(cost.amount for cost in entry.costs),
            referral_needed=entry.referral_needed,
            confirmed_on=entry.last_confirmed_on,
            further=entry.openings[1:],
        )

    def values(self) -> dict[str, Any]:
        """The columns of the row in the database, but for its number, its mark and the area's words."""
        return {
            "human_service_id": self.human_service_id,
            "active": self.status == ServiceStatus.ACTIVE.value,
            "visibility": self.visibility,
            "minimum_age": self.minimum_age,
            "maximum_age": self.maximum_age,
            "area_kind": self.area_kind,
            "radius_km": self.radius_km,
            "municipality": self.municipality,
            "latitude": self.latitude,
            "longitude": self.longitude,
            **time_values(
                Schedule(
                    byday=self.byday,
                    opens_at=self.opens_at,
                    closes_at=self.closes_at,
                    weeks=self.weeks,
                    monthdays=self.monthdays,
                    interval=self.interval,
                    valid_from=self.valid_from,
                    valid_to=self.valid_to,
                )
            ),
            "by_line": ContactMode.LINE.value in self.contact_modes,
            "visits": ContactMode.HOME_VISIT.value in self.contact_modes,
            "free": self._free,
            "referral_needed": self.referral_needed,
            "confirmed_on": self.confirmed_on,
            "name": fold(self.name) + "\n" + fold(self.kana),
            "text": self.text,
            "sort_key": self.sort_key,
        }

    def further_values(self) -> list[dict[str, Any]]:
        """The columns of the rows of its other times and places, but for the number of the entry."""
        return [
            {
                "position": position,
                "latitude": one.location.position.latitude if one.location.position else None,
                "longitude": one.location.position.longitude if one.location.position else None,
                **time_values(one.schedule),
            }
            for position, one in enumerate(self.further, start=2)
        ]

    @property
    def _free(self) -> bool:
        if self.costs:
            return all(amount == 0 for amount in self.costs)
        return costs_nothing(self.fees)


def time_values(schedule: Schedule) -> dict[str, Any]:
    """The columns that say when something is open."""
    return {
        "days": day_bits(schedule.byday),
        "weeks": sum(1 << WEEKS.index(week) for week in set(schedule.weeks)),
        "monthdays": sum(1 << day for day in set(schedule.monthdays)),
        "every_time": schedule.interval == 1,
        "valid_from": schedule.valid_from,
        "valid_to": schedule.valid_to,
        "opens": minutes(schedule.opens_at),
        "closes": minutes(schedule.closes_at),
    }
