"""Says which columns hold what of an entry, and makes the entry of its columns again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast

from sqlalchemy import Select, select

from kasane_kit import clock
from kasane_resources import tables
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.folding import fold
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanService,
    HumanServiceEntry,
    ServiceStatus,
    SourceRow,
    Visibility,
)
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.open_data import RowProblem
from kasane_resources.domain.opening import FurtherOpening
from kasane_resources.domain.organization import Organization
from kasane_resources.domain.profile import Accessibility, CostOption, MicroTask, Vacancy
from kasane_resources.domain.schedule import Schedule
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.repository.moments import with_zone


def whole() -> Select[Any]:
    """Everything about entries that stands once: one row for each, the columns of other tables with a letter before."""
    h, e, s = tables.human_service, tables.eligibility, tables.schedule
    o, link, place, source = (
        tables.organization,
        tables.service_at_location,
        tables.location,
        tables.source_row,
    )
    return (
        select(
            h,
            *(column.label(f"e_{column.name}") for column in e.c),
            *(column.label(f"s_{column.name}") for column in s.c),
            *(column.label(f"o_{column.name}") for column in o.c),
            *(column.label(f"l_{column.name}") for column in place.c),
            *(column.label(f"r_{column.name}") for column in source.c),
            link.c.id.label("at_location_id"),
        )
        .join(e, e.c.human_service_id == h.c.id)
        .join(s, s.c.human_service_id == h.c.id)
        .outerjoin(o, o.c.id == h.c.organization_id)
        .outerjoin(link, link.c.human_service_id == h.c.id)
        .outerjoin(place, place.c.id == link.c.location_id)
        .outerjoin(source, source.c.human_service_id == h.c.id)
    )


def columns(service: HumanService) -> dict[str, Any]:
    """The row of the entry itself."""
    entry = service.entry
    kinds = [taxonomy()[code].ja for code in entry.categories if code in taxonomy()]
    texts = (
        entry.name,
        entry.kana,
        entry.alternate_name,
        entry.description,
        entry.organization_name,
        entry.location.name,
        entry.location.address,
        entry.eligibility.audience,
        *(task.name for task in entry.micro_tasks),
        *(words for one in entry.further for words in (one.location.name, one.location.address)),
        *kinds,
    )
    return {
        "id": service.id,
        "organization_id": service.organization.id if service.organization else None,
        "name": entry.name,
        "kana": entry.kana,
        "description": entry.description,
        "url": entry.url,
        "phone": entry.phone,
        "email": entry.email,
        "status": entry.status.value,
        "contact_modes": [mode.value for mode in entry.contact_modes],
        "referral_needed": bool(entry.referral_needed),
        "referral_stated": entry.referral_needed is not None,
        "application_process": entry.application_process,
        "fees_description": entry.fees_description,
        "capacity": entry.capacity,
        "visibility": entry.visibility.value,
        "last_confirmed_on": entry.last_confirmed_on,
        "search_text": "\n".join(fold(text) for text in texts if text),
        "sort_key": fold(entry.kana or entry.name),
        "hand_edited": service.hand_edited,
        "version": service.version,
        "alternate_name": entry.alternate_name,
        "alert": entry.alert,
        "vacancy_available": entry.vacancy.available,
        "vacancy_asked_on": entry.vacancy.asked_on,
        "vacancy_note": entry.vacancy.note,
        "accessibility": [one.value for one in entry.accessibility],
        "accessibility_note": entry.accessibility_note,
        "costs": [vars(cost) for cost in entry.costs],
        "owner": service.owner,
        "confirmed_by": service.confirmed_by,
        "modified_at": clock.now(),
        "further": [_opening_cell(one) for one in entry.further],
    }


def _opening_cell(opening: FurtherOpening) -> dict[str, Any]:
    schedule = opening.schedule
    days = {
        "valid_from": schedule.valid_from.isoformat() if schedule.valid_from else None,
        "valid_to": schedule.valid_to.isoformat() if schedule.valid_to else None,
    }
    return {
        "schedule": {**vars(schedule), **days},
        "location": location_columns(opening.location),
    }


def opening_of(cell: Mapping[str, Any]) -> FurtherOpening:
    """A further time or place as it is kept."""
    written, place = dict(cell["schedule"]), cell["location"]
    for name in ("byday", "weeks", "monthdays"):
        written[name] = tuple(written[name])
    for name in ("valid_from", "valid_to"):
        written[name] = date.fromisoformat(written[name]) if written[name] else None
    latitude, longitude = place["latitude"], place["longitude"]
    position = None if latitude is None or longitude is None else Position(latitude, longitude)
    return FurtherOpening(
        Schedule(**written),
        Location(place["name"], place["address"], place["municipality"], position),
    )


def eligibility_columns(service: HumanService) -> dict[str, Any]:
    """The row of its eligibility."""
    eligibility = service.entry.eligibility
    return {
        "human_service_id": service.id,
        "minimum_age": eligibility.minimum_age,
        "maximum_age": eligibility.maximum_age,
        "audience": eligibility.audience,
        "area_kind": eligibility.area.kind.value,
        "area_words": list(eligibility.area.words),
        "radius_km": eligibility.area.radius_km,
    }


def schedule_columns(service: HumanService) -> dict[str, Any]:
    """The row of its schedule."""
    schedule = service.entry.schedule
    return {
        "human_service_id": service.id,
        "byday": list(schedule.byday),
        "opens_at": schedule.opens_at,
        "closes_at": schedule.closes_at,
        "description": schedule.description,
        "weeks": list(schedule.weeks),
        "monthdays": list(schedule.monthdays),
        "interval_count": schedule.interval,
        "valid_from": schedule.valid_from,
        "valid_to": schedule.valid_to,
    }


def location_columns(place: Location) -> dict[str, Any]:
    """The row of a place, without its id."""
    return {
        "name": place.name,
        "address": place.address,
        "municipality": place.municipality,
        "latitude": place.position.latitude if place.position else None,
        "longitude": place.position.longitude if place.position else None,
    }


def source_columns(service: HumanService) -> dict[str, Any]:
    """The row of the file's row that it came from."""
    source = cast(SourceRow, service.source)
    return {
        "human_service_id": service.id,
        "source": source.source,
        "row_key": source.key,
        "file_name": source.file_name,
        "digest": source.digest,
        "original": source.original,
        "problems": [vars(problem) for problem in source.problems],
        "imported_at": source.imported_at,
    }


