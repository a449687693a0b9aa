"""Loads and saves human services with all that belongs to them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Select, Table, delete, insert, select, update

from kasane_kit.ids import new_id
from kasane_resources import tables
from kasane_resources.domain.directory_import import KnownRow
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.errors import ChangedMeanwhile, HumanServiceNotFound
from kasane_resources.domain.folding import fold
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanService,
    HumanServiceEntry,
    Schedule,
    ServiceStatus,
    SourceRow,
    Visibility,
)
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.open_data import RowProblem
from kasane_resources.domain.organization import Organization
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.repository.moments import with_zone

AT_ONCE = 400


class Organizations:
    """The organizations of the open municipality; one name is one organization."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def named(self, name: str, corporate_number: str) -> Organization | None:
        """The organization of this name in any spelling, made if it is new; None without a name."""
        if not name:
            return None
        o = tables.organization.c
        row = self._connection.execute(
            select(tables.organization).where(o.folded_name == fold(name))
        ).one_or_none()
        if row is None:
            made = Organization(new_id(), name, corporate_number)
            self._connection.execute(
                insert(tables.organization).values(**vars(made), folded_name=fold(name))
            )
            return made
        if corporate_number and row.corporate_number != corporate_number:
            self._connection.execute(
                update(tables.organization)
                .where(o.id == row.id)
                .values(corporate_number=corporate_number)
            )
        return Organization(row.id, row.name, corporate_number or row.corporate_number)


