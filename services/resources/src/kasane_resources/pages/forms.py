"""Describes resources' forms, and turns what was typed into an entry and back."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from kasane_kit import clock
from kasane_kit.web import Form, hooks, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanServiceEntry,
    ServiceStatus,
    Visibility,
)
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.opening import FurtherOpening, in_order
from kasane_resources.domain.organization import corporate_number_holds
from kasane_resources.domain.schedule import DAYS, Schedule
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.pages import profile

MOST_PEOPLE = 100_000
# What another time or place seldom needs; the form shows it when asked.
SELDOM = ("latitude", "longitude", "weeks", "monthdays", "interval", "valid_from", "valid_to")
_CLOCK = re.compile(r"^([01]?[0-9]|2[0-3]):([0-5][0-9])$")


def say(key: str, **facts: Any) -> str:
    """The sentences of the kit's forms in the words of this service."""
    return text(key, **facts)


def choices(prefix: str, values: type[StrEnum]) -> tuple[Choice, ...]:
    """Every member with its words."""
    return tuple(Choice(value.value, text(f"{prefix}.{value.value}")) for value in values)


def kind_choices() -> tuple[Choice, ...]:
    """Every kind of human service."""
    return tuple(Choice(term.code, term.ja) for term in taxonomy().values())


def entry_fields() -> Mapping[str, tuple[FieldSpec, ...]]:
    """The fields of an entry by the card they stand in."""
    return {
        "about": (
            _text("name", required=True, most=200),
            _text("kana", most=200),
            _text("alternate_name", most=200),
            _text("organization_name", most=200),
            _text("corporate_number", most=13),
            FieldSpec(
                "description",
                text("field.description"),
                FieldKind.TEXTAREA,
                hint=text("hint.description"),
                max_length=4000,
            ),
            FieldSpec(
                "categories", text("field.categories"), FieldKind.CHOICES, choices=kind_choices()
            ),
            _choice("status", ServiceStatus, "service_status"),
            _text("alert", most=500),
            _choice("visibility", Visibility, "visibility", hint=text("hint.visibility")),
            FieldSpec(
                "last_confirmed_on",
                text("field.last_confirmed_on"),
                FieldKind.DATE,
                hint=text("hint.last_confirmed_on"),
            ),
        ),
        "who": (
            FieldSpec("minimum_age", text("field.minimum_age"), FieldKind.INTEGER, max_length=3),
            FieldSpec("maximum_age", text("field.maximum_age"), FieldKind.INTEGER, max_length=3),
            FieldSpec("audience", text("field.audience"), FieldKind.TEXTAREA, max_length=1000),
        ),
        "where": (
            _choice("area_kind", AreaKind, "area_kind", hint=text("hint.area_kind")),
            FieldSpec(
                "area_words", text("field.area_words"), hint=text("hint.area_words"), max_length=500
            ),
            FieldSpec("radius_km", text("field.radius_km"), FieldKind.INTEGER, max_length=4),
            _text("location_name", most=200),
            _text("address", most=300),
            FieldSpec(
                "latitude", text("field.latitude"), hint=text("hint.latitude"), max_length=20
            ),
            FieldSpec("longitude", text("field.longitude"), max_length=20),
            *profile.access_fields(),
        ),
        "when": (
            FieldSpec(
                "byday",
                text("field.byday"),
                FieldKind.CHOICES,
                choices=tuple(Choice(day, text(f"day.{day}")) for day in DAYS),
            ),
            *profile.recurrence_fields(),
            FieldSpec("opens_at", text("field.opens_at"), hint=text("hint.time"), max_length=5),
            FieldSpec("closes_at", text("field.closes_at"), hint=text("hint.time"), max_length=5),
            FieldSpec("schedule", text("field.schedule"), FieldKind.TEXTAREA, max_length=1000),
        ),
        "how": (
            FieldSpec(
                "contact_modes",
                text("field.contact_modes"),
                FieldKind.CHOICES,
                choices=choices("contact_mode", ContactMode),
            ),
            FieldSpec("phone", text("field.phone"), FieldKind.TEL, max_length=40),
            FieldSpec("email", text("field.email"), FieldKind.EMAIL, max_length=200),
            FieldSpec("url", text("field.url"), hint=text("hint.url"), max_length=500),
            profile.referral_field(),
            FieldSpec(
                "application_process",
                text("field.application_process"),
                FieldKind.TEXTAREA,
                max_length=1000,
            ),
            _text("fees_description", most=500),
            *profile.cost_fields(),
            FieldSpec("capacity", text("field.capacity"), FieldKind.INTEGER, max_length=6),
            *profile.vacancy_fields(),
        ),
        "tasks": profile.task_fields(),
    }


