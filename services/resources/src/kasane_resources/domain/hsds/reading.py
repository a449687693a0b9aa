"""Reads a service of HSDS 3.1 as an entry of the directory; what it cannot hold is said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.hsds.terms import FACTS, KINDS
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanServiceEntry,
    ServiceStatus,
    Visibility,
)
from kasane_resources.domain.location import Location, Position, municipality_code_holds
from kasane_resources.domain.open_data import RowProblem
from kasane_resources.domain.opening import FurtherOpening, in_order
from kasane_resources.domain.organization import corporate_number_holds
from kasane_resources.domain.profile import Accessibility, CostOption, MicroTask, Vacancy
from kasane_resources.domain.schedule import Schedule, read_rule_days
from kasane_resources.domain.taxonomy import taxonomy

E = TypeVar("E", bound=StrEnum)
_STATUS = {
    "active": ServiceStatus.ACTIVE,
    "inactive": ServiceStatus.INACTIVE,
    "defunct": ServiceStatus.DEFUNCT,
    "temporarily closed": ServiceStatus.TEMPORARILY_CLOSED,
}
_CLOCK = re.compile(r"^([01]?[0-9]|2[0-3]):([0-5][0-9])")
_RADIUS = re.compile(r"^radius ([0-9]{1,4}) km$")
_TASK = re.compile(r"^([0-9]{1,4})分：(.*)$", re.DOTALL)
_ONE_OF = ("phones", "capacities")
_NOT_HELD = (
    "program",
    "funding",
    "languages",
    "required_documents",
    "contacts",
    "additional_urls",
    "interpretation_services",
    "wait_time",
    "accreditations",
    "licenses",
)


@dataclass(frozen=True)
class HsdsService:
    """A service that was read: its entry, and which parts of it the directory does not hold."""

    entry: HumanServiceEntry
    problems: tuple[RowProblem, ...]
    location_id: str = ""
    at_location_id: str = ""
    organization_id: str = ""


def read_service(written: Mapping[str, Any], visibility: Visibility) -> HsdsService:
    """The entry of a nested service; ``visibility`` holds where the profile says nothing else."""
    return _Reading(written, visibility).read()


class _Reading:
    """One service while it is read, with the problems found so far."""

    def __init__(self, written: Mapping[str, Any], visibility: Visibility) -> None:
        self._written = written
        self._visibility = visibility
        self._problems: list[RowProblem] = []
        self._said: dict[str, list[tuple[str, str]]] = {}
        self._kinds: list[str] = []
        for attribute in _rows(written, "attributes"):
            self._hear(attribute)

    def read(self) -> HsdsService:
        """The whole."""
        for name in _NOT_HELD:
            if self._written.get(name):
                self._report(name, "hsds_not_held", self._written[name])
        for name in _ONE_OF:
            if len(_rows(self._written, name)) > 1:
                self._report(name, "hsds_only_first", self._written[name])
        ats = self._places()
        at = ats[0] if ats else {}
        place = _mapping(at.get("location"))
        times = [*_rows(self._written, "schedules"), *_rows(at, "schedules")]
        organization = _mapping(self._written.get("organization"))
        entry = HumanServiceEntry(
            name=self._text("name"),
            kana=self._fact("name_kana"),
            alternate_name=self._text("alternate_name"),
            description=self._text("description"),
            organization_name=_as_text(organization.get("name")),
            corporate_number=self._corporate_number(organization),
            url=self._url(),
            phone=_as_text(_first(self._written, "phones").get("number")),
            email=self._text("email"),
            status=self._status(),
            categories=tuple(dict.fromkeys(self._kinds)),
            contact_modes=self._members("contact_mode", ContactMode),
            referral_needed={"true": True, "false": False}.get(self._fact("referral_needed")),
            application_process=self._text("application_process"),
            fees_description=self._text("fees_description") or self._text("fees"),
            capacity=self._capacity(),
            visibility=self._member("visibility", Visibility, self._visibility),
            last_confirmed_on=self._day(self._written.get("assured_date"), "assured_date"),
            eligibility=Eligibility(
                self._age("minimum_age"),
                self._age("maximum_age"),
                self._text("eligibility_description"),
                self._area(),
            ),
            schedule=self._schedule(times[0] if times else {}),
            location=self._location(place, self._fact("municipality")),
            alert=self._text("alert"),
            vacancy=self._vacancy(),
            accessibility=self._members("accessibility", Accessibility),
            accessibility_note=self._fact("accessibility_note") or self._foreign_access(place),
            costs=tuple(map(self._cost, _rows(self._written, "cost_options"))),
            micro_tasks=tuple(_task(*said) for said in self._said.get("micro_task", ())),
            further=in_order(self._further(times[1:], ats[1:])),
        )
        return HsdsService(
            entry,
            tuple(self._problems),
            _as_text(place.get("id")),
            _as_text(at.get("id")),
            _as_text(organization.get("id")),
        )

    def _hear(self, attribute: Mapping[str, Any]) -> None:
        term = _mapping(attribute.get("taxonomy_term"))
        code, value = _as_text(term.get("code")), _as_text(attribute.get("value"))
        if term.get("taxonomy") == FACTS:
            self._said.setdefault(code, []).append((value, _as_text(attribute.get("label"))))
        elif term.get("taxonomy") == KINDS and code in taxonomy():
            self._kinds.append(code)
        else:
            self._report("attributes", "hsds_term_unknown", term.get("name") or value or code)

    def _report(self, column: str, code: str, original: Any) -> None:
        self._problems.append(RowProblem(column, code, _as_text(original)[:500]))

    def _text(self, name: str) -> str:
        return _as_text(self._written.get(name))

    def _fact(self, code: str) -> str:
        said = self._said.get(code)
        return said[0][0] if said else ""

    def _members(self, code: str, known: type[E]) -> tuple[E, ...]:
        found = []
        for value, _label in self._said.get(code, ()):
            if value in {one.value for one in known}:
                found.append(known(value))
            else:
                self._report(code, "hsds_word_unknown", value)
        return tuple(found)

    def _member(self, code: str, known: type[E], otherwise: E) -> E:
        found = self._members(code, known)
        return found[0] if found else otherwise

    def _status(self) -> ServiceStatus:
        written = self._text("status")
        if written not in _STATUS:
            self._report("status", "hsds_word_unknown", written)
        return self._member("status", ServiceStatus, _STATUS.get(written, ServiceStatus.INACTIVE))

    def _url(self) -> str:
        written = self._text("url")
        if written and not written.startswith(("https://", "http://")):
            self._report("url", "url_without_scheme", written)
            return ""
        return written

    def _corporate_number(self, organization: Mapping[str, Any]) -> str:
        for identifier in _rows(organization, "organization_identifiers"):
            if identifier.get("identifier_scheme") != "JP-CN":
                continue
            number = _as_text(identifier.get("identifier"))
            if corporate_number_holds(number):
                return number
            self._report("organization_identifiers", "corporate_number_wrong", number)
        return ""

    def _age(self, name: str) -> int | None:
        return self._whole(self._written.get(name), name)

    def _whole(self, value: Any, name: str) -> int | None:
        if value in (None, ""):
            return None
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = -1.0
        if not 0 <= number <= 10_000_000 or number != int(number):
            self._report(name, "not_a_number", value)
            return None
        return int(number)

    def _day(self, value: Any, name: str) -> date | None:
        if not value:
            return None
        try:
            return date.fromisoformat(_as_text(value)[:10])
        except ValueError:
            self._report(name, "date_unreadable", value)
            return None

    def _area(self) -> ServiceArea:
        words, radius, online = [], None, False
        for area in _rows(self._written, "service_areas"):
            extent = _as_text(area.get("extent"))
            found = _RADIUS.match(extent)
            if found:
                radius = int(found[1])
            elif extent == "online":
                online = True
            elif area.get("name"):
                words.append(_as_text(area["name"]))
        stated = AreaKind.ONLINE if online else AreaKind.TOWNS if words else AreaKind.NOT_STATED
        kind = self._member("area_kind", AreaKind, AreaKind.RADIUS if radius else stated)
        return ServiceArea(kind, tuple(words), radius)

    def _places(self) -> list[Mapping[str, Any]]:
        """The places, beginning with the first of which anything is known."""
        ats = list(_rows(self._written, "service_at_locations"))
        if self._fact("municipality"):
            return ats
        told = ("name", "addresses", "latitude")
        while len(ats) > 1 and not any(_mapping(ats[0].get("location")).get(one) for one in told):
            ats.pop(0)
        return ats

    def _further(
        self, times: Sequence[Mapping[str, Any]], ats: Sequence[Mapping[str, Any]]
    ) -> Iterator[FurtherOpening]:
        codes = {label: value for value, label in self._said.get("further_municipality", ())}
        for written in times:
            yield FurtherOpening(self._schedule(written))
        for number, at in enumerate(ats, start=len(times) + 2):
            place = self._location(_mapping(at.get("location")), codes.get(str(number), ""))
            for written in _rows(at, "schedules") or [{}]:
                yield FurtherOpening(self._schedule(written), place)

    def _schedule(self, written: Mapping[str, Any]) -> Schedule:
        if not written:
            return Schedule()
        days = read_rule_days(_as_text(written.get("byday")))
        if days is None:
            self._report("schedules", "hsds_rule_not_held", written.get("byday"))
        monthdays = [
            part for part in _as_text(written.get("bymonthday")).split(",") if part.strip()
        ]
        if not all(part.strip().isdecimal() for part in monthdays):
            self._report("schedules", "hsds_rule_not_held", written.get("bymonthday"))
            monthdays = []
        if any(written.get(name) for name in ("byweekno", "byyearday", "count")):
            self._report("schedules", "hsds_rule_not_held", written)
        return Schedule(
            days[0] if days else (),
            self._clock(written.get("opens_at")),
            self._clock(written.get("closes_at")),
            _as_text(written.get("description") or written.get("notes")),
            days[1] if days else (),
            tuple(int(part) for part in monthdays),
            self._whole(written.get("interval"), "interval") or 1,
            self._day(written.get("valid_from"), "valid_from"),
            self._day(written.get("valid_to") or written.get("until"), "valid_to"),
        )

    def _clock(self, value: Any) -> str:
        found = _CLOCK.match(_as_text(value))
        if found is None:
            if value:
                self._report("schedules", "time_unreadable", value)
            return ""
        return f"{int(found[1]):02d}:{found[2]}"

    def _location(self, place: Mapping[str, Any], code: str) -> Location:
        address = _first(place, "addresses")
        parts = ("postal_code", "state_province", "city", "address_1", "address_2")
        written = [_as_text(address.get(part)) for part in parts]
        # Our own export repeats the name of the place as the city; a foreign city belongs to the address.
        ours = written[2] == _as_text(place.get("name")) and not any((*written[0::4], written[1]))
        if code and not municipality_code_holds(code):
            self._report("municipality", "municipality_code_wrong", code)
            code = ""
        return Location(
            _as_text(place.get("name")),
            written[3] if ours else " ".join(part for part in written if part),
            code,
            self._position(place),
        )

    def _position(self, place: Mapping[str, Any]) -> Position | None:
        written = place.get("latitude"), place.get("longitude")
        if None in written or "" in written:
            return None
        try:
            point = Position(float(written[0] or 0), float(written[1] or 0))
        except (TypeError, ValueError):
            self._report("latitude", "coordinates_impossible", written)
            return None
        if not point.in_japan:
            self._report("latitude", "coordinates_outside_japan", written)
            return None
        return point

    def _foreign_access(self, place: Mapping[str, Any]) -> str:
        if self._said.get("accessibility"):
            return ""
        said = [
            _as_text(one.get("description") or one.get("details"))
            for one in _rows(place, "accessibility")
        ]
        return "、".join(text for text in said if text)

    def _capacity(self) -> int | None:
        maximum = _first(self._written, "capacities").get("maximum")
        return self._whole(
            maximum if maximum is not None else self._fact("capacity_maximum"), "capacities"
        )

    def _vacancy(self) -> Vacancy:
        said = _first(self._written, "capacities")
        return Vacancy(
            self._whole(said.get("available"), "capacities"),
            self._day(said.get("updated") or self._fact("vacancy_asked_on"), "capacities"),
            _as_text(said.get("description")) or self._fact("vacancy_note"),
        )

    def _cost(self, written: Mapping[str, Any]) -> CostOption:
        amount, words = written.get("amount"), _as_text(written.get("amount_description"))
        if amount is not None and written.get("currency") not in ("JPY", None):
            words = f"{amount} {written['currency']} {words}".strip()
            amount = None
        return CostOption(
            _as_text(written.get("option")), self._whole(amount, "cost_options"), words
        )


def _task(name: str, label: str) -> MicroTask:
    found = _TASK.match(label)
    return MicroTask(name, found[2], int(found[1])) if found else MicroTask(name, label)


def _rows(written: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    value = written.get(name)
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _first(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next(iter(_rows(written, name)), {})


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value)
