"""Loads and saves human services with all that belongs to them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from kasane_kit.ids import new_id
from kasane_resources import tables
from kasane_resources.domain.directory_import import KnownRow
from kasane_resources.domain.errors import ChangedMeanwhile, HumanServiceNotFound
from kasane_resources.domain.finding import Findable
from kasane_resources.domain.folding import fold
from kasane_resources.domain.human_service import HumanService, HumanServiceEntry, ServiceStatus
from kasane_resources.domain.organization import Organization
from kasane_resources.domain.profile import MicroTask
from kasane_resources.repository import entries
from kasane_resources.repository.finding import keep_findable

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
            categories, tasks = self._categories(part), self._micro_tasks(part)
            statement = entries.whole().where(tables.human_service.c.id.in_(part))
            for whole in self._connection.execute(statement).mappings():
                one = whole["id"]
                service = entries.human_service(
                    dict(whole), tuple(categories.get(one, ())), tuple(tasks.get(one, ()))
                )
                found[service.id] = service
        return [found[one] for one in ids if one in found]

    def _categories(self, ids: Sequence[str]) -> Mapping[str, list[str]]:
        c = tables.service_category.c
        found: dict[str, list[str]] = {}
        for row in self._connection.execute(
            select(c.human_service_id, c.category)
            .where(c.human_service_id.in_(ids))
            .order_by(c.position)
        ):
            found.setdefault(row.human_service_id, []).append(row.category)
        return found

    def _micro_tasks(self, ids: Sequence[str]) -> Mapping[str, list[MicroTask]]:
        m = tables.micro_task.c
        found: dict[str, list[MicroTask]] = {}
        for row in self._connection.execute(
            select(m.human_service_id, m.name, m.note, m.minutes)
            .where(m.human_service_id.in_(ids))
            .order_by(m.position)
        ):
            task = MicroTask(row.name, row.note, row.minutes)
            found.setdefault(row.human_service_id, []).append(task)
        return found

    def known_rows(self, source: str, keys: Sequence[str] | None = None) -> Mapping[str, KnownRow]:
        """What earlier imports of a source brought, by the key of its row; only these ``keys`` where some are given."""
        s, h = tables.source_row.c, tables.human_service.c
        statement = (
            select(s.row_key, s.human_service_id, s.digest, h.name, h.hand_edited, h.status)
            .join(tables.human_service, h.id == s.human_service_id)
            .where(s.source == source)
        )
        if keys is None:
            statements = [statement]
        else:
            parts = (keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE))
            statements = [statement.where(s.row_key.in_(part)) for part in parts]
        return {
            row.row_key: KnownRow(
                row.human_service_id,
                row.name,
                row.digest,
                row.hand_edited,
                ServiceStatus(row.status),
            )
            for one in statements
            for row in self._connection.execute(one)
        }

    def entries_of(self, ids: Sequence[str]) -> Mapping[str, HumanServiceEntry]:
        """The entries with these ids, by id; unknown ids are left out."""
        return {service.id: service.entry for service in self.load(ids)}

    def add(self, human_services: Sequence[HumanService]) -> None:
        """Saves new human services."""
        for service in human_services:
            if service.entry.location.known:
                service.location_id = service.location_id or new_id()
                service.at_location_id = service.at_location_id or new_id()
        rows = [entries.columns(one) for one in human_services]
        self._insert(tables.human_service, rows)
        self._insert_parts(human_services)
        placed = [service for service in human_services if service.entry.location.known]
        self._insert(
            tables.location,
            (
                {"id": one.location_id, **entries.location_columns(one.entry.location)}
                for one in placed
            ),
        )
        self._insert(
            tables.service_at_location,
            (
                {
                    "id": one.at_location_id,
                    "human_service_id": one.id,
                    "location_id": one.location_id,
                }
                for one in placed
            ),
        )
        keep_findable(self._connection, list(map(_findable, human_services, rows)))

    def save(self, service: HumanService, read_version: int | None = None) -> None:
        """Saves a changed human service; ChangedMeanwhile when it is not the version read."""
        expected = service.version if read_version is None else read_version
        service.version = expected + 1
        h, columns = tables.human_service.c, entries.columns(service)
        saved = self._connection.execute(
            update(tables.human_service)
            .where(h.id == service.id, h.version == expected)
            .values(**columns)
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile
        for table in (
            tables.service_category,
            tables.eligibility,
            tables.schedule,
            tables.micro_task,
            tables.source_row,
        ):
            self._connection.execute(delete(table).where(table.c.human_service_id == service.id))
        self._insert_parts([service])
        self._save_location(service)
        keep_findable(self._connection, [_findable(service, columns)])

    def _save_location(self, service: HumanService) -> None:
        """The place keeps its id as long as there is one."""
        link = tables.service_at_location
        location_id = self._connection.scalar(
            select(link.c.location_id).where(link.c.human_service_id == service.id)
        )
        place = service.entry.location
        if location_id is None and place.known:
            location_id = new_id()
            self._insert(tables.location, [{"id": location_id, **entries.location_columns(place)}])
            self._insert(
                link, [{"id": new_id(), "human_service_id": service.id, "location_id": location_id}]
            )
        elif place.known:
            self._connection.execute(
                update(tables.location)
                .where(tables.location.c.id == location_id)
                .values(**entries.location_columns(place))
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
        self._insert(tables.eligibility, map(entries.eligibility_columns, human_services))
        self._insert(tables.schedule, map(entries.schedule_columns, human_services))
        self._insert(
            tables.micro_task, (row for one in human_services for row in entries.task_columns(one))
        )
        self._insert(
            tables.source_row, (entries.source_columns(one) for one in human_services if one.source)
        )

    def _insert(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        values = list(rows)
        if values:
            self._connection.execute(insert(table), values)


def _findable(service: HumanService, columns: Mapping[str, Any]) -> Findable:
    return Findable.of(service, columns["search_text"], columns["sort_key"])