def entry_form(typed: Mapping[str, Any] | None = None) -> Form:
    """The whole form over all cards."""
    return Form([spec for specs in entry_fields().values() for spec in specs], typed or {})


def entry_from(form: Form, rows: Sequence[Form] = ()) -> HumanServiceEntry | None:
    """The entry that a checked form describes; None when problems were put at its fields.

    ``rows`` are the checked forms of its other times and places.
    """
    values = form.values
    for name in ("opens_at", "closes_at"):
        values[name] = clock_from(form, name)
    position = position_from(form)
    if values["corporate_number"] and not corporate_number_holds(values["corporate_number"]):
        form.add_error("corporate_number", text("problem.corporate_number_wrong"))
    if values["capacity"] is not None and not 0 <= values["capacity"] <= MOST_PEOPLE:
        form.add_error("capacity", text("problem.capacity_out_of_range"))
    entry = HumanServiceEntry(
        name=values["name"],
        kana=values["kana"],
        description=values["description"],
        organization_name=values["organization_name"],
        corporate_number=values["corporate_number"],
        url=values["url"],
        phone=values["phone"],
        email=values["email"],
        status=ServiceStatus(values["status"]),
        categories=tuple(values["categories"]),
        contact_modes=tuple(ContactMode(mode) for mode in values["contact_modes"]),
        referral_needed=profile.referral_from(values),
        application_process=values["application_process"],
        fees_description=values["fees_description"],
        capacity=values["capacity"],
        visibility=Visibility(values["visibility"]),
        last_confirmed_on=values["last_confirmed_on"],
        eligibility=Eligibility(
            values["minimum_age"],
            values["maximum_age"],
            values["audience"],
            ServiceArea(
                AreaKind(values["area_kind"]),
                tuple(word for word in re.split(r"[、,\s]+", values["area_words"]) if word),
                values["radius_km"],
            ),
        ),
        schedule=Schedule(
            tuple(values["byday"]),
            values["opens_at"],
            values["closes_at"],
            values["schedule"],
            *profile.recurrence_from(form),
        ),
        location=Location(values["location_name"], values["address"], position=position),
        alternate_name=values["alternate_name"],
        alert=values["alert"],
        **profile.profile_from(form),
        further=in_order(map(opening_from, rows)),
    )
    for name, code in entry.problems(clock.today()):
        form.add_error(name, text(f"problem.{code}"))
    return None if form.errors or any(row.errors for row in rows) else entry


def further_fields() -> tuple[FieldSpec, ...]:
    """One other time, and the place when it is another one."""
    cards = entry_fields()
    place = {spec.name: spec for spec in cards["where"]}
    names = ("location_name", "address", "latitude", "longitude")
    return (*(place[name] for name in names), *cards["when"])


def further_rows(entry: HumanServiceEntry) -> list[Form]:
    """The forms of an entry's other times and places, with what is known."""
    specs = further_fields()
    return [
        Form(specs, typed_opening(one), prefix=f"further-{number}-")
        for number, one in enumerate(entry.further)
    ]


def opening_from(row: Form) -> FurtherOpening:
    """The other time and place that a checked row describes; problems are put at its fields."""
    values = row.values
    for name in ("opens_at", "closes_at"):
        values[name] = clock_from(row, name)
    schedule = Schedule(
        tuple(values["byday"]),
        values["opens_at"],
        values["closes_at"],
        values["schedule"],
        *profile.recurrence_from(row),
    )
    for name, code in schedule.problems():
        row.add_error(name, text(f"problem.{code}"))
    place = Location(values["location_name"], values["address"], position=position_from(row))
    return FurtherOpening(schedule, place)


def typed_opening(opening: FurtherOpening) -> dict[str, Any]:
    """What the form shows for another time and place."""
    place = opening.location
    return {
        "location_name": place.name,
        "address": place.address,
        "latitude": place.position.latitude if place.position else "",
        "longitude": place.position.longitude if place.position else "",
        "byday": list(opening.schedule.byday),
        "opens_at": opening.schedule.opens_at,
        "closes_at": opening.schedule.closes_at,
        "schedule": opening.schedule.description,
        **profile.typed_recurrence(opening.schedule),
    }


