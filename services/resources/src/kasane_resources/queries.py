"""What resources' screens read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, collate, exists, func, or_, select

from kasane_kit.auth import Actor
from kasane_resources import tables
from kasane_resources.domain.directory_import import DirectoryImport, ImportPlan
from kasane_resources.domain.errors import HumanServiceNotFound
from kasane_resources.domain.folding import spellings
from kasane_resources.domain.gap import Gap
from kasane_resources.domain.human_service import HumanService, Visibility
from kasane_resources.domain.referral import Referral
from kasane_resources.repository import DirectoryImports, Gaps, HumanServices, Referrals, of_kind

SUPPORTERS = frozenset({"receiver", "contact", "responsible", "coordinator", "outreach_worker"})
MOST_LISTED = 200


@dataclass(frozen=True)
class OrganizationLine:
    """One organization in a list."""

    id: str
    name: str
    corporate_number: str


@dataclass(frozen=True)
class LocationLine:
    """One place in a list, with the human service that is found there."""

    id: str
    name: str
    address: str
    latitude: float | None
    longitude: float | None
    human_service_id: str
    organization_id: str


def visible_to(viewer: Actor) -> frozenset[Visibility]:
    """What a viewer may know of: entries for supporters only are open to those who support."""
    if viewer.functions & SUPPORTERS:
        return frozenset(Visibility)
    return frozenset({Visibility.PUBLIC, Visibility.TOWN_HALL})


def human_services(
    connection: Connection,
    viewer: Actor,
    *,
    words: str = "",
    category: str = "",
    after: tuple[str, str] | None = None,
    most: int = 50,
) -> Sequence[HumanService]:
    """Entries the viewer may know of, by reading; ``after`` is the place of the last one."""
    h = tables.human_service.c
    key = _binary(connection, h.sort_key)
    statement = select(h.id).where(*_found(viewer, words, category))
    if after:
        statement = statement.where(
            or_(key > after[0], and_(h.sort_key == after[0], h.id > after[1]))
        )
    ids = list(connection.scalars(statement.order_by(key, h.id).limit(most)))
    return HumanServices(connection).load(ids)


def count_human_services(
    connection: Connection, viewer: Actor, *, words: str = "", category: str = ""
) -> int:
    """How many entries there are that the viewer may know of."""
    h = tables.human_service.c
    return connection.scalar(select(func.count(h.id)).where(*_found(viewer, words, category))) or 0


def sort_key_of(connection: Connection, human_service_id: str) -> str:
    """The place of an entry in the list."""
    h = tables.human_service.c
    return connection.scalar(select(h.sort_key).where(h.id == human_service_id)) or ""


def human_service(connection: Connection, viewer: Actor, human_service_id: str) -> HumanService:
    """One entry; raises HumanServiceNotFound when there is none or it is not open to the viewer."""
    found = HumanServices(connection).get(human_service_id)
    if found.entry.visibility not in visible_to(viewer):
        raise HumanServiceNotFound
    return found


def organizations(
    connection: Connection, viewer: Actor, *, after: tuple[str, str] | None = None, most: int = 50
) -> Sequence[OrganizationLine]:
    """Organizations of entries the viewer may know of; ``after`` is (name, id) of the last one."""
    o, h = tables.organization.c, tables.human_service.c
    key = _binary(connection, o.name)
    known = exists().where(h.organization_id == o.id, _visible(viewer))
    statement = select(o.id, o.name, o.corporate_number).where(known)
    if after:
        statement = statement.where(or_(key > after[0], and_(o.name == after[0], o.id > after[1])))
    rows = connection.execute(statement.order_by(key, o.id).limit(most))
    return [OrganizationLine(row.id, row.name, row.corporate_number) for row in rows]


def locations(
    connection: Connection, viewer: Actor, *, after: str = "", most: int = 50
) -> Sequence[LocationLine]:
    """Places of entries the viewer may know of, by id."""
    place, link, h = tables.location.c, tables.service_at_location.c, tables.human_service.c
    rows = connection.execute(
        select(tables.location, h.id.label("human_service_id"), h.organization_id)
        .join(tables.service_at_location, link.location_id == place.id)
        .join(tables.human_service, h.id == link.human_service_id)
        .where(place.id > after, _visible(viewer))
        .order_by(place.id)
        .limit(most)
    )
    return [
        LocationLine(
            row.id,
            row.name,
            row.address,
            row.latitude,
            row.longitude,
            row.human_service_id,
            row.organization_id or "",
        )
        for row in rows
    ]


def directory_import(connection: Connection, import_id: str) -> DirectoryImport:
    """One import; raises ImportNotFound."""
    return DirectoryImports(connection).get(import_id)


def import_plan(connection: Connection, one: DirectoryImport) -> ImportPlan:
    """What applying an import would do now."""
    return DirectoryImports(connection).plan(one)


def referrals(
    connection: Connection, *, waiting: bool, most: int = MOST_LISTED
) -> Sequence[Referral]:
    """Referrals that wait, oldest first, or that are answered, newest first."""
    return Referrals(connection).listed(waiting=waiting, most=most)


def referral(connection: Connection, referral_id: str) -> Referral:
    """One referral; raises ReferralNotFound."""
    return Referrals(connection).get(referral_id)


def gaps(connection: Connection, most: int = MOST_LISTED) -> Sequence[Gap]:
    """What nobody offers, newest first."""
    return Gaps(connection).listed(most)


def _found(viewer: Actor, words: str, category: str) -> list[ColumnElement[bool]]:
    h = tables.human_service.c
    wanted = [_visible(viewer)]
    for word in words.split():
        wanted.append(
            or_(*(h.search_text.contains(one, autoescape=True) for one in spellings(word)))
        )
    if category:
        wanted.append(of_kind([category]))
    return wanted


def _visible(viewer: Actor) -> ColumnElement[bool]:
    return tables.human_service.c.visibility.in_(sorted(one.value for one in visible_to(viewer)))


def _binary(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """The column in the order of its characters' codes, the same on every database."""
    return collate(column, "C") if connection.dialect.name == "postgresql" else column
