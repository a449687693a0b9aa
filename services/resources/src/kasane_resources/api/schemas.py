"""The shapes that the API of resources gives; names follow Open Referral HSDS 3.1."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from kasane_resources.api.entry_input import (
    CostOptionSchema,
    MicroTaskSchema,
    Strict,
    VacancySchema,
    short,
)
from kasane_resources.domain.eligibility import AreaKind
from kasane_resources.domain.human_service import ContactMode, HumanService, Visibility
from kasane_resources.domain.location import Location
from kasane_resources.domain.profile import Accessibility
from kasane_resources.domain.schedule import Schedule


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
    referral_needed = fields.Boolean(attribute="entry.referral_needed", allow_none=True)
    capacity = fields.Integer(attribute="entry.capacity", allow_none=True)
    visibility = fields.Enum(Visibility, by_value=True, attribute="entry.visibility")
    service_area_kind = fields.Enum(
        AreaKind, by_value=True, attribute="entry.eligibility.area.kind"
    )
    radius_km = fields.Integer(attribute="entry.eligibility.area.radius_km", allow_none=True)
    alternate_name = fields.String(attribute="entry.alternate_name")
    alert = fields.String(attribute="entry.alert")
    vacancy = fields.Nested(VacancySchema, attribute="entry.vacancy")
    accessibility = fields.List(
        fields.Enum(Accessibility, by_value=True), attribute="entry.accessibility"
    )
    accessibility_description = fields.String(attribute="entry.accessibility_note")
    cost_options = fields.List(fields.Nested(CostOptionSchema), attribute="entry.costs")
    micro_tasks = fields.List(fields.Nested(MicroTaskSchema), attribute="entry.micro_tasks")
    source = fields.Function(lambda one: one.source.source if one.source else "")
    version = fields.Integer()


class HumanServicePageSchema(Strict):
    """A page of the directory."""

    items = fields.List(fields.Nested(HumanServiceSchema))
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


def _schedules(one: HumanService) -> list[dict[str, Any]]:
    entry = one.entry
    further = [opening.schedule for opening in entry.further if not opening.elsewhere]
    return [_schedule(schedule) for schedule in (entry.schedule, *further) if schedule.known]


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        "freq": schedule.freq or None,
        "interval": schedule.interval,
        "byday": ",".join(schedule.rule_days),
        "bymonthday": ",".join(map(str, schedule.monthdays)),
        "valid_from": schedule.valid_from.isoformat() if schedule.valid_from else None,
        "valid_to": schedule.valid_to.isoformat() if schedule.valid_to else None,
        "opens_at": schedule.opens_at or None,
        "closes_at": schedule.closes_at or None,
        "description": schedule.description,
    }


def _places(one: HumanService) -> list[dict[str, Any]]:
    entry = one.entry
    found = [{"location": _place(entry.location)}] if entry.location.known else []
    return found + [
        {
            "location": _place(opening.location),
            "schedules": [_schedule(opening.schedule)] if opening.schedule.known else [],
        }
        for opening in entry.further
        if opening.elsewhere
    ]


def _place(place: Location) -> dict[str, Any]:
    return {
        "location_type": "physical",
        "name": place.name,
        "latitude": place.position.latitude if place.position else None,
        "longitude": place.position.longitude if place.position else None,
        "addresses": [{"address_1": place.address}] if place.address else [],
    }