def task_columns(service: HumanService) -> list[dict[str, Any]]:
    """The rows of its micro-tasks, in their order."""
    return [
        {"human_service_id": service.id, "position": position, **vars(task)}
        for position, task in enumerate(service.entry.micro_tasks)
    ]


def human_service(
    row: Mapping[str, Any], categories: tuple[str, ...], tasks: tuple[MicroTask, ...]
) -> HumanService:
    """The entry of a row of ``whole`` with its kinds and its micro-tasks."""
    organization = None
    if row["o_id"]:
        organization = Organization(row["o_id"], row["o_name"], row["o_corporate_number"])
    return HumanService(
        id=row["id"],
        entry=replace(_entry(row, categories, organization), micro_tasks=tasks),
        organization=organization,
        source=_source(row),
        hand_edited=row["hand_edited"],
        version=row["version"],
        owner=row["owner"],
        confirmed_by=row["confirmed_by"],
        modified_at=with_zone(row["modified_at"]),
        location_id=row["l_id"] or "",
        at_location_id=row["at_location_id"] or "",
    )


def _entry(
    row: Mapping[str, Any], categories: tuple[str, ...], organization: Organization | None
) -> HumanServiceEntry:
    return HumanServiceEntry(
        name=row["name"],
        kana=row["kana"],
        description=row["description"],
        organization_name=organization.name if organization else "",
        corporate_number=organization.corporate_number if organization else "",
        url=row["url"],
        phone=row["phone"],
        email=row["email"],
        status=ServiceStatus(row["status"]),
        categories=categories,
        contact_modes=tuple(ContactMode(mode) for mode in row["contact_modes"]),
        referral_needed=True if row["referral_needed"] else _stated_not(row),
        application_process=row["application_process"],
        fees_description=row["fees_description"],
        capacity=row["capacity"],
        visibility=Visibility(row["visibility"]),
        last_confirmed_on=row["last_confirmed_on"],
        eligibility=Eligibility(
            row["e_minimum_age"],
            row["e_maximum_age"],
            row["e_audience"],
            ServiceArea(
                AreaKind(row["e_area_kind"]), tuple(row["e_area_words"]), row["e_radius_km"]
            ),
        ),
        schedule=Schedule(
            tuple(row["s_byday"]),
            row["s_opens_at"],
            row["s_closes_at"],
            row["s_description"],
            tuple(row["s_weeks"]),
            tuple(row["s_monthdays"]),
            row["s_interval_count"],
            row["s_valid_from"],
            row["s_valid_to"],
        ),
        location=_location(row),
        alternate_name=row["alternate_name"],
        alert=row["alert"],
        vacancy=Vacancy(row["vacancy_available"], row["vacancy_asked_on"], row["vacancy_note"]),
        accessibility=tuple(Accessibility(one) for one in row["accessibility"]),
        accessibility_note=row["accessibility_note"],
        costs=tuple(CostOption(**cost) for cost in row["costs"]),
        further=tuple(map(opening_of, row["further"])),
    )


def _stated_not(row: Mapping[str, Any]) -> bool | None:
    return False if row["referral_stated"] else None


def _location(row: Mapping[str, Any]) -> Location:
    if not row["l_id"]:
        return Location()
    latitude, longitude = row["l_latitude"], row["l_longitude"]
    position = None if latitude is None or longitude is None else Position(latitude, longitude)
    return Location(row["l_name"], row["l_address"], row["l_municipality"], position)


def _source(row: Mapping[str, Any]) -> SourceRow | None:
    imported_at = with_zone(row["r_imported_at"])
    if imported_at is None:
        return None
    return SourceRow(
        source=row["r_source"],
        key=row["r_row_key"],
        file_name=row["r_file_name"],
        digest=row["r_digest"],
        original=dict(row["r_original"]),
        problems=tuple(RowProblem(**problem) for problem in row["r_problems"]),
        imported_at=imported_at,
    )
