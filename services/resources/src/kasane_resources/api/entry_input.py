"""The shape of an entry that a program sends; names follow Open Referral HSDS 3.1."""

from datetime import date
from typing import Any

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from kasane_kit import clock
from kasane_kit.web import text
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.human_service import (
    OLDEST_AGE,
    ContactMode,
    HumanServiceEntry,
    ServiceStatus,
    Visibility,
)
from kasane_resources.domain.location import Location, Position, municipality_code_holds
from kasane_resources.domain.opening import MOST_FURTHER, FurtherOpening, in_order
from kasane_resources.domain.organization import corporate_number_holds
from kasane_resources.domain.profile import (
    MICRO_TASK_LENGTH,
    MOST_MICRO_TASKS,
    MOST_YEN,
    Accessibility,
    CostOption,
    MicroTask,
    Vacancy,
)
from kasane_resources.domain.schedule import DAYS, LONGEST_INTERVAL, WEEKS, Schedule
from kasane_resources.domain.taxonomy import taxonomy

CLOCK = validate.Regexp(r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")
FIELD_OF = {
    "last_confirmed_on": "assured_date",
    "radius_km": "service_area",
    "area_words": "service_area",
    "latitude": "location",
    "weeks": "schedule",
    "monthdays": "schedule",
    "interval": "schedule",
    "valid_to": "schedule",
    "vacancy_available": "vacancy",
    "vacancy_asked_on": "vacancy",
    "costs": "cost_options",
}


class Strict(Schema):
    """Refuses fields that it does not know, so that a misspelt one is not lost silently."""

    class Meta:
        unknown = RAISE


def short(most: int = 200) -> fields.String:
    """A text that may be left out; control characters are no text."""
    readable = validate.Regexp(r"^[^\x00]*$", error="A text cannot hold NUL.")
    return fields.String(load_default="", validate=[validate.Length(max=most), readable])


def holds(check: Any, sentence: str) -> Any:
    """A validator that lets an empty text pass and asks ``check`` about any other."""

    def validator(value: str) -> None:
        if value and not check(value):
            raise ValidationError(sentence)

    return validator


class OrganizationInputSchema(Strict):
    """Who offers it; an organization of the same name is used again."""

    name = short()
    corporate_number = fields.String(
        load_default="", validate=holds(corporate_number_holds, "The check digit is wrong.")
    )


class ServiceAreaSchema(Strict):
    """Whom it serves by place."""

    kind = fields.Enum(AreaKind, by_value=True, load_default=AreaKind.NOT_STATED)
    words = fields.List(fields.String(validate=validate.Length(1, 60)), load_default=list)
    radius_km = fields.Integer(load_default=None, allow_none=True, strict=True)


class ScheduleSchema(Strict):
    """When it is open; ``byday`` as in HSDS."""

    byday = fields.List(fields.String(validate=validate.OneOf(DAYS)), load_default=list)
    opens_at = fields.String(load_default="", validate=CLOCK)
    closes_at = fields.String(load_default="", validate=CLOCK)
    description = short(1000)
    weeks = fields.List(fields.Integer(validate=validate.OneOf(WEEKS)), load_default=list)
    monthdays = fields.List(fields.Integer(validate=validate.Range(1, 31)), load_default=list)
    interval = fields.Integer(load_default=1, validate=validate.Range(1, LONGEST_INTERVAL))
    valid_from = fields.Date(load_default=None, allow_none=True)
    valid_to = fields.Date(load_default=None, allow_none=True)


class VacancySchema(Strict):
    """How many places are free, and on which day somebody said so."""

    available = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 100_000)
    )
    asked_on = fields.Date(load_default=None, allow_none=True)
    note = short(500)


class CostOptionSchema(Strict):
    """What one kind of user pays, in yen."""

    option = fields.String(required=True, validate=validate.Length(1, 100))
    amount = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, MOST_YEN)
    )
    description = short(500)


class MicroTaskSchema(Strict):
    """One small task for somebody who takes part; it never names a person."""

    name = fields.String(required=True, validate=validate.Length(1, MICRO_TASK_LENGTH))
    note = short(500)
    minutes = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 1440))


