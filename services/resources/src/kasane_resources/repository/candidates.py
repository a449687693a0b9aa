"""Finds in SQL the human services worth comparing with a need, alike on every database."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Float, and_, cast, exists, or_, select

from kasane_resources import tables
from kasane_resources.domain.eligibility import AreaKind
from kasane_resources.domain.human_service import HumanService, ServiceStatus
from kasane_resources.domain.location import box_around
from kasane_resources.domain.matching import REACHABLE_KM, Need
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.repository.human_services import HumanServices

KM_PER_DEGREE = 111.0


def candidates(connection: Connection, need: Need) -> Sequence[HumanService]:
    """Entries worth comparing with a need: usable there at that age, or of a kind that meets it.

    The second part lets ``match`` say why what exists cannot be used.
    """
    h, e, place = tables.human_service.c, tables.eligibility.c, tables.location.c
    usable = [h.status == ServiceStatus.ACTIVE.value, _area_covers(need)]
    if need.known_ages:
        usable.append(or_(*(_admits_age(age) for age in need.known_ages)))
    kinds = [code for code, term in taxonomy().items() if set(term.meets) & set(need.categories)]
    link = tables.service_at_location
    ids = connection.scalars(
        select(h.id)
        .join(tables.eligibility, e.human_service_id == h.id)
        .outerjoin(link, link.c.human_service_id == h.id)
        .outerjoin(tables.location, place.id == link.c.location_id)
        .where(or_(and_(*usable), of_kind(kinds)))
        .order_by(h.id)
    )
    return HumanServices(connection).load(list(ids))


def of_kind(kinds: Sequence[str]) -> ColumnElement[bool]:
    """Whether an entry is of one of these kinds."""
    c = tables.service_category.c
    return exists().where(c.human_service_id == tables.human_service.c.id, c.category.in_(kinds))


def _admits_age(age: int) -> ColumnElement[bool]:
    e = tables.eligibility.c
    return and_(
        or_(e.minimum_age.is_(None), e.minimum_age <= age),
        or_(e.maximum_age.is_(None), e.maximum_age >= age),
    )


def _area_covers(need: Need) -> ColumnElement[bool]:
    """A coarse answer that never leaves out what ``match`` would keep."""
    e, place = tables.eligibility.c, tables.location.c
    anywhere = e.area_kind.in_([AreaKind.ONLINE.value, AreaKind.TOWNS.value])
    if need.position is None:
        return or_(anywhere, e.area_kind.in_([AreaKind.RADIUS.value, AreaKind.NOT_STATED.value]))
    south_west, north_east = box_around(need.position, REACHABLE_KM)
    near = and_(
        place.latitude.between(south_west.latitude, north_east.latitude),
        place.longitude.between(south_west.longitude, north_east.longitude),
    )
    reach = cast(e.radius_km, Float) / KM_PER_DEGREE * 1.01
    in_band = and_(
        place.latitude - need.position.latitude <= reach,
        need.position.latitude - place.latitude <= reach,
    )
    return or_(
        anywhere,
        and_(e.area_kind == AreaKind.NOT_STATED.value, or_(place.latitude.is_(None), near)),
        and_(e.area_kind == AreaKind.RADIUS.value, in_band),
    )