class HumanServices:
    """The directory of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, human_service_id: str) -> HumanService:
        """The human service; raises HumanServiceNotFound."""
        found = self.load([human_service_id])
        if not found:
            raise HumanServiceNotFound
        return found[0]

    def load(self, ids: Sequence[str]) -> list[HumanService]:
        """The human services with these ids, in the order of the ids; unknown ids are left out."""
        found: dict[str, HumanService] = {}
        for start in range(0, len(ids), AT_ONCE):
            part = ids[start : start + AT_ONCE]
            categories: dict[str, list[str]] = {}
            c = tables.service_category.c
            for row in self._connection.execute(
                select(c.human_service_id, c.category)
                .where(c.human_service_id.in_(part))
                .order_by(c.position)
            ):
                categories.setdefault(row.human_service_id, []).append(row.category)
            statement = _whole().where(tables.human_service.c.id.in_(part))
            for whole in self._connection.execute(statement).mappings():
                service = _human_service(dict(whole), tuple(categories.get(whole["id"], ())))
                found[service.id] = service
        return [found[one] for one in ids if one in found]

    def known_rows(self, source: str) -> Mapping[str, KnownRow]:
        """What earlier imports of a source brought, by the key of its row."""
        s, h = tables.source_row.c, tables.human_service.c
        rows = self._connection.execute(
            select(s.row_key, s.human_service_id, s.digest, h.name, h.hand_edited)
            .join(tables.human_service, h.id == s.human_service_id)
            .where(s.source == source)
        )
        return {
            row.row_key: KnownRow(row.human_service_id, row.name, row.digest, row.hand_edited)
            for row in rows
        }

    def add(self, human_services: Sequence[HumanService]) -> None:
        """Saves new human services."""
        places = [
            (service, new_id(), service.entry.location)
            for service in human_services
            if service.entry.location.known
        ]
        self._insert(tables.human_service, map(_columns, human_services))
        self._insert_parts(human_services)
        self._insert(
            tables.location, ({"id": i, **_location_columns(place)} for _, i, place in places)
        )
        self._insert(
            tables.service_at_location,
            (
                {"id": new_id(), "human_service_id": one.id, "location_id": i}
                for one, i, _ in places
            ),
        )

    def save(self, service: HumanService, read_version: int | None = None) -> None:
        """Saves a changed human service; ChangedMeanwhile when it is not the version read."""
        expected = service.version if read_version is None else read_version
        service.version = expected + 1
        h = tables.human_service.c
        saved = self._connection.execute(
            update(tables.human_service)
            .where(h.id == service.id, h.version == expected)
            .values(**_columns(service))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile
        for table in (
            tables.service_category,
            tables.eligibility,
            tables.schedule,
            tables.source_row,
        ):
            self._connection.execute(delete(table).where(table.c.human_service_id == service.id))
        self._insert_parts([service])
        self._save_location(service)

    def _save_location(self, service: HumanService) -> None:
        """The place keeps its id as long as there is one."""
        link = tables.service_at_location
        location_id = self._connection.scalar(
            select(link.c.location_id).where(link.c.human_service_id == service.id)
        )
        place = service.entry.location
        if location_id is None and place.known:
            location_id = new_id()
            self._insert(tables.location, [{"id": location_id, **_location_columns(place)}])
            self._insert(
                link, [{"id": new_id(), "human_service_id": service.id, "location_id": location_id}]
            )
        elif place.known:
            self._connection.execute(
                update(tables.location)
                .where(tables.location.c.id == location_id)
                .values(**_location_columns(place))
            )
        elif location_id is not None:
            self._connection.execute(delete(link).where(link.c.human_service_id == service.id))
            self._connection.execute(
                delete(tables.location).where(tables.location.c.id == location_id)
            )

    def _insert_parts(self, human_services: Sequence[HumanService]) -> None:
        self._insert(
            tables.service_category,
            (
                {"human_service_id": one.id, "category": code, "position": position}
                for one in human_services
                for position, code in enumerate(one.entry.categories)
            ),
        )
        self._insert(tables.eligibility, map(_eligibility_columns, human_services))
        self._insert(tables.schedule, map(_schedule_columns, human_services))
        self._insert(
            tables.source_row, (_source_columns(one) for one in human_services if one.source)
        )

    def _insert(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        values = list(rows)
        if values:
            self._connection.execute(insert(table), values)


def _whole() -> Select[Any]:
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
        )
        .join(e, e.c.human_service_id == h.c.id)
        .join(s, s.c.human_service_id == h.c.id)
        .outerjoin(o, o.c.id == h.c.organization_id)
        .outerjoin(link, link.c.human_service_id == h.c.id)
        .outerjoin(place, place.c.id == link.c.location_id)
        .outerjoin(source, source.c.human_service_id == h.c.id)
    )


def _columns(service: HumanService) -> dict[str, Any]:
    entry = service.entry
    kinds = [taxonomy()[code].ja for code in entry.categories if code in taxonomy()]
    texts = (
        entry.name,
        entry.kana,
        entry.description,
        entry.organization_name,
        entry.location.name,
        entry.location.address,
        entry.eligibility.audience,
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
        "referral_needed": entry.referral_needed,
        "application_process": entry.application_process,
        "fees_description": entry.fees_description,
        "capacity": entry.capacity,
        "visibility": entry.visibility.value,
        "last_confirmed_on": entry.last_confirmed_on,
        "search_text": "\n".join(fold(text) for text in texts if text),
        "sort_key": fold(entry.kana or entry.name),
        "hand_edited": service.hand_edited,
        "version": service.version,
    }


def _eligibility_columns(service: HumanService) -> dict[str, Any]:
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


def _schedule_columns(service: HumanService) -> dict[str, Any]:
    schedule = service.entry.schedule
    return {
        "human_service_id": service.id,
        "byday": list(schedule.byday),
        "opens_at": schedule.opens_at,
        "closes_at": schedule.closes_at,
        "description": schedule.description,
    }


def _location_columns(place: Location) -> dict[str, Any]:
    return {
        "name": place.name,
        "address": place.address,
        "municipality": place.municipality,
        "latitude": place.position.latitude if place.position else None,
        "longitude": place.position.longitude if place.position else None,
    }


def _source_columns(service: HumanService) -> dict[str, Any]:
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


def _human_service(row: Mapping[str, Any], categories: tuple[str, ...]) -> HumanService:
    organization = None
    if row["o_id"]:
        organization = Organization(row["o_id"], row["o_name"], row["o_corporate_number"])
    return HumanService(
        id=row["id"],
        entry=_entry(row, categories, organization),
        organization=organization,
        source=_source(row),
        hand_edited=row["hand_edited"],
        version=row["version"],
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
        referral_needed=row["referral_needed"],
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
            tuple(row["s_byday"]), row["s_opens_at"], row["s_closes_at"], row["s_description"]
        ),
        location=_location(row),
    )


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