class LocationInputSchema(Strict):
    """Where it is found; degrees in WGS84."""

    name = short()
    address = short(300)
    municipality = fields.String(
        load_default="", validate=holds(municipality_code_holds, "The check digit is wrong.")
    )
    latitude = fields.Float(load_default=None, allow_none=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(load_default=None, allow_none=True, validate=validate.Range(-180, 180))

    @validates_schema
    def both_or_none(self, data: dict[str, Any], **_: Any) -> None:
        """Half a point is no point."""
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            raise ValidationError("Give both degrees or none.", "latitude")


class FurtherOpeningSchema(Strict):
    """Another time at the same place (without ``location``), or another place with its time."""

    schedule = fields.Nested(ScheduleSchema, load_default=lambda: {})
    location = fields.Nested(LocationInputSchema, load_default=lambda: {})


class HumanServiceInputSchema(Strict):
    """An entry of the directory. Only ``name`` is needed."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    name_kana = short()
    description = short(4000)
    organization = fields.Nested(OrganizationInputSchema, load_default=lambda: {})
    url = short(500)
    phone = short(40)
    email = short()
    status = fields.Enum(ServiceStatus, by_value=True, load_default=ServiceStatus.ACTIVE)
    categories = fields.List(
        fields.String(validate=lambda code: _known_category(code)), load_default=list
    )
    contact_modes = fields.List(fields.Enum(ContactMode, by_value=True), load_default=list)
    referral_needed = fields.Boolean(load_default=None, allow_none=True)
    application_process = short(1000)
    fees_description = short(500)
    capacity = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 100_000)
    )
    visibility = fields.Enum(Visibility, by_value=True, load_default=Visibility.PUBLIC)
    assured_date = fields.Date(load_default=None, allow_none=True)
    minimum_age = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, OLDEST_AGE)
    )
    maximum_age = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, OLDEST_AGE)
    )
    eligibility_description = short(1000)
    service_area = fields.Nested(ServiceAreaSchema, load_default=lambda: {})
    schedule = fields.Nested(ScheduleSchema, load_default=lambda: {})
    location = fields.Nested(LocationInputSchema, load_default=lambda: {})
    alternate_name = short()
    alert = short(500)
    vacancy = fields.Nested(VacancySchema, load_default=lambda: {})
    accessibility = fields.List(fields.Enum(Accessibility, by_value=True), load_default=list)
    accessibility_description = short(500)
    cost_options = fields.List(
        fields.Nested(CostOptionSchema), load_default=list, validate=validate.Length(max=50)
    )
    micro_tasks = fields.List(
        fields.Nested(MicroTaskSchema),
        load_default=list,
        validate=validate.Length(max=MOST_MICRO_TASKS),
    )

    further = fields.List(
        fields.Nested(FurtherOpeningSchema),
        load_default=list,
        validate=validate.Length(max=MOST_FURTHER),
    )

    @post_load
    def to_entry(self, data: dict[str, Any], **_: Any) -> HumanServiceEntry:
        """The entry, checked as a whole: each problem at its field."""
        entry = _entry(data)
        problems: dict[str, list[str]] = {}
        for name, code in entry.problems(_today()):
            problems.setdefault(FIELD_OF.get(name, name), []).append(text(f"problem.{code}"))
        if problems:
            raise ValidationError(dict(problems))
        return entry


def _known_category(code: str) -> None:
    if code not in taxonomy():
        raise ValidationError(f"{code} is not a kind of human service.")


def _today() -> date:
    return clock.today()


def _entry(data: dict[str, Any]) -> HumanServiceEntry:
    area = data["service_area"]
    return HumanServiceEntry(
        name=data["name"],
        kana=data["name_kana"],
        description=data["description"],
        organization_name=data["organization"].get("name", ""),
        corporate_number=data["organization"].get("corporate_number", ""),
        url=data["url"],
        phone=data["phone"],
        email=data["email"],
        status=data["status"],
        categories=tuple(dict.fromkeys(data["categories"])),
        contact_modes=tuple(dict.fromkeys(data["contact_modes"])),
        referral_needed=data["referral_needed"],
        application_process=data["application_process"],
        fees_description=data["fees_description"],
        capacity=data["capacity"],
        visibility=data["visibility"],
        last_confirmed_on=data["assured_date"],
        eligibility=Eligibility(
            data["minimum_age"],
            data["maximum_age"],
            data["eligibility_description"],
            ServiceArea(
                area.get("kind", AreaKind.NOT_STATED),
                tuple(area.get("words", ())),
                area.get("radius_km"),
            ),
        ),
        schedule=_schedule(data["schedule"]),
        location=_place(data["location"]),
        alternate_name=data["alternate_name"],
        alert=data["alert"],
        vacancy=Vacancy(**data["vacancy"]),
        accessibility=tuple(dict.fromkeys(data["accessibility"])),
        accessibility_note=data["accessibility_description"],
        costs=tuple(CostOption(**cost) for cost in data["cost_options"]),
        micro_tasks=tuple(MicroTask(**task) for task in data["micro_tasks"]),
        further=in_order(
            FurtherOpening(_schedule(one["schedule"]), _place(one["location"]))
            for one in data["further"]
        ),
    )


def _schedule(given: dict[str, Any]) -> Schedule:
    return Schedule(
        tuple(given.get("byday", ())),
        given.get("opens_at", ""),
        given.get("closes_at", ""),
        given.get("description", ""),
        tuple(given.get("weeks", ())),
        tuple(given.get("monthdays", ())),
        given.get("interval", 1),
        given.get("valid_from"),
        given.get("valid_to"),
    )


def _place(given: dict[str, Any]) -> Location:
    latitude, longitude = given.get("latitude"), given.get("longitude")
    position = None if latitude is None or longitude is None else Position(latitude, longitude)
    return Location(
        given.get("name", ""), given.get("address", ""), given.get("municipality", ""), position
    )
