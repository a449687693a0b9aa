"""The shapes that the API of resources takes and gives; names follow Open Referral HSDS 3.1."""

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
    DAYS,
    OLDEST_AGE,
    ContactMode,
    HumanService,
    HumanServiceEntry,
    Schedule,
    ServiceStatus,
    Visibility,
)
from kasane_resources.domain.location import Location, Position, municipality_code_holds
from kasane_resources.domain.organization import corporate_number_holds
from kasane_resources.domain.taxonomy import taxonomy

CLOCK = validate.Regexp(r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")
FIELD_OF = {
    "last_confirmed_on": "assured_date",
    "radius_km": "service_area",
    "area_words": "service_area",
    "latitude": "location",
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
    referral_needed = fields.Boolean(load_default=False)
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


class AnswerReferralSchema(Strict):
    """An organization's answer; a refusal has a reason."""

    answer = fields.String(required=True, validate=validate.OneOf(["accept", "decline"]))
    reason = short(1000)

    @validates_schema
    def reason_for_declining(self, data: dict[str, Any], **_: Any) -> None:
        """Whoever declines says why."""
        if data.get("answer") == "decline" and not data.get("reason", "").strip():
            raise ValidationError("Declining needs a reason.", "reason")


class OrganizationSchema(Strict):
    """An organization as HSDS writes it."""

    id = fields.String()
    name = fields.String()
    organization_identifiers = fields.Method("identifiers")

    def identifiers(self, organization: Any) -> list[dict[str, str]]:
        """The 法人番号, if it is known."""
        if not organization.corporate_number:
            return []
        return [{"identifier_scheme": "JP-CN", "identifier": organization.corporate_number}]


class LocationSchema(Strict):
    """A place as HSDS writes it."""

    id = fields.String()
    location_type = fields.Constant("physical")
    name = fields.String()
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    organization_id = fields.String()
    service_id = fields.String(attribute="human_service_id")
    addresses = fields.Function(
        lambda place: [{"address_1": place.address}] if place.address else []
    )


class HumanServiceSchema(Strict):
    """A service as HSDS writes it, with what HSDS has no field for beside it."""

    id = fields.String()
    organization_id = fields.Function(lambda one: one.organization.id if one.organization else None)
    organization = fields.Nested(OrganizationSchema, allow_none=True)
    name = fields.String(attribute="entry.name")
    name_kana = fields.String(attribute="entry.kana")
    description = fields.String(attribute="entry.description")
    url = fields.String(attribute="entry.url")
    email = fields.String(attribute="entry.email")
    status = fields.Function(lambda one: one.entry.status.value.replace("_", " "))
    application_process = fields.String(attribute="entry.application_process")
    fees_description = fields.String(attribute="entry.fees_description")
    eligibility_description = fields.String(attribute="entry.eligibility.audience")
    minimum_age = fields.Integer(attribute="entry.eligibility.minimum_age", allow_none=True)
    maximum_age = fields.Integer(attribute="entry.eligibility.maximum_age", allow_none=True)
    assured_date = fields.Date(attribute="entry.last_confirmed_on", allow_none=True)
    phones = fields.Function(lambda one: [{"number": one.entry.phone}] if one.entry.phone else [])
    schedules = fields.Function(lambda one: _schedules(one))
    service_areas = fields.Function(
        lambda one: [{"name": word} for word in one.entry.eligibility.area.words]
    )
    service_at_locations = fields.Function(lambda one: _places(one))
    categories = fields.List(fields.String(), attribute="entry.categories")
    contact_modes = fields.List(
        fields.Enum(ContactMode, by_value=True), attribute="entry.contact_modes"
    )
    referral_needed = fields.Boolean(attribute="entry.referral_needed")
    capacity = fields.Integer(attribute="entry.capacity", allow_none=True)
    visibility = fields.Enum(Visibility, by_value=True, attribute="entry.visibility")
    service_area_kind = fields.Enum(
        AreaKind, by_value=True, attribute="entry.eligibility.area.kind"
    )
    radius_km = fields.Integer(attribute="entry.eligibility.area.radius_km", allow_none=True)
    source = fields.Function(lambda one: one.source.source if one.source else "")
    version = fields.Integer()


class HumanServicePageSchema(Strict):
    """A page of the directory."""

    items = fields.List(fields.Nested(HumanServiceSchema))
    next_cursor = fields.String()


class OrganizationPageSchema(Strict):
    """A page of organizations."""

    items = fields.List(fields.Nested(OrganizationSchema))
    next_cursor = fields.String()


class LocationPageSchema(Strict):
    """A page of places."""

    items = fields.List(fields.Nested(LocationSchema))
    next_cursor = fields.String()


class ReferralSchema(Strict):
    """A referral and its answer."""

    id = fields.String()
    case_id = fields.String()
    need_id = fields.String()
    person_id = fields.String()
    human_service_id = fields.String()
    human_service_name = fields.String()
    name = fields.String()
    message = fields.String()
    requested_at = fields.AwareDateTime(format="iso")
    status = fields.String(attribute="status.value")
    reason = fields.String()
    answered_at = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()


class ReferralListSchema(Strict):
    """The referrals that wait, or those with an answer."""

    items = fields.List(fields.Nested(ReferralSchema))


def _known_category(code: str) -> None:
    if code not in taxonomy():
        raise ValidationError(f"{code} is not a kind of human service.")


def _today() -> date:
    return clock.today()


def _entry(data: dict[str, Any]) -> HumanServiceEntry:
    area, schedule, place = data["service_area"], data["schedule"], data["location"]
    latitude, longitude = place.get("latitude"), place.get("longitude")
    position = None if latitude is None or longitude is None else Position(latitude, longitude)
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
        schedule=Schedule(
            tuple(schedule.get("byday", ())),
            schedule.get("opens_at", ""),
            schedule.get("closes_at", ""),
            schedule.get("description", ""),
        ),
        location=Location(
            place.get("name", ""), place.get("address", ""), place.get("municipality", ""), position
        ),
    )


def _schedules(one: HumanService) -> list[dict[str, Any]]:
    schedule = one.entry.schedule
    if not schedule.known:
        return []
    return [
        {
            "byday": ",".join(schedule.byday),
            "opens_at": schedule.opens_at or None,
            "closes_at": schedule.closes_at or None,
            "description": schedule.description,
        }
    ]


def _places(one: HumanService) -> list[dict[str, Any]]:
    place = one.entry.location
    if not place.known:
        return []
    return [
        {
            "location": {
                "location_type": "physical",
                "name": place.name,
                "latitude": place.position.latitude if place.position else None,
                "longitude": place.position.longitude if place.position else None,
                "addresses": [{"address_1": place.address}] if place.address else [],
            }
        }
    ]