def typed_from(entry: HumanServiceEntry) -> dict[str, Any]:
    """What the form shows for an entry."""
    eligibility, area, place = entry.eligibility, entry.eligibility.area, entry.location
    return {
        "name": entry.name,
        "kana": entry.kana,
        "organization_name": entry.organization_name,
        "corporate_number": entry.corporate_number,
        "description": entry.description,
        "categories": list(entry.categories),
        "status": entry.status.value,
        "visibility": entry.visibility.value,
        "last_confirmed_on": entry.last_confirmed_on or "",
        "minimum_age": eligibility.minimum_age,
        "maximum_age": eligibility.maximum_age,
        "audience": eligibility.audience,
        "area_kind": area.kind.value,
        "area_words": "、".join(area.words),
        "radius_km": area.radius_km,
        "location_name": place.name,
        "address": place.address,
        "latitude": place.position.latitude if place.position else "",
        "longitude": place.position.longitude if place.position else "",
        "byday": list(entry.schedule.byday),
        "opens_at": entry.schedule.opens_at,
        "closes_at": entry.schedule.closes_at,
        "schedule": entry.schedule.description,
        "contact_modes": [mode.value for mode in entry.contact_modes],
        "phone": entry.phone,
        "email": entry.email,
        "url": entry.url,
        "application_process": entry.application_process,
        "fees_description": entry.fees_description,
        "capacity": entry.capacity,
        "alternate_name": entry.alternate_name,
        "alert": entry.alert,
        **profile.typed_profile(entry),
    }


def answer_fields() -> tuple[FieldSpec, ...]:
    """The answer to a referral."""
    answers = tuple(
        Choice(value, text(f"referral_answer.{value}")) for value in ("accept", "decline")
    )
    return (
        FieldSpec("answer", text("field.answer"), FieldKind.CHOICE, True, choices=answers),
        FieldSpec("reason", text("field.reason"), FieldKind.TEXTAREA, max_length=1000),
    )


def need_labels() -> Mapping[str, str]:
    """The town's words for the categories of needs."""
    return {category.code: category.label for category in hooks().consultation_categories()}


def clock_from(form: Form, name: str) -> str:
    """The time of day in a field, as HH:MM; what is no time becomes a problem at the field."""
    typed = unicodedata.normalize("NFKC", form.values[name])
    if not typed:
        return ""
    found = _CLOCK.match(typed)
    if found is None:
        form.add_error(name, text("problem.time_wrong"))
        return ""
    return f"{int(found[1]):02d}:{found[2]}"


def position_from(form: Form) -> Position | None:
    """The point that latitude and longitude give; half a point becomes a problem at its field."""
    typed = [unicodedata.normalize("NFKC", form.values[name]) for name in ("latitude", "longitude")]
    if not any(typed):
        return None
    if not all(typed):
        form.add_error("latitude" if not typed[0] else "longitude", text("problem.position_alone"))
        return None
    try:
        return Position(float(typed[0]), float(typed[1]))
    except ValueError:
        form.add_error("latitude", text("problem.position_unreadable"))
        return None


def _text(name: str, *, required: bool = False, most: int) -> FieldSpec:
    return FieldSpec(name, text(f"field.{name}"), required=required, max_length=most)


def _choice(name: str, values: type[StrEnum], prefix: str, hint: str = "") -> FieldSpec:
    return FieldSpec(
        name, text(f"field.{name}"), FieldKind.CHOICE, True, hint, choices=choices(prefix, values)
    )


def in_municipalities(entry: HumanServiceEntry, before: HumanServiceEntry) -> HumanServiceEntry:
    """The entry with the towns its places lie in, which the form does not ask for, where they stayed."""
    places = (before.location, *(one.location for one in before.further))
    towns = {place.address: place.municipality for place in places}

    def placed(place: Location) -> Location:
        return replace(place, municipality=towns.get(place.address, "")) if place.known else place

    first = entry.location
    if first.address == before.location.address:
        first = replace(first, municipality=before.location.municipality)
    return replace(
        entry,
        location=first,
        further=tuple(replace(one, location=placed(one.location)) for one in entry.further),
    )
