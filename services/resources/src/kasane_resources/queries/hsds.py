"""What the HSDS API and its export read: pages by number, in the order of the directory."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from kasane_kit.auth import Actor
from kasane_resources import tables
from kasane_resources.domain import hsds
from kasane_resources.domain.folding import fold, spellings
from kasane_resources.domain.human_service import HumanService, Visibility
from kasane_resources.domain.organization import Organization
from kasane_resources.queries.seeing import in_order_of_codes, visible, visible_to
from kasane_resources.repository import HumanServices, of_kind

AT_ONCE = 200


@dataclass(frozen=True)
class Asked:
    """What a page of the HSDS API is asked for; empty values ask for nothing."""

    search: str = ""
    kinds: tuple[str, ...] | None = None
    organization_id: str = ""
    modified_after: datetime | None = None
    with_place: bool = False
    page: int = 1
    per_page: int = 50


@dataclass(frozen=True)
class Found:
    """One page of something, and how many there are in all."""

    items: Sequence[Any]
    total: int
    page: int
    per_page: int


def services(connection: Connection, viewer: Actor, asked: Asked) -> Found:
    """Human services that the viewer may know of."""
    h = tables.human_service.c
    where = _wanted(viewer, asked)
    total = connection.scalar(select(func.count(h.id)).where(*where)) or 0
    ids = connection.scalars(
        select(h.id)
        .where(*where)
        .order_by(in_order_of_codes(connection, h.sort_key), h.id)
        .limit(asked.per_page)
        .offset((asked.page - 1) * asked.per_page)
    )
    found = HumanServices(connection).load(list(ids))
    return Found(found, total, asked.page, asked.per_page)


def every_service(connection: Connection, viewer: Actor, asked: Asked) -> Iterator[HumanService]:
    """Every human service that the viewer may know of, a few hundred at a time."""
    h = tables.human_service.c
    ids = list(
        connection.scalars(
            select(h.id)
            .where(*_wanted(viewer, asked))
            .order_by(in_order_of_codes(connection, h.sort_key), h.id)
        )
    )
    for start in range(0, len(ids), AT_ONCE):
        yield from HumanServices(connection).load(ids[start : start + AT_ONCE])


def organizations(connection: Connection, viewer: Actor, asked: Asked) -> Found:
    """Organizations of human services that the viewer may know of."""
    o, h = tables.organization.c, tables.human_service.c
    where: list[ColumnElement[bool]] = [
        exists().where(h.organization_id == o.id, visible(viewer)),
        *(o.folded_name.contains(fold(word), autoescape=True) for word in asked.search.split()),
    ]
    if asked.organization_id:
        where.append(o.id == asked.organization_id)
    total = connection.scalar(select(func.count(o.id)).where(*where)) or 0
    rows = connection.execute(
        select(o.id, o.name, o.corporate_number)
        .where(*where)
        .order_by(in_order_of_codes(connection, o.name), o.id)
        .limit(asked.per_page)
        .offset((asked.page - 1) * asked.per_page)
    )
    found = [Organization(row.id, row.name, row.corporate_number) for row in rows]
    return Found(found, total, asked.page, asked.per_page)


def service_of_place(
    connection: Connection, viewer: Actor, at_location_id: str
) -> HumanService | None:
    """The human service of a service_at_location, or None when the viewer may not know of it."""
    link = tables.service_at_location.c
    one = connection.scalar(select(link.human_service_id).where(link.id == at_location_id))
    found = HumanServices(connection).load([one]) if one else []
    return next((s for s in found if s.entry.visibility in visible_to(viewer)), None)


def export(connection: Connection, viewer: Actor, *, public_only: bool) -> bytes:
    """A zip archive: ``services.json`` fully nested, and the same as a Tabular Data Package of CSV files."""
    written = [
        hsds.write_service(service)
        for service in every_service(connection, viewer, Asked())
        if not public_only or service.entry.visibility is Visibility.PUBLIC
    ]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("services.json", json.dumps(written, ensure_ascii=False, indent=1))
        package.writestr("datapackage.json", json.dumps(hsds.datapackage(), indent=1))
        for name, rows in hsds.to_tables(written).items():
            package.writestr(f"{name}.csv", _csv(hsds.COLUMNS[name], rows))
    return archive.getvalue()


def _csv(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> str:
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, columns, lineterminator="\r\n")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def _wanted(viewer: Actor, asked: Asked) -> list[ColumnElement[bool]]:
    h = tables.human_service.c
    wanted = [visible(viewer)]
    for word in asked.search.split():
        wanted.append(
            or_(*(h.search_text.contains(one, autoescape=True) for one in spellings(word)))
        )
    if asked.kinds is not None:
        wanted.append(of_kind(tables.human_service.c.id, list(asked.kinds)))
    if asked.organization_id:
        wanted.append(h.organization_id == asked.organization_id)
    if asked.modified_after is not None:
        wanted.append(h.modified_at >= asked.modified_after)
    if asked.with_place:
        link = tables.service_at_location.c
        wanted.append(exists().where(link.human_service_id == h.id))
    return wanted
