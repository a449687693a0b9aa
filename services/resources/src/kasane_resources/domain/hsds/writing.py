"""Writes an entry of the directory as a service of HSDS 3.1, fully nested."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from kasane_resources.domain.eligibility import AreaKind
from kasane_resources.domain.hsds.terms import FACTS, KINDS, derived_id, known_terms
from kasane_resources.domain.human_service import HumanService, HumanServiceEntry, ServiceStatus
from kasane_resources.domain.location import Location
from kasane_resources.domain.opening import FurtherOpening
from kasane_resources.domain.organization import Organization
from kasane_resources.domain.schedule import Schedule

CORPORATE_NUMBER = "JP-CN"
YEN = "JPY"
JAPAN = 9
_STATUS = {
    ServiceStatus.ACTIVE: "active",
    ServiceStatus.INACTIVE: "inactive",
    ServiceStatus.DEFUNCT: "defunct",
    ServiceStatus.TEMPORARILY_CLOSED: "temporarily closed",
    ServiceStatus.RETIRED: "inactive",
}
_LISTS = (
    "phones",
    "schedules",
    "service_areas",
    "service_at_locations",
    "cost_options",
    "capacities",
    "attributes",
)


def write_service(service: HumanService) -> dict[str, Any]:
    """The fully nested service; what is not known is left out. Holds no account, no source row, no host contact."""
    entry, one = service.entry, service.id
    places = places_of(service)
    return _filled(
        id=one,
        organization_id=service.organization.id if service.organization else None,
        name=entry.name,
        alternate_name=entry.alternate_name,
        description=entry.description,
        url=entry.url,
        email=entry.email,
        status=_STATUS[entry.status],
        application_process=entry.application_process,
        fees_description=entry.fees_description,
        eligibility_description=entry.eligibility.audience,
        minimum_age=entry.eligibility.minimum_age,
        maximum_age=entry.eligibility.maximum_age,
        assured_date=entry.last_confirmed_on.isoformat() if entry.last_confirmed_on else None,
        alert=entry.alert,
        last_modified=(
            service.modified_at.astimezone(UTC).isoformat() if service.modified_at else None
        ),
        organization=organization_of(service.organization) if service.organization else None,
        phones=_phones(service),
        schedules=_schedules(service),
        service_areas=list(_areas(service)),
        service_at_locations=places,
        cost_options=_costs(service),
        capacities=_capacities(service),
        attributes=list(_attributes(service)),
    )


def service_listed(service: HumanService) -> dict[str, Any]:
    """The service as a page of ``/services`` has it: only what stands once."""
    whole = write_service(service)
    return {name: value for name, value in whole.items() if name not in _LISTS}


def organization_of(organization: Organization) -> dict[str, Any]:
    """An organization; its 法人番号 is an identifier of the scheme JP-CN."""
    identifiers = []
    if organization.corporate_number:
        identifiers.append(
            {
                "id": derived_id(organization.id, CORPORATE_NUMBER),
                "identifier_scheme": CORPORATE_NUMBER,
                "identifier_type": "法人番号",
                "identifier": organization.corporate_number,
            }
        )
    return _filled(
        id=organization.id,
        name=organization.name,
        description=organization.name,
        organization_identifiers=identifiers,
    )


def places_of(service: HumanService) -> list[dict[str, Any]]:
    """Each place of a service as service_at_location with its location; empty when no place is known.

    The first place is open at the schedules of the service; each other has its own.
    """
    entry = service.entry
    if not entry.location.known:
        return []
    first = _place(
        service, entry.location, "", service.location_id or derived_id(service.id, "location")
    )
    if entry.accessibility or entry.accessibility_note:
        access = _filled(
            id=derived_id(service.id, "accessibility"),
            description=entry.accessibility_note,
            details=", ".join(one.value for one in entry.accessibility),
        )
        first["accessibility"] = [access]
    at = service.at_location_id or derived_id(service.id, "service_at_location")
    found = [{"id": at, "location": first}]
    for number, opening in _numbered(entry, elsewhere=True):
        found.append(
            _filled(
                id=derived_id(service.id, "service_at_location", number),
                location=_place(
                    service,
                    opening.location,
                    number,
                    derived_id(service.id, "location", number),
                ),
                schedules=[_schedule(service, opening.schedule, number)]
                if opening.schedule.known
                else [],
            )
        )
    return found


def _numbered(entry: HumanServiceEntry, *, elsewhere: bool) -> list[tuple[str, FurtherOpening]]:
    """The other times at the first place, or those at other places, with their numbers among all."""
    return [
        (str(number), opening)
        for number, opening in enumerate(entry.further, start=2)
        if opening.elsewhere is elsewhere
    ]


def _place(service: HumanService, place: Location, number: str, location_id: str) -> dict[str, Any]:
    parts = ("address", number) if number else ("address",)
    address = {
        "id": derived_id(service.id, *parts),
        "address_1": place.address,
        "city": place.name,
        "state_province": "",
        "postal_code": "",
        "country": "JP",
        "address_type": "physical",
    }
    return _filled(
        id=location_id,
        location_type="physical",
        name=place.name,
        latitude=place.position.latitude if place.position else None,
        longitude=place.position.longitude if place.position else None,
        addresses=[address] if place.address else [],
    )


def _phones(service: HumanService) -> list[dict[str, Any]]:
    if not service.entry.phone:
        return []
    return [{"id": derived_id(service.id, "phone"), "number": service.entry.phone}]


def _schedules(service: HumanService) -> list[dict[str, Any]]:
    entry = service.entry
    found = [_schedule(service, entry.schedule)] if entry.schedule.known else []
    further = _numbered(entry, elsewhere=False)
    return found + [_schedule(service, one.schedule, number) for number, one in further]


def _schedule(service: HumanService, schedule: Schedule, number: str = "") -> dict[str, Any]:
    parts = ("schedule", number) if number else ("schedule",)
    return _filled(
        id=derived_id(service.id, *parts),
        valid_from=schedule.valid_from.isoformat() if schedule.valid_from else None,
        valid_to=schedule.valid_to.isoformat() if schedule.valid_to else None,
        timezone=JAPAN,
        freq=schedule.freq,
        interval=schedule.interval,
        byday=",".join(schedule.rule_days),
        bymonthday=",".join(map(str, schedule.monthdays)),
        opens_at=schedule.opens_at,
        closes_at=schedule.closes_at,
        description=schedule.description,
    )


def _areas(service: HumanService) -> Iterator[dict[str, Any]]:
    area = service.entry.eligibility.area
    for place, word in enumerate(area.words):
        yield {"id": derived_id(service.id, "area", str(place)), "name": word}
    if area.radius_km is not None:
        yield {
            "id": derived_id(service.id, "area", "radius"),
            "name": f"所在地から{area.radius_km}km以内",
            "extent_type": "text",
            "extent": f"radius {area.radius_km} km",
        }
    if area.kind is AreaKind.ONLINE:
        yield {
            "id": derived_id(service.id, "area", "online"),
            "name": "オンライン（地域を問わない）",
            "extent_type": "text",
            "extent": "online",
        }


def _costs(service: HumanService) -> list[dict[str, Any]]:
    return [
        _filled(
            id=derived_id(service.id, "cost", str(place)),
            option=cost.option,
            currency=YEN if cost.amount is not None else None,
            amount=cost.amount,
            amount_description=cost.description,
        )
        for place, cost in enumerate(service.entry.costs)
    ]


def _capacities(service: HumanService) -> list[dict[str, Any]]:
    entry = service.entry
    if entry.vacancy.available is None or entry.vacancy.asked_on is None:
        return []
    written = _filled(
        id=derived_id(service.id, "capacity"),
        available=entry.vacancy.available,
        maximum=entry.capacity,
        description=entry.vacancy.note,
        updated=f"{entry.vacancy.asked_on.isoformat()}T00:00:00+09:00",
        unit={"id": derived_id("unit", "person"), "name": "人"},
    )
    return [written]


def _said(service: HumanService) -> Iterator[tuple[str, str, str, str]]:
    """What attributes say: taxonomy, code, value, label; in a fixed order."""
    entry = service.entry
    for code in entry.categories:
        yield KINDS, code, code, ""
    if entry.kana:
        yield FACTS, "name_kana", entry.kana, ""
    for mode in entry.contact_modes:
        yield FACTS, "contact_mode", mode.value, ""
    if entry.referral_needed is not None:
        yield FACTS, "referral_needed", str(entry.referral_needed).lower(), ""
    yield FACTS, "visibility", entry.visibility.value, ""
    if entry.status is ServiceStatus.RETIRED:
        yield FACTS, "status", entry.status.value, ""
    if entry.location.municipality:
        yield FACTS, "municipality", entry.location.municipality, ""
    for number, opening in _numbered(entry, elsewhere=True):
        if opening.location.municipality:
            yield FACTS, "further_municipality", opening.location.municipality, number
    yield FACTS, "area_kind", entry.eligibility.area.kind.value, ""
    yield from _said_of_profile(entry)


def _said_of_profile(entry: HumanServiceEntry) -> Iterator[tuple[str, str, str, str]]:
    in_capacities = entry.vacancy.available is not None and entry.vacancy.asked_on is not None
    if entry.capacity is not None and not in_capacities:
        yield FACTS, "capacity_maximum", str(entry.capacity), ""
    if entry.vacancy.note and not in_capacities:
        yield FACTS, "vacancy_note", entry.vacancy.note, ""
    if entry.vacancy.asked_on and not in_capacities:
        yield FACTS, "vacancy_asked_on", entry.vacancy.asked_on.isoformat(), ""
    for one in entry.accessibility:
        yield FACTS, "accessibility", one.value, ""
    if entry.accessibility_note:
        yield FACTS, "accessibility_note", entry.accessibility_note, ""
    for task in entry.micro_tasks:
        label = f"{task.minutes}分：{task.note}" if task.minutes or task.note else ""
        yield FACTS, "micro_task", task.name, label


def _attributes(service: HumanService) -> Iterator[dict[str, Any]]:
    times: Counter[tuple[str, ...]] = Counter()
    for said in _said(service):
        times[said] += 1
        taxonomy, code, value, label = said
        yield _filled(
            id=derived_id(service.id, "attribute", *said, str(times[said])),
            link_id=service.id,
            link_entity="service",
            link_type=taxonomy,
            value=value,
            label=label,
            taxonomy_term=dict(known_terms().get((taxonomy, code)) or _unknown(taxonomy, code)),
        )


def _unknown(taxonomy: str, code: str) -> dict[str, str]:
    """A kind that the present taxonomy no longer has."""
    said = {"code": code, "name": code, "description": code, "taxonomy": taxonomy}
    return {"id": derived_id("term", taxonomy, code), **said}


def _filled(**values: Any) -> dict[str, Any]:
    """Without what is not known: None, an empty text, an empty list."""
    return {
        name: value for name, value in values.items() if value is not None and value not in ("", [])
    }
